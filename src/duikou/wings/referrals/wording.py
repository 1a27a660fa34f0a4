"""Names of the acts on a referral, for its history."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from duikou.wings.referrals.workflows import REFERRAL

ACTS = {
    "referral.draft": pgettext_lazy("操作", "起草转诊"),
    "referral.edit": pgettext_lazy("操作", "修改转诊"),
    "referral.follow_up": pgettext_lazy("操作", "登记转诊随访"),
}


def act_words(name: str) -> str:
    """An act in the language of the request: a step of the life cycle, or one beside it."""
    step = REFERRAL.transitions.get(name.partition(".")[2])
    return str(ACTS.get(name) or (step.label if step else name))
