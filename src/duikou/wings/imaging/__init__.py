"""Images of patients (医学影像): studies, who may see them, their files, the way to the live store."""
