"""Every write of the telehealth wing, and the opening of a case, which is a look at its patient."""

from duikou.wings.telehealth.actions.afterwards import acknowledge, close, rate
from duikou.wings.telehealth.actions.answers import (
    accept,
    assign,
    decline,
    release,
    return_for_completion,
)
from duikou.wings.telehealth.actions.opinions import Written, save_draft, sign
from duikou.wings.telehealth.actions.pictures import add_picture, remove_picture
from duikou.wings.telehealth.actions.planning import accept_plan, drop_plan, keep_plan, request_plan
from duikou.wings.telehealth.actions.pool import (
    correct_expert,
    enter_expert,
    leave_pool,
    offer_slot,
    offer_weekly,
    withdraw_slot,
)
from duikou.wings.telehealth.actions.reading import open_case
from duikou.wings.telehealth.actions.requests import (
    Request,
    add_file,
    add_uploaded_file,
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
from duikou.wings.telehealth.actions.times import hold, schedule, unschedule

__all__ = [
    "Request",
    "Written",
    "accept",
    "accept_plan",
    "acknowledge",
    "add_file",
    "add_picture",
    "add_uploaded_file",
    "approve",
    "assign",
    "choose_studies",
    "close",
    "correct_expert",
    "create",
    "decline",
    "drop_plan",
    "edit",
    "enter_expert",
    "hold",
    "keep_plan",
    "leave_pool",
    "offer_slot",
    "offer_weekly",
    "open_case",
    "open_session",
    "rate",
    "release",
    "remove_file",
    "remove_picture",
    "request_plan",
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
