"""Every write of this wing. Rooms: `duties` (what holds), `evidence`, `statements`, `targets`,
`delegations`, `reminders`, `feeds`."""

from duikou.wings.obligations.actions.duties import set_duties
from duikou.wings.obligations.actions.evidence import File, attach, judge, withdraw
from duikou.wings.obligations.actions.statements import state

__all__ = ["File", "attach", "judge", "set_duties", "state", "withdraw"]
