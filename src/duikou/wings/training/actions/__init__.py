"""Every write of the training wing."""

from duikou.wings.training.actions.applications import (
    accept,
    apply,
    apply_together,
    move_application,
    refuse,
    withdraw,
)
from duikou.wings.training.actions.logbook import return_entry, rewrite_entry, sign_entry, write_entry
from duikou.wings.training.actions.places import close_place, offer
from duikou.wings.training.actions.stay import ACTS
from duikou.wings.training.actions.tutoring import (
    assign_team,
    end_team,
    form_team,
    plan_rotation,
    withdraw_rotation,
)

arrive, end, correct_days, appraise = ACTS.arrive, ACTS.end, ACTS.correct_days, ACTS.appraise
take_leave, come_back, withdraw_leave = ACTS.take_leave, ACTS.come_back, ACTS.withdraw_leave

__all__ = [
    "accept",
    "apply",
    "apply_together",
    "appraise",
    "arrive",
    "assign_team",
    "close_place",
    "come_back",
    "correct_days",
    "end",
    "end_team",
    "form_team",
    "move_application",
    "offer",
    "plan_rotation",
    "refuse",
    "return_entry",
    "rewrite_entry",
    "sign_entry",
    "take_leave",
    "withdraw",
    "withdraw_leave",
    "withdraw_rotation",
    "write_entry",
]
