"""Every write of this wing. Rooms: `plans` (what a plan says), `steps` (its life), `tasks` (annual tasks),
`shares` (who does what of them), `imports` (task lists)."""
