"""Every read of the capability record that a face needs."""
