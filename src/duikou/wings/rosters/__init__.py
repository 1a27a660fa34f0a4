"""Monthly rosters of host departments: made, checked, published, swapped."""
