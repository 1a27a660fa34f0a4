"""Background work of this wing: clocks that ran out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.wings.referrals.actions.escalating import escalate


@task(title=_("转诊超时上报"))
def escalate_referrals() -> dict[str, int]:
    """Tell heads, offices and authorities of clocks that ran out."""
    return escalate()
