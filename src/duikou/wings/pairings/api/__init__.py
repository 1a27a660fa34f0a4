"""REST routes of the pairings wing.

Rooms: `rounds` (rounds, figures, audits), `pairings` (with department links and other
aid), `imports` and `repairs` (uploaded tables), `findings` (the desk), `public` (without sign-in).
"""

from duikou.wings.pairings.api.findings import router as findings
from duikou.wings.pairings.api.imports import router as imports
from duikou.wings.pairings.api.pairings import router as pairings
from duikou.wings.pairings.api.public import router as public
from duikou.wings.pairings.api.repairs import router as repairs
from duikou.wings.pairings.api.rounds import router as rounds

routers = (rounds, pairings, imports, repairs, findings, public)

__all__ = ["routers"]
