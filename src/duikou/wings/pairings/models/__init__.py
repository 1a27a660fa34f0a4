"""Tables of the pairings wing.

Rooms: `rounds` (rounds, pairings, imports, aid, findings), `needs` (what hospitals need and
can give), `proposals` (proposals of a next round, on their way to being opened).
"""

from duikou.wings.pairings.models.needs import Declaration, DeclarationBatch
from duikou.wings.pairings.models.proposals import (
    Proposal,
    ProposalApproval,
    ProposalEdit,
    ProposalPair,
    ProposalResult,
)
from duikou.wings.pairings.models.rounds import (
    AidLoad,
    AnnexBatch,
    AnnexRow,
    AuditRun,
    DepartmentLink,
    Finding,
    FindingRow,
    FindingScope,
    Pairing,
    PairingQuerySet,
    Round,
)

__all__ = [
    "AidLoad",
    "AnnexBatch",
    "AnnexRow",
    "AuditRun",
    "Declaration",
    "DeclarationBatch",
    "DepartmentLink",
    "Finding",
    "FindingRow",
    "FindingScope",
    "Pairing",
    "PairingQuerySet",
    "Proposal",
    "ProposalApproval",
    "ProposalEdit",
    "ProposalPair",
    "ProposalResult",
    "Round",
]
