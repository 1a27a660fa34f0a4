"""Gaps that are about to open, with the step that would close each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.staffing import labels
from duikou.wings.staffing.gaps import HORIZON
from duikou.wings.staffing.queries.gaps import Proposal, proposals
from duikou.wings.staffing.queries.rows import is_demonstration
from duikou.wings.staffing.views._common import Choice

STEPS: tuple[tuple[str, Any], ...] = (
    ("approve", gettext_lazy("等受援医院同意提名")),
    ("nominate", gettext_lazy("等支援医院派人")),
    ("ask", gettext_lazy("还没有提出需求")),
)


def _step(row: dict[str, Any]) -> SafeString:
    words = str(dict(STEPS)[row["step"]])
    if not row["url"]:
        return format_html("{}", words)
    return format_html('<span>{}<br><a href="{}">{}</a></span>', words, row["url"], row["do"])


GAPS = Listing(
    key="staffing-gaps",
    title=gettext_lazy("即将出现的缺口"),
    empty=gettext_lazy("今后三个月没有缺口：有人驻点，到期的都有人接替。"),
    columns=(
        Column("recipient", pgettext_lazy("单数", "受援医院"), head=True, sort=True, width=30),
        Column("county", gettext_lazy("县（市、区）"), sort=("code", "recipient")),
        Column("specialty", gettext_lazy("专业"), sort=True),
        Column("first", gettext_lazy("缺口第一天"), sort=True),
        Column("last", gettext_lazy("缺口最后一天"), sort=True),
        Column("days", gettext_lazy("天数"), numeric=True, sort=True),
        Column(
            "unmanned",
            gettext_lazy("全院无人驻点"),
            sort=True,
            html=lambda row: _("是") if row["unmanned"] else _("否"),
        ),
        Column("supporters", gettext_lazy("支援医院"), width=30),
        Column("candidates", gettext_lazy("同专业可派（人）"), numeric=True, sort=True),
        Column(
            "step",
            gettext_lazy("下一步"),
            value=lambda row: str(dict(STEPS)[row["step"]]),
            html=_step,
            sort=True,
        ),
    ),
    filters=(
        ChoiceFilter("step", gettext_lazy("下一步"), choices=STEPS),
        ChoiceFilter(
            "specialty",
            gettext_lazy("专业"),
            fields=("specialty_id",),
            choices=lambda _actor: catalogue.specialty_choices(),
        ),
        FlagFilter("unmanned", gettext_lazy("全院无人驻点")),
        TextFilter("q", gettext_lazy("医院"), fields=("recipient", "supporters")),
    ),
)


@page("staffing.view")
def gaps_page(request: PageRequest) -> HttpResponseBase:
    """Specialties whose posted staff leave within three months with nobody to follow."""
    choice = Choice.of(request)
    rows = [_row(one, request.actor) for one in proposals(choice.area, choice.month)]
    return GAPS.respond(
        request,
        rows,
        "staffing/gaps.html",
        {
            **choice.context("gaps"),
            "horizon": HORIZON,
            "unmanned": sum(row["unmanned"] for row in rows),
            "demo_data": is_demonstration(choice.area),
        },
    )


def _link(one: Proposal, actor: Actor) -> tuple[str, str]:
    """What can be done about a gap and where; nothing where it is not the reader's to do or to see."""
    if one.step == "approve" and actor.may("posting.view"):
        return _("看提名"), reverse("postings:posting", args=[one.number])
    if one.step == "nominate" and actor.may("posting.view"):
        return _("看需求"), reverse("postings:request", args=[one.number])
    if one.step == "ask" and actor.may("posting.edit", one.recipient.scope_path):
        asked = {"pairing": one.pairing.pk, "specialty": one.gap.specialty, "wanted_from": one.gap.first}
        return _("提出需求"), f"{reverse('postings:ask')}?{urlencode(asked)}"
    return "", ""


def _row(one: Proposal, actor: Actor) -> dict[str, Any]:
    gap = one.gap
    do, url = _link(one, actor)
    return {
        "recipient": one.recipient.name,
        "county": labels.county(one.county),
        "code": one.county.code,
        "specialty": labels.specialty(gap.specialty) if gap.specialty else _("任一专业"),
        "specialty_id": gap.specialty,
        "first": gap.first,
        "last": gap.last,
        "days": gap.days,
        "unmanned": gap.unmanned,
        "supporters": _("、").join(each.name for each in one.supporters),
        "candidates": one.candidates,
        "step": one.step,
        "do": do,
        "url": url,
    }
