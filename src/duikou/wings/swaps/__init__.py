"""Posted doctors and trainees planned together (置换)."""
