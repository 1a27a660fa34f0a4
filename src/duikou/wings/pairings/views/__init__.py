"""Pages of the pairings wing, one module per subject; they read by `queries` and write by `actions`."""
