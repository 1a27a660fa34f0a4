"""Every write of the postings wing."""

from duikou.wings.postings.actions.conduct import acknowledge, answer, read, report, settle
from duikou.wings.postings.actions.nominations import approve, nominate, refuse, withdraw
from duikou.wings.postings.actions.requests import Ask, ask, decline_request, withdraw_request
from duikou.wings.postings.actions.service import ACTS

arrive, end, correct_days, appraise = ACTS.arrive, ACTS.end, ACTS.correct_days, ACTS.appraise
take_leave, come_back, withdraw_leave = ACTS.take_leave, ACTS.come_back, ACTS.withdraw_leave

__all__ = [
    "Ask",
    "acknowledge",
    "answer",
    "appraise",
    "approve",
    "arrive",
    "ask",
    "come_back",
    "correct_days",
    "decline_request",
    "end",
    "nominate",
    "read",
    "refuse",
    "report",
    "settle",
    "take_leave",
    "withdraw",
    "withdraw_leave",
    "withdraw_request",
]
