"""One plan: what it says, what it lacks, its editions, and the steps of its life."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, DuikouError, Invalid, Missing
from duikou.core.exports import XLSX
from duikou.core.faces import add_errors, done, words
from duikou.core.pages import PageRequest, page
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.plans import exports
from duikou.wings.plans.actions import imports, plans, steps
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.editions import Changed, changes
from duikou.wings.plans.forms import AimsForm, DepartmentForm, FactorForm, UploadForm
from duikou.wings.plans.models import PlanEdition, SupportPlan
from duikou.wings.plans.queries import plans as queries
from duikou.wings.plans.queries.checks import lacks, lacks_before_close, lacks_before_start
from duikou.wings.plans.queries.departments import proposal
from duikou.wings.plans.views._common import attempt, history, may_edit, number, plain, sides_for
from duikou.wings.plans.wording import (
    change_words,
    figure,
    have_badge,
    plan_badge,
    side_name,
    task_badge,
)


@page("plan.view")
def plan(request: PageRequest, pk: int) -> HttpResponse:
    """One plan."""
    return _page(request, queries.plan(request.actor, pk))


def _page(request: PageRequest, row: SupportPlan, **forms: Any) -> HttpResponse:
    actor = request.actor
    known = demands(row.policy_pack)
    draft = row.state == "draft"
    editable = draft and may_edit(actor, row)
    failed = any(form.is_bound for form in forms.values())
    editions = queries.editions_of(row)
    initial = {"version": row.version}
    of_year = row.kind == SupportPlan.Kind.YEAR
    context = {
        "plan": row,
        "state": plan_badge(row.state),
        "of_year": of_year,
        "sides": _sides(request, row),
        "may_agree": sides_for(actor, row, "plan.approve"),
        "editable": editable,
        "may_edit": may_edit(actor, row),
        "lacks": _lacks(row),
        "factors": [{"factor": one, "name": words(known.word(one.factor))} for one in row.factors.all()],
        "departments": [
            {
                "department": one,
                "title": words(known.specialty(one.specialty)),
                "basis": plain(one.basis),
            }
            for one in row.departments.all()
        ],
        "tasks": [
            {
                "task": task,
                "one": words(known.word(task.one)) if task.one else "",
                "specialty": words(known.specialty(task.specialty)) if task.specialty else "",
                "figure": figure(task),
                "state": task_badge(task.state),
                "shares": len(shares := list(task.shares.all())),
                "confirmed": sum(one.confirmed_at is not None for one in shares),
            }
            for task in queries.tasks_with_shares(row)
        ]
        if of_year
        else [],
        "editions": [_edition(one, editions, known) for one in editions],
        "events": history(queries.events_of(row)),
        "batches": queries.batches_of(actor, row) if of_year and may_edit(actor, row) else [],
        "aims_form": AimsForm(
            initial={
                **initial,
                **{name: getattr(row, name) for name in ("goal", "direction", "start", "end")},
            },
            of_year=of_year,
        )
        if editable
        else None,
        "factor_form": FactorForm(initial=initial, known=known) if editable and not of_year else None,
        "department_form": DepartmentForm(initial=initial, known=known) if editable and not of_year else None,
        "upload_form": UploadForm(initial=initial) if editable and of_year else None,
        "demo_data": row.demonstration,
        **forms,
    }
    return render(request, "plans/plan.html", context, status=422 if failed else 200)


def _sides(request: PageRequest, row: SupportPlan) -> list[dict[str, Any]]:
    """Each party: who answers for it, whether it agreed, whom it could name."""
    staff = queries.staff_of(request.actor, row)
    return [
        {
            "side": str(side),
            "name": side_name(side),
            "president": getattr(row, f"{side}_president"),
            "agreed_by": row.agreed_by(side),
            "agreed_at": getattr(row, f"{side}_agreed_at"),
            "people": staff[side],
            "may_name": row.state == "draft" and request.actor.may("plan.edit", row.path_of(side)),
        }
        for side in row.sides
    ]


def _lacks(row: SupportPlan) -> list[Any]:
    """What the next step needs."""
    if row.state == "draft":
        return list(lacks(row))
    if row.kind != SupportPlan.Kind.YEAR:
        return []
    if row.state == "agreed":
        return list(lacks_before_start(row))
    return list(lacks_before_close(row)) if row.state == "running" else []


def _edition(one: PlanEdition, editions: list[PlanEdition], known: Demands) -> dict[str, Any]:
    before = next((other for other in editions if other.number == one.number - 1), None)
    found: list[Changed] = changes(before.content, one.content) if before else []
    return {"edition": one, "changes": [change_words(change, known) for change in found]}


# ---------------------------------------------------------------- what it says


@require_POST
@page("plan.edit")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Write what a plan is for."""
    row = queries.plan(request.actor, pk)
    form = AimsForm(request.POST, of_year=row.kind == SupportPlan.Kind.YEAR)
    if form.is_valid():
        try:
            plans.edit_plan(actor=request.actor, plan=row, **form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            done(request, _("规划已保存。"))
            return redirect("plans:plan", pk)
    return _page(request, queries.plan(request.actor, pk), aims_form=form)


@require_POST
@page("plan.edit")
def president(request: PageRequest, pk: int) -> HttpResponse:
    """Name a party's first-responsible person."""
    row = queries.plan(request.actor, pk)
    return attempt(
        request,
        lambda: plans.name_president(
            actor=request.actor,
            plan=row,
            version=number(request),
            side=request.POST.get("side", ""),
            person=number(request, "person") or None,
        ),
        _("第一责任人已指定。"),
        "plans:plan",
        pk,
    )


@require_POST
@page("plan.edit")
def factor(request: PageRequest, pk: int) -> HttpResponse:
    """Record one of the conditions that the plan stands on."""
    row = queries.plan(request.actor, pk)
    form = FactorForm(request.POST, known=demands(row.policy_pack))
    if form.is_valid():
        try:
            plans.set_factor(actor=request.actor, plan=row, **form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            done(request, _("规划因素已保存。"))
            return redirect("plans:plan", pk)
    return _page(request, queries.plan(request.actor, pk), factor_form=form)


@page("plan.view")
def departments(request: PageRequest, pk: int) -> HttpResponse:
    """The departments that speak for themselves; adopted from here."""
    row = queries.plan(request.actor, pk)
    found = proposal(request.actor, row)
    if request.method == "POST":
        return attempt(
            request,
            lambda: plans.adopt_departments(
                actor=request.actor,
                plan=row,
                version=number(request),
                specialties=request.POST.getlist("specialty"),
                proposal=found,
            ),
            _("所选科室已加入规划。"),
            "plans:plan",
            pk,
        )
    editable = row.state == "draft" and may_edit(request.actor, row)
    return render(
        request,
        "plans/departments.html",
        {
            "plan": row,
            "needs": found.needs,
            "diseases": [
                {"disease": one, "name": words(one.name)}
                for one in (found.needs.diseases if found.needs else ())
            ],
            "most": found.known.out_of_county,
            "years": found.known.out_of_county_years,
            "rule": found.known.out_of_county_rule,
            "clause": found.known.clause(found.known.out_of_county_rule),
            "rows": [
                {
                    "row": one,
                    "title": words(one.title),
                    "origin": queries.origin_label(one.origin),
                    "basis": words(one.basis),
                    "supporter": have_badge(one.supporter.have),
                }
                for one in found.rows
            ],
            "editable": editable,
            "demo_data": bool(found.needs and found.needs.demonstration) or row.demonstration,
        },
    )


@require_POST
@page("plan.edit")
def add_department(request: PageRequest, pk: int) -> HttpResponse:
    """Choose a department of one's own."""
    row = queries.plan(request.actor, pk)
    form = DepartmentForm(request.POST, known=demands(row.policy_pack))
    if form.is_valid():
        try:
            plans.add_department(actor=request.actor, plan=row, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            done(request, _("科室已加入规划。"))
            return redirect("plans:plan", pk)
    return _page(request, queries.plan(request.actor, pk), department_form=form)


@require_POST
@page("plan.edit")
def remove_department(request: PageRequest, pk: int) -> HttpResponse:
    """Take a department out of the draft."""
    row = queries.plan(request.actor, pk)
    return attempt(
        request,
        lambda: plans.remove_department(
            actor=request.actor,
            plan=row,
            version=number(request),
            specialty=request.POST.get("specialty", ""),
        ),
        _("科室已移出规划。"),
        "plans:plan",
        pk,
    )


# ---------------------------------------------------------------- steps


@require_POST
@page("plan.view")
def step(request: PageRequest, pk: int, step_id: str) -> HttpResponse:
    """One step of the plan's life."""
    actor, row, version = request.actor, queries.plan(request.actor, pk), number(request)
    side, reason = request.POST.get("side", ""), request.POST.get("reason", "")
    known: dict[str, tuple[Any, str]] = {
        "offer": (lambda: steps.offer(actor=actor, plan=row, version=version), _("已提请双方同意。")),
        "return": (
            lambda: steps.send_back(actor=actor, plan=row, version=version, side=side, reason=reason),
            _("已退回修改。"),
        ),
        "agree": (
            lambda: steps.agree(actor=actor, plan=row, version=version, side=side),
            _("已同意。各方都同意后，本版次生效。"),
        ),
        "start": (
            lambda: steps.start(actor=actor, plan=row, version=version),
            _("已开始执行。"),
        ),
        "revise": (
            lambda: steps.revise(actor=actor, plan=row, version=version, reason=reason),
            _("可以修订了；双方同意新版次之前，原版次继续有效。"),
        ),
        "close": (
            lambda: steps.close(
                actor=actor, plan=row, version=version, conclusion=request.POST.get("conclusion", "")
            ),
            _("已关闭。"),
        ),
    }
    if step_id == "remove":
        return _remove(request, row, version)
    if step_id not in known:
        raise Missing(_("没有这一步。"))
    act, said = known[step_id]
    return attempt(request, act, said, "plans:plan", pk)


def _remove(request: PageRequest, row: SupportPlan, version: int) -> HttpResponse:
    pairing = row.pairing_id
    try:
        plans.remove_plan(actor=request.actor, plan=row, version=version)
    except DuikouError as error:
        refused(request, error)
        return redirect("plans:plan", row.pk)
    done(request, _("草稿已删除。"))
    return redirect("plans:pairing", pairing) if pairing else redirect("plans:list")


# ---------------------------------------------------------------- workbooks


@page("plan.view")
def workbook(request: PageRequest, pk: int) -> HttpResponse:
    """A year's tasks under the columns that the import reads."""
    row = queries.plan(request.actor, pk)
    return _file(exports.task_list(row), f"tasks-{row.pk}.xlsx")


@require_POST
@page("plan.edit")
def upload(request: PageRequest, pk: int) -> HttpResponse:
    """Take a workbook of tasks into the draft, whole or not at all."""
    row = queries.plan(request.actor, pk)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = imports.import_tasks(
                actor=request.actor,
                plan=row,
                version=form.cleaned_data["version"],
                content=file.read(),
                filename=file.name,
            )
        except (Invalid, Conflict) as error:
            add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            if batch.issues:
                return redirect("plans:batch", batch.pk)
            done(request, _("已导入 %(n)d 项任务。") % {"n": batch.taken})
            return redirect("plans:plan", pk)
    return _page(request, queries.plan(request.actor, pk), upload_form=form)


@page("plan.edit")
def batch(request: PageRequest, pk: int) -> HttpResponse:
    """What was wrong with an upload."""
    found = queries.batch(request.actor, pk)
    return render(
        request,
        "plans/batch.html",
        {
            "batch": found,
            "plan": found.plan,
            "issues": [
                {
                    "line": one["line"] or _("整个文件"),
                    "column": exports.column_words(one["column"]),
                    "expected": words(one["expected"]),
                    "found": one["found"],
                }
                for one in found.issues
            ],
        },
    )


@page("plan.edit")
def issues(request: PageRequest, pk: int) -> HttpResponse:
    """The upload with its faults beside the rows, to be put right and uploaded again."""
    found = queries.batch(request.actor, pk)
    return _file(exports.issues_workbook(found), f"tasks-issues-{found.pk}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
