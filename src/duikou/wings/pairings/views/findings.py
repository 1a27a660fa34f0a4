"""The findings desk: list with batch assignment, one finding with its buttons, re-audit, its difference."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from duikou.core.errors import Invalid
from duikou.core.faces import add_errors, badge, done, row_url, words
from duikou.core.links import link
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.models import OrgUnit
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.pairings.actions import findings as actions
from duikou.wings.pairings.forms import AssignForm, ReasonForm
from duikou.wings.pairings.models import Finding, Round
from duikou.wings.pairings.queries import choices
from duikou.wings.pairings.queries import findings as queries
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.pairings.queries.rounds import outdated
from duikou.wings.pairings.views._common import (
    anchor,
    chosen,
    pack_of,
    rule_of,
    rule_url,
    safe,
    severity_badge,
    state_badge,
    unbroken,
    with_choices,
)
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.workflows import FINDING


def _state(row: Finding) -> str:
    return FINDING.states[row.state].label


def _message(row: Finding) -> SafeString:
    return anchor(row_url("pairings:finding", row.pk), row.text("message"))


def _clause(row: Finding) -> SafeString:
    clause = f'<span class="dk-small dk-nowrap">{escape(row.clause)}</span>'
    unsure = row.mark in ("inferred", "recalled")
    return safe(f"{clause} {badge('warning', _('待核实'))}" if unsure else clause)


def _ticks(ticked: Collection[str]) -> Column:
    """The column of boxes for the form below the list; those of a refused form stay ticked."""

    def box(row: Finding) -> SafeString:
        label = escape(_("选择：%(finding)s") % {"finding": row})
        value = f"{row.pk}:{row.version}"
        return safe(
            '<input type="checkbox" class="form-check-input" name="finding" form="assign"'
            f' value="{value}"{" checked" if value in ticked else ""} aria-label="{label}">'
        )

    return Column("tick", gettext_lazy("选择"), html=box, value=lambda r: "", in_export=False)


FINDINGS = Listing(
    key="findings",
    title=gettext_lazy("核查发现"),
    size=50,
    empty=gettext_lazy("本轮还没有核查发现；请先核查。"),
    columns=(
        Column(
            "severity",
            gettext_lazy("程度"),
            value=lambda r: r.get_severity_display(),
            html=lambda r: severity_badge(r.severity),
            sort=("rank",),
        ),
        Column(
            "rule",
            gettext_lazy("规则"),
            html=lambda r: unbroken(r.rule),
            sort=("rule", "rank"),
        ),
        Column(
            "message",
            gettext_lazy("发现"),
            head=True,
            value=lambda r: r.text("message"),
            html=_message,
            width=60,
        ),
        Column("clause", gettext_lazy("条款"), html=_clause, sort=("clause", "rank"), width=20),
        Column("mark", gettext_lazy("依据"), on_page=False),
        Column("expected", gettext_lazy("应为"), value=lambda r: r.text("expected"), on_page=False, width=30),
        Column("found", gettext_lazy("实际"), value=lambda r: r.text("found"), on_page=False, width=30),
        Column(
            "suggestion", gettext_lazy("建议"), value=lambda r: r.text("suggestion"), on_page=False, width=60
        ),
        Column(
            "subjects",
            gettext_lazy("对象"),
            value=lambda r: _("、").join(r.subjects),
            on_page=False,
            width=30,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=_state,
            html=lambda r: state_badge(r.state, _state(r)),
            sort=("state", "rank"),
        ),
        Column("assignee", gettext_lazy("承办单位"), value=lambda r: r.assignee.name if r.assignee else ""),
        Column("due", gettext_lazy("期限"), sort=("due", "rank"), nulls_last=True),
        Column("reason", gettext_lazy("例外理由"), on_page=False, width=40),
    ),
    filters=(
        TextFilter("q", gettext_lazy("文字"), apply=lambda rows, text: _containing(rows, text)),
        ChoiceFilter("severity", gettext_lazy("程度"), choices=Finding.Severity.choices),
        ChoiceFilter("rule", gettext_lazy("规则")),
        ChoiceFilter(
            "clause", gettext_lazy("条款"), apply=lambda rows, clause: rows.filter(clause__contains=clause)
        ),
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda actor: FINDING.choices()),
        ChoiceFilter("city", gettext_lazy("市"), apply=lambda rows, path: queries.in_place(rows, path)),
        ChoiceFilter("assignee", gettext_lazy("承办单位")),
        ChoiceFilter(
            "present",
            gettext_lazy("现状"),
            choices=(("yes", gettext_lazy("仍存在")), ("no", gettext_lazy("已消除"))),
            apply=lambda rows, value: rows.filter(present=value == "yes"),
        ),
    ),
)


def _containing(rows: Any, text: str) -> Any:
    return rows.filter(
        Q(texts__message__zh__icontains=text)
        | Q(texts__message__en__icontains=text)
        | Q(rule__icontains=text)
    )


def _listing(request: PageRequest, round_: Round, units: list[OrgUnit], *extra: Column) -> Listing:
    """The desk's list with the choices of this round and this person."""
    found = queries.clauses_by_rule(request.actor, round_)
    mine = [grant.org_id for grant in request.actor.grants]

    def by_assignee(rows: Any, value: str) -> Any:
        if value == "mine":
            return rows.filter(assignee__in=mine)
        return rows.filter(assignee=None) if value == "none" else rows.filter(assignee=int(value))

    listing = with_choices(
        FINDINGS,
        rule=[(rule, rule) for rule, _clauses in found],
        clause=[(part, part) for part in sorted({p for _rule, clauses in found for p in clauses})],
        city=[(unit.path or "", unit.name) for unit in units if unit.kind == OrgUnit.Kind.CITY],
        assignee=[
            ("mine", _("我的单位")),
            ("none", _("未指派")),
            *((str(unit.pk), unit.name) for unit in units),
        ],
    )
    filters = tuple(
        replace(one, apply=by_assignee) if one.name == "assignee" else one for one in listing.filters
    )
    return replace(listing, filters=filters, columns=(*extra, *listing.columns))


