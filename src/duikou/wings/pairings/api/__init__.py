"""REST routes of the pairings wing.

Rooms: `rounds` (rounds, figures, audits), `pairings` (with department links and other
aid), `imports` and `repairs` (uploaded tables), `findings` (the desk), `proposals`, `proposal_steps`
and `proposal_files` (of a next round), `needs` (declared by hospitals), `public` (without sign-in).
"""

from duikou.wings.pairings.api.findings import router as findings
from duikou.wings.pairings.api.imports import router as imports
from duikou.wings.pairings.api.needs import router as needs
from duikou.wings.pairings.api.pairings import router as pairings
from duikou.wings.pairings.api.proposal_files import router as proposal_files
from duikou.wings.pairings.api.proposal_steps import router as proposal_steps
from duikou.wings.pairings.api.proposals import router as proposals
from duikou.wings.pairings.api.public import router as public
from duikou.wings.pairings.api.repairs import router as repairs
from duikou.wings.pairings.api.rounds import router as rounds

routers = (
    rounds,
    pairings,
    imports,
    repairs,
    findings,
    proposals,
    proposal_steps,
    proposal_files,
    needs,
    public,
)

__all__ = ["routers"]
