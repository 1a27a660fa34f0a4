"""The list of obligations, with its filters and its workbook."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import badge, row_url, words
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.obligations.models.ledger import PARTIES, STAGES
from duikou.wings.obligations.queries import ledger as queries
from duikou.wings.obligations.queries.waiting import KINDS, waiting_for
from duikou.wings.obligations.sides import acting
from duikou.wings.obligations.standing import Stage
from duikou.wings.obligations.views._common import (
    PARTY_WORDS,
    SAYS_WORDS,
    STAGE_WORDS,
    amount,
    is_unsure,
    period_words,
    stage_badge,
    target_words,
)

Row = dict[str, Any]


def _prepare(rows: list[Row]) -> list[Row]:
    """The rows of a page in the reader's language."""
    today = timezone.localdate()
    for row in rows:
        row["name"] = words(row["title"])
        row["period"] = period_words(row["period_kind"], row["number"])
        row["target_words"] = target_words(row)
        row["late"] = (
            row["closed_on"] is None
            and row["due"] is not None
            and row["due"] < today
            and row["stage"] in queries.UNDONE
        )
    return rows


def _name(row: Row) -> SafeString:
    url = row_url("obligations:detail", row["id"])
    marks = badge("neutral", _("演示数据")) if row["demonstration"] else ""
    if row["closed_on"]:
        marks += badge("neutral", _("已失效"))
    period = f'<div class="dk-small dk-muted">{escape(row["period"])}</div>'
    return SafeString(f'<a href="{escape(url)}">{escape(row["name"])}</a> {marks}{period}')


def _pair(row: Row) -> SafeString:
    name = f"{row['pairing__supporter__name']} → {row['pairing__recipient__name']}"
    return SafeString(f'<a href="{escape(row_url("pairings:detail", row["pairing_id"]))}">{escape(name)}</a>')


def _due(row: Row) -> SafeString | str:
    if row["due"] is None:
        return "—"
    day = f'<span class="dk-nowrap">{row["due"].isoformat()}</span>'
    return SafeString(f"{day} {badge('danger', _('逾期'))}" if row["late"] else day)


def _target(row: Row) -> SafeString:
    unsure = badge("warning", _("待确认")) if row["unit"] and is_unsure(row["target_mark"]) else ""
    return SafeString(f"{escape(row['target_words'])} {unsure}")


def _given(row: Row) -> str:
    if not row["evidence_count"]:
        return "—"
    if not row["unit"]:
        return _("%(n)d 件") % {"n": row["evidence_count"]}
    return f"{amount(row['given'], row['unit'])} / {amount(row['accepted'], row['unit'])}"


def _says(side: str) -> Any:
    def read(row: Row) -> str:
        said = SAYS_WORDS.get(row[f"{side}_says"])
        number = row[f"{side}_quantity"]
        shown = "" if number is None else f" {amount(number, row['unit'])}"
        return f"{said}{shown}" if said else "—"

    return read


