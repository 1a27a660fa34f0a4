"""Pages of the postings wing."""
