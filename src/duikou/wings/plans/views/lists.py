"""Lists: pairings with their plans, the year's four ones, annual tasks, the matrix of specialties."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import badge, row_url, words
from duikou.core.listing import BadParameter, ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.pairings.views._common import with_choices
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.models.plans import FIRST_YEAR, LAST_YEAR
from duikou.wings.plans.models.tasks import BOTH, OWNERS
from duikou.wings.plans.queries import ones, overview
from duikou.wings.plans.queries import plans as queries
from duikou.wings.plans.queries import tasks as task_queries
from duikou.wings.plans.queries.matrix import Have, MatrixRow, matrix
from duikou.wings.plans.wording import HAVE, HAVE_LOOK, figure, plan_badge, task_badge
from duikou.wings.plans.workflows import PLAN, YEAR_TASK

NONE = "none"  # a pairing without a joint plan


def _state(row: Any) -> str:
    return PLAN.states[row["plan_state"]].label if row["plan_state"] else _("未编制")


def _in_state(rows: Any, value: str) -> Any:
    return rows.filter(plan_state=None if value == NONE else value)


OVERVIEW = Listing(
    key="plans",
    title=gettext_lazy("规划与年度任务"),
    empty=gettext_lazy("您的范围内还没有结对。"),
    fields=overview.COLUMNS,
    columns=(
        Column(
            "recipient",
            gettext_lazy("受援医院"),
            head=True,
            value=lambda r: r["recipient__name"],
            href=lambda r: row_url("plans:pairing", r["id"]),
            sort="recipient__name",
            width=30,
        ),
        Column(
            "supporter",
            gettext_lazy("支援医院"),
            value=lambda r: r["supporter__name"],
            sort="supporter__name",
            width=30,
        ),
        Column(
            "county",
            gettext_lazy("受援地"),
            value=lambda r: (
                f"{r['recipient_division__parent__name'] or ''} {r['recipient_division__name']}".strip()
            ),
        ),
        Column(
            "plan",
            gettext_lazy("三年规划"),
            value=_state,
            html=lambda r: plan_badge(r["plan_state"] or ""),
            sort="plan_state",
            nulls_last=True,
        ),
        Column("edition", gettext_lazy("版次"), value=lambda r: r["plan_edition"] or "", numeric=True),
        Column("lists", gettext_lazy("年度清单"), numeric=True, sort=True),
        Column("agreed_lists", gettext_lazy("其中已同意"), numeric=True, sort=True),
        Column("round", gettext_lazy("轮次"), value=lambda r: r["round__name"], on_page=False),
    ),
    filters=(
        TextFilter("text", gettext_lazy("医院"), fields=("recipient__name", "supporter__name")),
        ChoiceFilter(
            "state",
            gettext_lazy("三年规划"),
            choices=lambda _actor: [(NONE, _("未编制")), *PLAN.choices()],
            apply=_in_state,
        ),
    ),
)


@page("plan.view")
def plans(request: PageRequest) -> HttpResponseBase:
    """All pairings of the area with where their plans stand."""
    return OVERVIEW.respond(
        request,
        overview.overview(request.actor),
        "plans/overview.html",
        {
            "may_edit": request.actor.may("plan.edit"),
            "demo_data": queries.demonstration_shown(request.actor),
        },
    )


DOCUMENTS = Listing(
    key="plan-documents",
    title=gettext_lazy("规划文本"),
    empty=gettext_lazy("还没有规划。在一对的规划页上开始编制。"),
    columns=(
        Column(
            "title",
            gettext_lazy("规划"),
            head=True,
            value=lambda r: r.title,
            href=lambda r: row_url("plans:plan", r.pk),
            width=30,
        ),
        Column(
            "recipient",
            gettext_lazy("受援医院"),
            value=lambda r: r.recipient.name,
            sort="recipient__name",
            width=28,
        ),
        Column(
            "supporter",
            gettext_lazy("支援医院"),
            value=lambda r: r.pairing.supporter.name if r.pairing else "",
            sort="pairing__supporter__name",
            nulls_last=True,
            width=28,
        ),
        Column("start", gettext_lazy("起"), sort=True),
        Column("end", gettext_lazy("止（含）"), sort=True),
        Column("edition", gettext_lazy("版次"), numeric=True, sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda r: PLAN.states[r.state].label,
            html=lambda r: plan_badge(r.state),
            sort=True,
        ),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda r: _("演示数据") if r.demonstration else "",
        ),
    ),
    filters=(
        TextFilter("text", gettext_lazy("医院"), fields=("recipient__name", "pairing__supporter__name")),
        ChoiceFilter("kind", gettext_lazy("种类"), choices=SupportPlan.Kind.choices),
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda _actor: PLAN.choices()),
    ),
)


@page("plan.view")
def documents(request: PageRequest) -> HttpResponseBase:
    """Every plan of the area: recipients' own, joint ones, lists of years."""
    return DOCUMENTS.respond(request, queries.plans(request.actor), "plans/documents.html", {})


# ---------------------------------------------------------------- tasks


