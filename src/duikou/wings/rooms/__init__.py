"""Live rooms: who is in, what passes between them, what lies on the shared stage, recordings."""
