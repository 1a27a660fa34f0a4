"""Every read of this wing that a face needs, scoped to the actor and set-based.

Rooms: `plans` (plans and what belongs to a pairing's), `checks` (what a plan still lacks), `tasks`,
`ones` (the yearly “four ones”), `matrix` (specialties that are there, weak, missing), `departments`
(what to build up), `milestones` (techniques by year), `waiting`.
"""
