"""The list of agreements, and of all pairings by what has become of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import row_url
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, NameFilter, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.agreements.queries import rounds as standing
from duikou.wings.agreements.queries import waiting
from duikou.wings.agreements.views._common import (
    TIMINGS,
    stage_badge,
    stage_words,
    state_badge,
    timing_badge,
)
from duikou.wings.agreements.workflows import AGREEMENT
from duikou.wings.pairings.queries.rounds import rounds
from duikou.wings.pairings.views._common import chosen, with_choices

WAITS = (
    ("agree", gettext_lazy("待本院表态")),
    ("sign", gettext_lazy("待本院签署")),
    ("repair", gettext_lazy("待修改")),
    ("copy", gettext_lazy("待收存备案件")),
    ("end", gettext_lazy("待批复终止申请")),
)


def _city(row: Agreement) -> str:
    parent = row.pairing.recipient_division.parent
    return parent.label if parent else ""


AGREEMENTS = Listing(
    key="agreements",
    title=gettext_lazy("协议"),
    empty=gettext_lazy("从一轮结对批量起草，或在结对页面上起草一份。"),
    columns=(
        Column(
            "supporter",
            gettext_lazy("支援医院"),
            head=True,
            value=lambda a: a.supporter.name,
            href=lambda a: row_url("agreements:detail", a.pk),
            sort=("supporter__name", "pk"),
            width=30,
        ),
        Column(
            "recipient",
            gettext_lazy("受援医院"),
            value=lambda a: a.recipient.name,
            sort=("recipient__name", "pk"),
            width=30,
        ),
        Column("city", gettext_lazy("受援地市"), value=_city),
        Column("kind", gettext_lazy("协议类别"), value=lambda a: a.get_kind_display(), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda a: AGREEMENT.states[a.state].label,
            html=state_badge,
            sort=True,
        ),
        Column("latest", gettext_lazy("文本版次"), numeric=True),
        Column(
            "accepted", gettext_lazy("条款检查"), value=lambda a: _("通过") if a.accepted else _("未通过")
        ),
        Column("term_start", gettext_lazy("起"), sort=True),
        Column("term_end", gettext_lazy("止"), sort=True),
        Column("signed_on", gettext_lazy("签署日期"), sort=True, nulls_last=True),
        Column("filed_on", gettext_lazy("备案日期"), sort=True, nulls_last=True),
        Column("code", gettext_lazy("验证码"), on_page=False, width=22),
        Column("round", gettext_lazy("轮次"), value=lambda a: str(a.pairing.round), on_page=False),
        Column(
            "demonstration", gettext_lazy("演示"), value=lambda a: _("演示数据") if a.demonstration else ""
        ),
    ),
    filters=(
        TextFilter(
            "q",
            gettext_lazy("医院或验证码"),
            fields=("supporter__name", "recipient__name", "code"),
        ),
        ChoiceFilter("round", gettext_lazy("轮次"), fields=("pairing__round__key",)),
        ChoiceFilter("kind", gettext_lazy("协议类别"), choices=Agreement.Kind.choices),
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda _actor: AGREEMENT.choices()),
        FlagFilter("late", gettext_lazy("逾期未签或逾期签署")),
        FlagFilter("accepted", gettext_lazy("条款检查通过")),
        ChoiceFilter("waits", gettext_lazy("待办"), choices=WAITS),
        DateFilter("until", gettext_lazy("期满不晚于"), fields=("term_end",), comparison="lte"),
    ),
)


@page("agreement.view")
def agreements(request: PageRequest) -> HttpResponseBase:
    """Agreements of the actor's area."""
    rows = queries.agreements(request.actor)
    known = list(rounds())
    listing = with_choices(AGREEMENTS, round=[(one.key, str(one)) for one in known])
    late = standing.late_condition(known, timezone.localdate())
    conditions = {
        "late": lambda found, yes: found.filter(late) if yes else found.exclude(pk__in=found.filter(late)),
        "waits": lambda found, what: _waiting(request.actor, found, what),
    }
    return _with(listing, conditions).respond(
        request,
        rows,
        "agreements/list.html",
        {
            "may_open": request.actor.may("agreement.manage"),
            "demo_data": rows.filter(demonstration=True).exists(),
        },
    )


