"""Every write of this wing. Rooms: `duties` (what holds), `evidence`, `statements`, `targets`,
`delegations`, `reminders`, `feeds`."""

from duikou.wings.obligations.actions.duties import set_duties

__all__ = ["set_duties"]
