"""What several pages share: answers of forms, badges, months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.faces import answer_form, badge
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest
from duikou.wings.rosters.models import SwapRequest
from duikou.wings.rosters.workflows import ROSTER

STATE_LOOK = {"draft": "warning", "published": "success"}
SWAP_LOOK = {
    "asked": "info",
    "agreed": "warning",
    "approved": "success",
    "declined": "danger",
    "refused": "danger",
    "withdrawn": "neutral",
}


def state_badge(state: str) -> SafeString:
    """How a roster stands."""
    return badge(STATE_LOOK[state], ROSTER.states[state].label)


def swap_badge(swap: SwapRequest) -> SafeString:
    """How an exchange stands."""
    return badge(SWAP_LOOK[swap.state], swap.get_state_display())


def month_of(request: PageRequest, name: str = "month") -> dt.date | None:
    """The month of the address; None without one. Raises BadParameter."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        found = None
    if found is None or len(text) != 7 or not 1990 <= found.year <= 2200:
        raise BadParameter(name, text, _("年月，写作 2014-03"))
    return found


def day_of(text: str) -> dt.date:
    """A date of an address. Raises Missing."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Missing(_("日期“%(text)s”写法不对，应如 2014-03-01。") % {"text": text}) from None


def version_of(request: PageRequest) -> int:
    """The version that the page was read with; 0 (which none has) for anything else."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def next_month(first: dt.date, by: int = 1) -> dt.date:
    """The first day of a later (or earlier) month."""
    number = first.year * 12 + first.month - 1 + by
    return dt.date(number // 12, number % 12 + 1, 1)


def answer(
    request: PageRequest,
    form: BaseForm,
    do: Callable[[Mapping[str, Any]], object],
    *,
    back: str,
    title: str,
    said: str,
    crumbs: list[tuple[str, str]],
    hint: str = "",
) -> HttpResponse:
    """Show the form; carry out what it says; show it again with what the action objects to."""
    context = {"form": form, "title": title, "hint": hint, "back": back, "crumbs": crumbs}
    return answer_form(request, form, do, "rosters/act.html", context, said=said, then=back)
