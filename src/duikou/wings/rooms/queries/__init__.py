"""Every read of the rooms wing."""