@page("finding.view")
def desk(request: PageRequest) -> HttpResponseBase:
    """All findings of a round, those that stand unless the address says otherwise; posted: assigns."""
    return _assign(request) if request.method == "POST" else _desk(request)


def _desk(request: PageRequest, form: AssignForm | None = None) -> HttpResponseBase:
    """The list; a refused form is shown again with its ticks, under the same filters."""
    choice = chosen(request)
    rows = queries.findings(request.actor, choice.round)
    if not any(request.GET.get(name) for name in ("present", "state")):
        rows = rows.filter(present=True)
    units = queries.authorities(request.actor)
    if form is None and (own := _own(request.actor, units)):
        form = AssignForm(assignees=own)
    boxes = [_ticks(request.POST.getlist("finding"))] if form else []
    answer = _listing(request, choice.round, units, *boxes).respond(
        request,
        rows,
        "pairings/findings.html",
        {"choice": choice, "outdated": outdated(choice.round), "assign_form": form},
    )
    answer.status_code = 422 if form and form.is_bound else 200
    return answer


def _own(actor: Actor, units: list[OrgUnit]) -> list[tuple[int, str]]:
    return _named([unit for unit in units if actor.may("finding.work", unit.path)])


def _named(units: list[OrgUnit]) -> list[tuple[int, str]]:
    return [(unit.pk, unit.name) for unit in units]


@page("finding.work")
def _assign(request: PageRequest) -> HttpResponseBase:
    """Give the ticked findings to one authority: all or none."""
    form = AssignForm(request.POST, assignees=_own(request.actor, queries.authorities(request.actor)))
    if not form.is_valid():
        return _desk(request, form)
    versions: dict[int, int] = {}
    for text in request.POST.getlist("finding"):
        pk, _colon, version = text.partition(":")
        if not (pk.isdecimal() and version.isdecimal()):
            raise Invalid(_("所选的核查发现无法识别，请刷新页面后重选。"))
        versions[int(pk)] = int(version)
    try:
        count = actions.assign_findings(
            actor=request.actor, findings=versions, versions=versions, **form.cleaned_data
        )
    except Invalid as error:
        add_errors(form, error)
        return _desk(request, form)
    done(
        request,
        ngettext("已指派 %(count)d 条核查发现。", "已指派 %(count)d 条核查发现。", count) % {"count": count},
    )
    return redirect(request.get_full_path())


# ---------------------------------------------------------------- one finding