def _waiting(actor: Actor, rows: Any, what: str) -> Any:
    """Agreements that wait for the actor in one way."""
    if what == "agree":
        return rows.filter(waiting.to_agree(actor))
    if what == "sign":
        return rows.filter(waiting.to_sign(actor))
    if what == "copy":
        return rows.filter(filing__receipt="", filing__isnull=False)
    if what == "end":
        return rows.filter(terminations__state="asked")
    return rows.filter(waiting.to_repair())


def _with(listing: Listing, conditions: dict[str, Any]) -> Listing:
    """The list with conditions that only this request can make."""
    from dataclasses import replace

    return replace(
        listing,
        filters=tuple(
            replace(one, apply=conditions[one.name]) if one.name in conditions else one
            for one in listing.filters
        ),
    )


# ---------------------------------------------------------------- pairings by their agreements


def _pairing_url(row: standing.Standing) -> str:
    if row.agreement_id is not None:
        return row_url("agreements:detail", row.agreement_id)
    return row_url("agreements:new", row.pairing_id)


PROGRESS = Listing(
    key="agreement-progress",
    title=gettext_lazy("签约进度"),
    empty=gettext_lazy("本轮没有您范围内的结对。"),
    size=50,
    columns=(
        Column("supporter", gettext_lazy("支援医院"), head=True, href=_pairing_url, sort=True, width=30),
        Column("recipient", gettext_lazy("受援医院"), sort=True, width=30),
        Column("city", gettext_lazy("受援地市"), sort=True),
        Column("county", gettext_lazy("受援县（市、区）"), sort=True),
        Column(
            "stage",
            gettext_lazy("协议"),
            value=lambda r: stage_words(r.stage),
            html=lambda r: stage_badge(r.stage),
        ),
        Column(
            "timing",
            gettext_lazy("签约期限"),
            value=lambda r: str(TIMINGS[r.timing]),
            html=lambda r: timing_badge(r.timing),
        ),
        Column("signed_on", gettext_lazy("签署日期")),
        Column("days_late", gettext_lazy("逾期天数"), numeric=True, sort=True),
        Column("filed_on", gettext_lazy("备案日期")),
        Column("filed_late", gettext_lazy("逾期备案"), value=lambda r: _("是") if r.filed_late else ""),
    ),
    filters=(
        NameFilter("q", gettext_lazy("医院"), fields=("supporter", "recipient")),
        ChoiceFilter("city", gettext_lazy("受援地市")),
        ChoiceFilter(
            "stage",
            gettext_lazy("协议"),
            choices=lambda _actor: [(name, stage_words(name)) for name in standing.STAGES],
        ),
        ChoiceFilter("timing", gettext_lazy("签约期限"), choices=tuple(TIMINGS.items())),
        FlagFilter("late", gettext_lazy("逾期")),
        FlagFilter("filed_late", gettext_lazy("逾期备案")),
    ),
)


@page("agreement.view")
def progress(request: PageRequest) -> HttpResponseBase:
    """All pairings of a round with what has become of their agreements."""
    choice = chosen(request)
    rows = standing.standings(request.actor, choice.round)
    listing = with_choices(PROGRESS, city=_cities(rows))
    return listing.respond(
        request,
        rows,
        "agreements/progress.html",
        {"choice": choice, "deadline": standing.deadline_of(choice.round)},
    )


def _cities(rows: Iterable[standing.Standing]) -> list[tuple[str, str]]:
    return [(name, name) for name in dict.fromkeys(row.city for row in rows) if name]
