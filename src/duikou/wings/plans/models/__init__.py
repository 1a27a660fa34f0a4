"""Tables of this wing. Rooms: `plans` (a plan with its factors, departments and agreed editions),
`tasks` (the annual tasks, who has which share of them, uploaded lists)."""

from duikou.wings.plans.models.plans import PlanDepartment, PlanEdition, PlanFactor, SupportPlan
from duikou.wings.plans.models.tasks import TaskBatch, TaskShare, YearTask

__all__ = [
    "PlanDepartment",
    "PlanEdition",
    "PlanFactor",
    "SupportPlan",
    "TaskBatch",
    "TaskShare",
    "YearTask",
]