STEPS: dict[str, Callable[..., None]] = {
    "request_exception": actions.request_exception,
    "accept": actions.accept_exception,
    "decline": actions.decline_exception,
    "reopen": actions.reopen_finding,
}


@page("finding.view")
def finding(request: PageRequest, pk: int) -> HttpResponse:
    """One finding: what is expected and found, its rows, what can be done, what was done."""
    return _finding_page(request, pk)


def _finding_page(request: PageRequest, pk: int, failed: str = "", form: Form | None = None) -> HttpResponse:
    row = queries.finding(request.actor, pk)
    pack = pack_of(row.round)
    rule = rule_of(pack, row.rule)
    steps = FINDING.available(row, request.actor) if row.present or row.state == "accepted" else []
    initial = {"version": row.version}
    return render(
        request,
        "pairings/finding.html",
        {
            "finding": row,
            "message": row.text("message"),
            "expected": row.text("expected"),
            "found": row.text("found"),
            "suggestion": row.text("suggestion"),
            "state": _state(row),
            "state_badge": state_badge(row.state, _state(row)),
            "rule": rule,
            "rule_title": words(rule.title) if rule else "",
            "rule_text": words(rule.text) if rule else "",
            "rule_url": rule_url(row.round, row.rule),
            "rows": queries.rows_behind(request.actor, row),
            "subjects": subject_links(row),
            "steps": [
                {
                    "step": step,
                    "form": form if step.id == failed else ReasonForm(initial=initial, prefix=None),
                    "own": step.id in ("accept", "decline") and row.requested_by_id == request.actor.user_id,
                }
                for step in steps
                if step.id in STEPS
                or (step.id == "withdraw_request" and actions.may_withdraw(request.actor, row))
            ],
            "failed": failed,
            "assign_form": (form if failed == "assign" else _assign_form(request, row))
            if any(step.id == "assign" for step in steps)
            else None,
            "events": [event_words(event) for event in events_of(row)],
        },
        status=422 if failed else 200,
    )


def subject_links(row: Finding) -> list[tuple[str, str]]:
    """The subjects' names with their pages."""
    keys = [key.partition(":")[2] for key in row.subject_keys if key.startswith("hospital:")]
    ids = choices.hospital_numbers(keys)
    found = []
    for name, subject in zip(row.subjects, row.subject_keys, strict=False):
        kind, _colon, key = subject.partition(":")
        if kind == "unit":
            url = f"{reverse('pairings:county', args=[key])}?round={row.round.key}"
        else:
            url = link("hospitals:detail", ids[key]) if key in ids else ""
        found.append((name, url))
    return found


@require_POST
@page("finding.view")
def step(request: PageRequest, pk: int, step_id: str) -> HttpResponse:
    """Take one step of the finding's life."""
    row = queries.finding(request.actor, pk)
    if step_id == "withdraw_request":
        row.version = _version(request, row)
        actions.withdraw_request(actor=request.actor, finding=row)
    elif (act := STEPS.get(step_id)) is not None:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return _finding_page(request, pk, step_id, form)
        row.version = form.cleaned_data["version"]
        try:
            act(actor=request.actor, finding=row, reason=form.cleaned_data["reason"])
        except Invalid as error:
            add_errors(form, error)
            return _finding_page(request, pk, step_id, form)
    elif step_id == "assign":
        return _assign_one(request, row)
    else:
        raise Invalid(_("没有“%(step)s”这一步。") % {"step": escape(step_id)})
    done(request, _("已办理：%(step)s。") % {"step": FINDING.transitions[step_id].label})
    return redirect("pairings:finding", pk)


def _version(request: HttpRequest, row: Finding) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else row.version


def _assign_form(request: PageRequest, row: Finding, data: QueryDict | None = None) -> AssignForm:
    return AssignForm(data, assignees=_named(queries.possible_assignees(request.actor, [row])))


def _assign_one(request: PageRequest, row: Finding) -> HttpResponse:
    form = _assign_form(request, row, request.POST)
    if not form.is_valid():
        return _finding_page(request, row.pk, "assign", form)
    try:
        actions.assign_findings(
            actor=request.actor,
            findings=[row.pk],
            versions={row.pk: _version(request, row)},
            **form.cleaned_data,
        )
    except Invalid as error:
        add_errors(form, error)
        return _finding_page(request, row.pk, "assign", form)
    done(request, _("已指派。"))
    return redirect("pairings:finding", row.pk)
