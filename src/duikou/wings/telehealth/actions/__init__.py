"""Every write of the telehealth wing, and the opening of a case, which is a look at its patient."""

from duikou.wings.telehealth.actions.afterwards import acknowledge, close, rate
from duikou.wings.telehealth.actions.answers import (
    accept,
    assign,
    decline,
    release,
    return_for_completion,
    schedule,
    unschedule,
)
from duikou.wings.telehealth.actions.opinions import Written, save_draft, sign
from duikou.wings.telehealth.actions.pool import (
    correct_expert,
    enter_expert,
    leave_pool,
    offer_slot,
    withdraw_slot,
)
from duikou.wings.telehealth.actions.reading import open_case
from duikou.wings.telehealth.actions.requests import (
    Request,
    add_file,
    approve,
    choose_studies,
    create,
    edit,
    remove_file,
    resend,
    send_back,
    submit,
    withdraw,
)
from duikou.wings.telehealth.actions.sessions import open_session

__all__ = [
    "Request",
    "Written",
    "accept",
    "acknowledge",
    "add_file",
    "approve",
    "assign",
    "choose_studies",
    "close",
    "correct_expert",
    "create",
    "decline",
    "edit",
    "enter_expert",
    "leave_pool",
    "offer_slot",
    "open_case",
    "open_session",
    "rate",
    "release",
    "remove_file",
    "resend",
    "return_for_completion",
    "save_draft",
    "schedule",
    "send_back",
    "sign",
    "submit",
    "unschedule",
    "withdraw",
    "withdraw_slot",
]
