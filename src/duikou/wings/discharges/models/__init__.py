"""Tables of this wing. Rooms: `submissions` (batches and what was wrong with them), `reference`
(schemes, code mappings, organisation codes, residences), `settlements` (the insurer's tables), `weights`
(of groups), `sums` (that provinces send up)."""

from duikou.wings.discharges.models.reference import (
    CodeMapping,
    HospitalCode,
    Regrouping,
    ResidenceAlias,
    ResidenceReview,
    Scheme,
)
from duikou.wings.discharges.models.settlements import SettlementLine, SettlementTable
from duikou.wings.discharges.models.submissions import FaultCount, QuarantinedRow, Submission
from duikou.wings.discharges.models.sums import SumsFile, SumsSender
from duikou.wings.discharges.models.weights import WeightTable

__all__ = [
    "CodeMapping",
    "FaultCount",
    "HospitalCode",
    "QuarantinedRow",
    "Regrouping",
    "ResidenceAlias",
    "ResidenceReview",
    "Scheme",
    "SettlementLine",
    "SettlementTable",
    "Submission",
    "SumsFile",
    "SumsSender",
    "WeightTable",
]