def _late(rows: Any, value: bool) -> Any:
    late = {"due__lt": timezone.localdate(), "state__in": YEAR_TASK.open_states}
    return rows.filter(**late) if value else rows.exclude(**late)


def _known(row: YearTask) -> Demands:
    return demands(row.plan.policy_pack)


TASKS = Listing(
    key="year-tasks",
    title=gettext_lazy("年度任务"),
    empty=gettext_lazy("还没有年度任务。在一对的规划页上开始编制年度清单。"),
    columns=(
        Column(
            "title",
            gettext_lazy("任务"),
            head=True,
            href=lambda r: row_url("plans:task", r.pk),
            sort=True,
            width=36,
        ),
        Column("year", gettext_lazy("年度"), numeric=True, sort=True),
        Column(
            "recipient",
            gettext_lazy("受援医院"),
            value=lambda r: r.recipient.name,
            sort="recipient__name",
            width=28,
        ),
        Column(
            "supporter",
            gettext_lazy("支援医院"),
            value=lambda r: r.plan.pairing.supporter.name,
            sort="plan__pairing__supporter__name",
            width=28,
        ),
        Column(
            "one",
            gettext_lazy("“四个一”"),
            value=lambda r: words(_known(r).word(r.one)) if r.one else "",
            sort=True,
        ),
        Column(
            "specialty",
            gettext_lazy("专科"),
            value=lambda r: words(_known(r).specialty(r.specialty)) if r.specialty else "",
        ),
        Column("baseline", gettext_lazy("现状基线"), on_page=False, width=30),
        Column("target", gettext_lazy("目标"), width=30),
        Column("figure", gettext_lazy("目标数"), value=figure),
        Column("owner", gettext_lazy("责任方"), value=lambda r: r.get_owner_display(), sort=True),
        Column("due", gettext_lazy("期限"), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda r: YEAR_TASK.states[r.state].label,
            html=lambda r: task_badge(r.state),
            sort=True,
        ),
        Column("result", gettext_lazy("完成情况"), on_page=False, width=40),
    ),
    filters=(
        TextFilter(
            "text",
            gettext_lazy("任务或医院"),
            fields=("title", "recipient__name", "plan__pairing__supporter__name"),
        ),
        ChoiceFilter("year", gettext_lazy("年度")),
        ChoiceFilter("one", gettext_lazy("“四个一”")),
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda _actor: YEAR_TASK.choices()),
        ChoiceFilter("owner", gettext_lazy("责任方"), choices=(*OWNERS, BOTH)),
        FlagFilter("late", gettext_lazy("已过期未完成"), apply=_late),
    ),
)


@page("plan.view")
def tasks(request: PageRequest) -> HttpResponseBase:
    """All annual tasks of the area."""
    known = task_queries.words_of(request.actor)
    asked = request.GET.get("year", "")  # pages link to years that have no task yet
    years = {str(year) for year in known.years}
    if re.fullmatch("[0-9]{4}", asked) and FIRST_YEAR <= int(asked) <= LAST_YEAR:
        years.add(asked)
    listing = with_choices(
        TASKS,
        year=[(year, year) for year in sorted(years)],
        one=[(kind, words(known.demands.word(kind))) for kind in known.demands.ones] if known.demands else [],
    )
    mine = request.GET.get("mine") == "yes"
    rows = task_queries.own_tasks(request.actor) if mine else task_queries.tasks(request.actor)
    return listing.respond(
        request,
        rows,
        "plans/tasks.html",
        {"mine": mine, "demo_data": queries.demonstration_shown(request.actor)},
    )


# ---------------------------------------------------------------- the four ones


@page("plan.view")
def board(request: PageRequest) -> HttpResponseBase:
    """The four ones of a year: which recipient has which, which are missing."""
    text = request.GET.get("year", "").strip()
    if text and not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise BadParameter("year", text, f"{FIRST_YEAR}–{LAST_YEAR}")
    found = ones.board(request.actor, int(text) if text else None)
    known = demands(found.pack) if found.pack else None
    listing = _board_listing(found, known)
    return listing.respond(
        request,
        found.rows,
        "plans/board.html",
        {
            "board": found,
            "kinds": [(words(known.word(kind)), found.missing_of(kind)) for kind in found.kinds]
            if known
            else [],
            "clause": known.clause("GOAL-01") if known else "",
            "demo_data": queries.demonstration_shown(request.actor),
        },
    )


