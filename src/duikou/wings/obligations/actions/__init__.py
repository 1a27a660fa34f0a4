"""Every write of this wing. Rooms: `duties` (what holds), `evidence`, `changes` (of what evidence counts),
`statements`, `targets`, `delegations`, `reminders`, `feeds`."""

from duikou.wings.obligations.actions.changes import Figure, renew, tell
from duikou.wings.obligations.actions.duties import set_duties
from duikou.wings.obligations.actions.evidence import File, attach, judge, withdraw
from duikou.wings.obligations.actions.statements import state

__all__ = ["Figure", "File", "attach", "judge", "renew", "set_duties", "state", "tell", "withdraw"]
