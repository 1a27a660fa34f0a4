"""Lists: a year's credits, certificates."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from duikou.core.faces import done, row_url
from duikou.core.listing import (
    BadParameter,
    ChoiceFilter,
    Column,
    FlagFilter,
    Listing,
    NameFilter,
    TextFilter,
)
from duikou.core.pages import PageRequest, page
from duikou.wings.credits import actions, queries
from duikou.wings.credits.looks import KINDS, STATES, certificate_badge, state_badge
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries import Line

Kind = Certificate.Kind


def _certificate_url(line: Line) -> str | None:
    return row_url("credits:certificate", line.certificate.pk) if line.certificate else None


YEAR = Listing(
    key="credits",
    title=gettext_lazy("学分认定"),
    size=50,
    empty=gettext_lazy("这一年没有派驻或进修记录。"),
    columns=(
        Column(
            "name",
            gettext_lazy("姓名"),
            value=lambda line: line.person.name,
            href=lambda line: row_url("credits:person", line.person.pk),
            head=True,
            whole=True,
            sort="person__name",
        ),
        Column(
            "hospital",
            gettext_lazy("派出医院"),
            value=lambda line: line.credit.last.home,
            sort="credit__last__home",
        ),
        Column(
            "kind",
            gettext_lazy("方式"),
            value=lambda line: KINDS[line.credit.kind],
            sort="credit__kind",
            whole=True,
        ),
        Column("host", gettext_lazy("接收医院"), value=lambda line: _hosts(line), sort="credit__last__host"),
        Column(
            "days",
            gettext_lazy("在岗天数"),
            value=lambda line: line.credit.result.days,
            numeric=True,
            sort="credit__result__days",
        ),
        Column(
            "counted",
            gettext_lazy("考核合格的天数"),
            value=lambda line: line.credit.result.counted,
            numeric=True,
            sort="credit__result__counted",
        ),
        Column(
            "needed", gettext_lazy("应满天数"), value=lambda line: line.credit.result.needed, numeric=True
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda line: STATES[line.state][1],
            html=lambda line: state_badge(line.state),
            sort=True,
        ),
        Column(
            "certificate",
            gettext_lazy("证明"),
            value=lambda line: line.certificate.code if line.certificate else None,
            href=_certificate_url,
            whole=True,
        ),
    ),
    filters=(
        NameFilter(
            "q", gettext_lazy("姓名或医院"), ("person__name", "credit__last__home", "credit__last__host")
        ),
        ChoiceFilter("kind", gettext_lazy("方式"), ("credit__kind",), choices=tuple(KINDS.items())),
        ChoiceFilter(
            "state",
            gettext_lazy("状态"),
            choices=tuple((key, words) for key, (_look, words) in STATES.items()),
        ),
    ),
)


def _hosts(line: Line) -> str:
    return "、".join(dict.fromkeys(part.host for part in line.credit.parts))


@page("credit.view")
def year(request: PageRequest) -> HttpResponseBase:
    """The credits of a year in the actor's area: what is met, missing, issued."""
    known = queries.years(request.actor)
    chosen = _chosen(request, known)
    lines = queries.year_lines(request.actor, chosen) if chosen else []
    context = {
        "years": known,
        "year": chosen,
        "ready": len(queries.issuable(request.actor, lines)),
        "figures": [
            (STATES[state][1], sum(line.state == state for line in lines))
            for state in ("issued", "met", "short", "unappraised", "failed", "differs")
        ],
        "terms": dict.fromkeys((line.credit.terms, KINDS[line.credit.kind]) for line in lines),
        "demo_data": any(part.demonstration for line in lines for part in line.credit.parts),
    }
    return YEAR.respond(request, lines, "credits/year.html", context)


def _chosen(request: PageRequest, known: list[int]) -> int | None:
    asked = request.GET.get("year", "").strip()
    if not asked:
        return known[0] if known else None
    found = next((one for one in known if str(one) == asked), None)
    if found is None:
        raise BadParameter("year", asked, _("、").join(map(str, known)) or "—")
    return found


@require_http_methods(["GET", "POST"])
@page("credit.issue")
def issue_year(request: PageRequest, year: int) -> HttpResponse:
    """Recognise all credits of a year that are met."""
    ready = queries.issuable(request.actor, queries.year_lines(request.actor, year, "credit.issue"))
    if request.method == "POST":
        issued = actions.issue_year(actor=request.actor, year=year)
        done(request, _("已认定 %(count)s 项学分并开具证明。") % {"count": len(issued)})
        return redirect(f"{reverse('credits:list')}?year={year}")
    return render(request, "credits/issue_year.html", {"year": year, "ready": ready, "kinds": KINDS})


CERTIFICATES = Listing(
    key="certificates",
    title=pgettext_lazy("导航", "学分与服务证明"),
    default_sort="-issued_on",
    empty=gettext_lazy("还没有开具证明。"),
    columns=(
        Column(
            "code",
            gettext_lazy("核验码"),
            head=True,
            whole=True,
            href=lambda row: row_url("credits:certificate", row.pk),
        ),
        Column(
            "person_name",
            gettext_lazy("姓名"),
            sort=True,
            href=lambda row: row_url("credits:person", row.person_id),
        ),
        Column("kind", gettext_lazy("类别"), value=lambda row: row.get_kind_display(), sort=True),
        Column("year", gettext_lazy("年度"), sort=True, nulls_last=True),
        Column(
            "hospital", gettext_lazy("派出医院"), value=lambda row: row.hospital_name, sort="hospital_name"
        ),
        Column("issued_on", gettext_lazy("开具日期"), sort=True),
        Column("issuer", gettext_lazy("开具单位"), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: _("有效") if row.valid else _("已撤销"),
            html=lambda row: certificate_badge(row, differs=row.differs),
        ),
        Column(
            "differs",
            gettext_lazy("与现有数据不一致"),
            value=lambda row: _("是") if row.differs else _("否"),
            on_page=False,
        ),
        Column("revoked_on", gettext_lazy("撤销日期"), on_page=False),
        Column("revoked_reason", gettext_lazy("撤销理由"), on_page=False),
    ),
    filters=(
        TextFilter("q", gettext_lazy("姓名、医院或核验码"), ("person_name", "hospital_name", "code")),
        ChoiceFilter("kind", gettext_lazy("类别"), choices=tuple(Kind.choices)),
        TextFilter("year", gettext_lazy("年度"), apply=lambda rows, value: rows.filter(year=_number(value))),
        FlagFilter(
            "valid",
            gettext_lazy("有效"),
            apply=lambda rows, value: rows.filter(revoked_at__isnull=value),
        ),
    ),
    prepare=lambda rows: _with_differences(list(rows)),
)


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 4:
        raise BadParameter("year", value, "2014")
    return int(value)


def _with_differences(rows: list[Any]) -> list[Any]:
    found = queries.differences_of([row for row in rows if row.valid])
    for row in rows:
        row.differs = bool(found.get(row.pk))
    return rows


@page("credit.view")
def certificates(request: PageRequest) -> HttpResponseBase:
    """All certificates of the actor's area."""
    rows = queries.certificates(request.actor, "credit.view")
    context = {"demo_data": rows.filter(demonstration=True).exists()}
    return CERTIFICATES.respond(request, rows, "credits/certificates.html", context)
