"""The overview of people: person-months, presence, gaps, where everybody is."""
