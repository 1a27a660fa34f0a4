"""Plans of one pairing, their rows, and absences that were answered."""

from duikou.wings.swaps.models.plans import SwapPlan, SwapStay
from duikou.wings.swaps.models.repairs import SwapRepair

__all__ = ["SwapPlan", "SwapRepair", "SwapStay"]