LEDGER = Listing(
    key="obligations",
    title=gettext_lazy("责任台账"),
    size=50,
    empty=gettext_lazy("协议签署或规划商定后，其中的责任会逐期列在这里。"),
    fields=queries.LIST_COLUMNS,
    prepare=_prepare,
    columns=(
        Column("title", gettext_lazy("责任"), head=True, value=lambda r: r["name"], html=_name, width=40),
        Column(
            "pair",
            gettext_lazy("结对"),
            value=lambda r: f"{r['pairing__supporter__name']} → {r['pairing__recipient__name']}",
            html=_pair,
            sort=("pairing__position", "due"),
            width=40,
        ),
        Column(
            "owner", gettext_lazy("责任方"), value=lambda r: PARTY_WORDS[r["owner"]], sort=("owner", "due")
        ),
        Column("due", gettext_lazy("期限"), html=_due, sort=True, nulls_last=True),
        Column("target", gettext_lazy("目标值"), value=lambda r: r["target_words"], html=_target),
        Column("given", gettext_lazy("已提交 / 已认可"), value=_given),
        Column(
            "stage",
            gettext_lazy("状态"),
            value=lambda r: STAGE_WORDS[Stage(r["stage"])],
            html=lambda r: stage_badge(r["stage"]),
            sort=("stage", "due"),
        ),
        Column("rule", gettext_lazy("规则"), sort=("rule", "due")),
        Column("period", gettext_lazy("周期"), on_page=False),
        Column("start", gettext_lazy("起"), on_page=False),
        Column("end", gettext_lazy("止（含）"), on_page=False),
        Column("source", gettext_lazy("出处"), on_page=False, width=30),
        Column("owner_department", gettext_lazy("责任科室"), on_page=False),
        Column(
            "person", gettext_lazy("责任人"), value=lambda r: r["owner_person__name"] or "", on_page=False
        ),
        Column("supporter_says", gettext_lazy("支援方说法"), value=_says("supporter"), on_page=False),
        Column("recipient_says", gettext_lazy("受援方说法"), value=_says("recipient"), on_page=False),
        Column("superior_says", gettext_lazy("上级说法"), value=_says("superior"), on_page=False),
        Column("late", gettext_lazy("逾期"), on_page=False),
        Column("escalated_on", gettext_lazy("提请上级日期"), on_page=False),
        Column("closed_on", gettext_lazy("失效"), on_page=False),
        Column("closed_reason", gettext_lazy("失效原因"), on_page=False, width=30),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda r: _("演示数据") if r["demonstration"] else "",
            on_page=False,
        ),
    ),
    filters=(
        TextFilter(
            "q",
            gettext_lazy("责任内容"),
            apply=lambda rows, text: rows.filter(
                Q(title__zh__icontains=text) | Q(title__en__icontains=text) | Q(source__icontains=text)
            ),
        ),
        TextFilter("hospital", gettext_lazy("医院"), apply=queries.of_hospital),
        ChoiceFilter("waits", gettext_lazy("等我办理"), choices=tuple(KINDS.items())),
        ChoiceFilter(
            "owner",
            gettext_lazy("责任方"),
            choices=PARTIES,
        ),
        ChoiceFilter("stage", gettext_lazy("状态"), choices=STAGES),
        ChoiceFilter("rule", gettext_lazy("规则")),
        ChoiceFilter("department", gettext_lazy("责任科室"), fields=("owner_department",)),
        FlagFilter("overdue", gettext_lazy("逾期")),
        FlagFilter(
            "disputed",
            gettext_lazy("说法不一"),
            apply=lambda rows, yes: (
                rows.filter(stage=Stage.DISPUTED) if yes else rows.exclude(stage=Stage.DISPUTED)
            ),
        ),
        DateFilter("due_from", gettext_lazy("期限不早于"), fields=("due",)),
        DateFilter("due_to", gettext_lazy("期限不晚于"), fields=("due",), comparison="lte"),
        ChoiceFilter(
            "closed",
            gettext_lazy("效力"),
            choices=(("no", gettext_lazy("有效")), ("yes", gettext_lazy("已失效"))),
            apply=lambda rows, value: rows.filter(closed_on__isnull=value == "no"),
        ),
        ChoiceFilter("pairing", gettext_lazy("结对"), apply=lambda rows, pk: rows.filter(pairing=int(pk))),
    ),
)


def listing(request: PageRequest, today: dt.date) -> Listing:
    """The list with the choices of this person."""
    actor = request.actor
    rules = [(rule, rule) for rule in queries.rules_in_use(actor)]
    departments = [(name, name) for name in queries.departments_in_use(actor)]
    pairing = request.GET.get("pairing", "")
    pairs = [(pairing, queries.pairing_name(actor, int(pairing)))] if _is_number(pairing) else []
    waits = waiting_for(acting(actor), today)

    def adapted(one: Any) -> Any:
        if one.name == "waits":
            return replace(one, apply=lambda rows, kind: rows.filter(waits[kind]))
        if one.name == "overdue":
            late = queries.overdue(today)
            return replace(one, apply=lambda rows, yes: rows.filter(late if yes else ~late))
        known = {"rule": rules, "department": departments, "pairing": pairs}
        return replace(one, choices=tuple(known[one.name])) if one.name in known else one

    filters = tuple(
        adapted(one)
        for one in LEDGER.filters
        # a choice without choices only takes room; one pairing is come to by its own page
        if (one.name, departments) != ("department", []) and (one.name, pairs) != ("pairing", [])
    )
    return replace(LEDGER, filters=filters)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


@page("obligation.view")
def ledger(request: PageRequest) -> HttpResponseBase:
    """All obligations of one's area; those in force unless the address says otherwise."""
    today = timezone.localdate()
    rows = queries.listed(request.actor)
    if "closed" not in request.GET:
        rows = rows.filter(closed_on=None)
    return listing(request, today).respond(
        request,
        rows,
        "obligations/list.html",
        {"demo_data": rows.filter(demonstration=True).exists(), "today": today},
    )
