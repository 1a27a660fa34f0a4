"""What a posting (down) and a traineeship (up) have in common: rows, acts, forms. No tables of its own."""
