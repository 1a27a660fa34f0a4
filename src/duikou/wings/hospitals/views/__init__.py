"""Pages of the hospitals wing: reading, editing, merging and splitting, name reviews."""