def _board_listing(found: ones.Board, known: Demands | None) -> Listing:
    columns = [
        Column(
            "name",
            gettext_lazy("受援医院"),
            head=True,
            sort=True,
            width=30,
            href=lambda r: row_url("plans:pairing", r.pairings[0][0]),
        ),
        Column("county", gettext_lazy("受援地"), value=lambda r: f"{r.city} {r.county}".strip()),
    ]
    for kind in found.kinds if known else ():
        columns.append(
            Column(
                kind,
                words(known.word(kind)) if known else kind,
                value=lambda r, kind=kind: _one_words(r, kind),  # type: ignore[misc]
                html=lambda r, kind=kind: _one_cell(r, kind),  # type: ignore[misc]
                width=26,
            )
        )
    columns += [
        Column("missing_count", gettext_lazy("缺（项）"), numeric=True, sort=True),
        Column("tasks", gettext_lazy("任务"), numeric=True, sort=True),
        Column("reported", gettext_lazy("待验收"), numeric=True, sort=True),
        Column("accepted", gettext_lazy("已验收"), numeric=True, sort=True),
        Column(
            "supporters",
            gettext_lazy("支援医院"),
            value=lambda r: _("、").join(name for _pk, name in r.pairings),
            width=30,
        ),
    ]
    return Listing(
        key="four-ones",
        title=_("%(year)d 年“四个一”") % {"year": found.year},
        empty=gettext_lazy("这一年您的范围内没有结对。"),
        columns=columns,
        filters=(
            TextFilter("text", gettext_lazy("医院"), fields=("name",)),
            ChoiceFilter(
                "city",
                gettext_lazy("市"),
                choices=[(city, city) for city in sorted({row.city for row in found.rows if row.city})],
            ),
            ChoiceFilter(
                "missing",
                gettext_lazy("缺哪一项"),
                choices=[
                    ("any", _("任意一项")),
                    *((kind, words(known.word(kind))) for kind in found.kinds if known),
                ],
                apply=lambda rows, value: [
                    row for row in rows if (row.missing if value == "any" else value in row.missing)
                ],
            ),
        ),
    )


def _one_words(row: ones.BoardRow, kind: str) -> str:
    one = row.ones.get(kind)
    if one is None or (one.task is None and not row.demanded):
        return "—"
    if one.task is None:
        return _("缺")
    return f"{one.title}（{YEAR_TASK.states[one.state].label if one.agreed else _('未经双方同意')}）"


def _one_cell(row: ones.BoardRow, kind: str) -> SafeString | str:
    one = row.ones.get(kind)
    if one is None or one.task is None:
        return badge("danger", _("缺")) if one is not None and row.demanded else "—"
    from django.utils.html import format_html

    state = task_badge(one.state) if one.agreed else badge("neutral", _("未经双方同意"))
    return format_html('<a href="{}">{}</a><br>{}', row_url("plans:task", one.task), one.title, state)


# ---------------------------------------------------------------- the matrix


@page("plan.view")
def gaps(request: PageRequest) -> HttpResponseBase:
    """All recipients of the area against the named specialties."""
    found = matrix(request.actor)
    columns = [
        Column(
            "name",
            gettext_lazy("受援医院"),
            head=True,
            sort=True,
            width=30,
            href=lambda r: row_url("plans:gaps", r.pairing),
        ),
        Column("county", gettext_lazy("受援地"), value=lambda r: f"{r.city} {r.county}".strip()),
        *(
            Column(
                have.value,
                HAVE[have],  # type: ignore[arg-type]
                numeric=True,
                value=lambda r, have=have: r.count(have),  # type: ignore[misc]
            )
            for have in (Have.HAVE, Have.WEAK, Have.MISSING)
        ),
        *(
            Column(
                one.id,
                words(one.title),
                value=lambda r, key=one.id: str(HAVE[r.cells[key]]),  # type: ignore[misc]
                html=lambda r, key=one.id: _have_cell(r, key),  # type: ignore[misc]
            )
            for one in found.specialties
        ),
    ]
    listing = Listing(
        key="matrix",
        title=gettext_lazy("专科缺口"),
        empty=gettext_lazy("您的范围内还没有受援医院。"),
        columns=columns,
        filters=(
            TextFilter("text", gettext_lazy("医院"), fields=("name",)),
            ChoiceFilter(
                "city",
                gettext_lazy("市"),
                choices=[(city, city) for city in sorted({row.city for row in found.rows if row.city})],
            ),
            ChoiceFilter(
                "gap",
                gettext_lazy("薄弱或缺"),
                choices=[(one.id, words(one.title)) for one in found.specialties],
                apply=lambda rows, key: [row for row in rows if row.cells[key] in (Have.WEAK, Have.MISSING)],
            ),
        ),
    )
    return listing.respond(
        request,
        found.rows,
        "plans/matrix.html",
        {
            "totals": [
                {
                    "title": words(one.title),
                    "have": found.count(one.id, Have.HAVE),
                    "weak": found.count(one.id, Have.WEAK),
                    "missing": found.count(one.id, Have.MISSING),
                    "unknown": found.count(one.id, Have.UNKNOWN),
                }
                for one in found.specialties
            ],
            "recipients": len(found.rows),
        },
    )


_SIGNS = {Have.HAVE: "✓", Have.WEAK: "△", Have.MISSING: "✗", Have.UNKNOWN: "?"}


def _have_cell(row: MatrixRow, key: str) -> SafeString:
    have = row.cells[key]
    # A label instead of hidden words: these would stand outside the part of the table that scrolls.
    return SafeString(
        f'<span class="dk-badge dk-badge-{HAVE_LOOK[have]}" role="img" '
        f'aria-label="{escape(str(HAVE[have]))}">{_SIGNS[have]}</span>'
    )
