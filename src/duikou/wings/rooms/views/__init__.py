"""Pages of the rooms wing, and what its scripts ask."""
