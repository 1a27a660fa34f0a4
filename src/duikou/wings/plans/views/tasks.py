"""One annual task: what it says, who does what, what was reported and accepted."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, DuikouError, Invalid, Missing
from duikou.core.faces import add_errors, done, words
from duikou.core.pages import PageRequest, page
from duikou.engines.clauses.model import Party
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.plans.actions import shares
from duikou.wings.plans.actions import tasks as actions
from duikou.wings.plans.demands import demands
from duikou.wings.plans.forms import ShareForm, TaskForm, of_task
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.queries import plans as plan_queries
from duikou.wings.plans.queries import tasks as queries
from duikou.wings.plans.views._common import attempt, history, may_edit, number, sides_for
from duikou.wings.plans.wording import figure, period_words, side_name, task_badge


@page("plan.edit")
def new(request: PageRequest, pk: int) -> HttpResponse:
    """Add a task to the draft of a year's list."""
    plan = plan_queries.plan(request.actor, pk)
    technique = request.GET.get("technique", "")
    form = TaskForm(
        request.POST or None,
        known=demands(plan.policy_pack),
        initial={"version": plan.version, "due": plan.end, "technique": technique, "owner": "supporter"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_task(
                actor=request.actor, plan=plan, version=form.cleaned_data["version"], values=form.values()
            )
        except (Invalid, Conflict) as error:
            _show(form, error)
        else:
            done(request, _("任务已加入清单。"))
            return redirect("plans:task", made.pk)
    return render(
        request, "plans/task_form.html", {"form": form, "plan": plan}, status=422 if form.is_bound else 200
    )


def _show(form: TaskForm, error: Invalid | Conflict) -> None:
    add_errors(form, Invalid(error.message, fields=error.fields))


@page("plan.view")
def task(request: PageRequest, pk: int) -> HttpResponse:
    """One task."""
    return _page(request, queries.task(request.actor, pk))


def _page(request: PageRequest, row: YearTask, share_form: ShareForm | None = None) -> HttpResponse:
    actor, plan = request.actor, row.plan
    known = demands(plan.policy_pack)
    running = plan.started_on is not None and plan.closed_on is None
    owner_sides = [one for one in sides_for(actor, plan, "plan.edit") if row.owner in (one[0], Party.BOTH)]
    accepting = actor.may("plan.approve", plan.path_of(row.other_side))
    own_sides = sides_for(actor, plan, "plan.edit")
    breaking_down = bool(own_sides) and row.state in ("open", "reported") and plan.closed_on is None
    context = {
        "task": row,
        "plan": plan,
        "state": task_badge(row.state),
        "terms": _terms(row),
        "editable": plan.state == "draft" and row.state == "open" and may_edit(actor, plan),
        "agreed": queries.in_force(row),
        "report_sides": owner_sides if running and row.state == "open" else [],
        "may_accept": accepting and row.state == "reported",
        "may_conclude": accepting and running and row.state == "open",
        "accepting_side": side_name(row.other_side),
        "reported_side": side_name(row.reported_side) if row.reported_side else "",
        "shares": [
            {
                "share": one,
                "side": side_name(one.side),
                "department": words(known.specialty(one.department)),
                "may_confirm": not one.confirmed_at and _may_confirm(request, plan, one),
                "own": one.person.user_id == actor.user_id and actor.user_id is not None,
                "may_remove": breaking_down and actor.may("plan.edit", plan.path_of(Party(one.side))),
            }
            for one in queries.shares_of(row)
        ],
        "share_form": share_form or (_share_form(request, plan) if breaking_down else None),
        "events": history(queries.events_of(row)),
        "demo_data": plan.demonstration,
    }
    failed = share_form is not None
    return render(request, "plans/task.html", context, status=422 if failed else 200)


def _terms(row: YearTask) -> list[tuple[str, str]]:
    known = demands(row.plan.policy_pack)
    return [
        (name, value)
        for name, value in (
            (_("“四个一”"), words(known.word(row.one)) if row.one else ""),
            (_("分解类别"), words(known.word(row.focus)) if row.focus else ""),
            (_("内容"), row.content),
            (_("专科"), words(known.specialty(row.specialty)) if row.specialty else ""),
            (_("技术"), words(known.technique(row.technique)) if row.technique else ""),
            (_("现状基线"), row.baseline),
            (_("目标"), row.target),
            (_("目标数"), f"{figure(row)} · {period_words(row)}" if row.unit else ""),
            (_("所需佐证"), _("、").join(words(known.evidence(one)) for one in row.evidence)),
            (_("责任方"), str(row.get_owner_display())),
            (_("期限"), row.due.isoformat()),
        )
        if value
    ]


def _may_confirm(request: PageRequest, plan: SupportPlan, share: Any) -> bool:
    """The person, or the hospital for a person without an account."""
    if share.person.user_id is not None:
        return bool(share.person.user_id == request.actor.user_id)
    return request.actor.may("plan.edit", plan.path_of(Party(share.side)))


def _share_form(request: PageRequest, plan: SupportPlan, data: Any = None) -> ShareForm:
    sides = sides_for(request.actor, plan, "plan.edit")
    staff = plan_queries.staff_of(request.actor, plan)
    return ShareForm(
        data,
        prefix="share",
        known=demands(plan.policy_pack),
        sides=sides,
        people=[person for side, _name in sides for person in staff[Party(side)]],
    )


@page("plan.edit")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a task in the draft."""
    row = queries.task(request.actor, pk)
    form = TaskForm(request.POST or None, known=demands(row.plan.policy_pack), initial=of_task(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_task(
                actor=request.actor, task=row, version=form.cleaned_data["version"], values=form.values()
            )
        except (Invalid, Conflict) as error:
            _show(form, error)
        else:
            done(request, _("任务已保存。"))
            return redirect("plans:task", pk)
    context = {"form": form, "plan": row.plan, "task": row}
    return render(request, "plans/task_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@page("plan.view")
def step(request: PageRequest, pk: int, step_id: str) -> HttpResponse:
    """One step of the task's life."""
    actor, row, version = request.actor, queries.task(request.actor, pk), number(request)
    text = request.POST.get("reason", "")
    known: dict[str, tuple[Any, str]] = {
        "report": (
            lambda: actions.report(
                actor=actor,
                task=row,
                version=version,
                side=request.POST.get("side", ""),
                result=request.POST.get("result", ""),
            ),
            _("已报告完成，等待对方验收。"),
        ),
        "accept": (
            lambda: actions.accept(actor=actor, task=row, version=version, note=text),
            _("已验收。"),
        ),
        "refuse": (
            lambda: actions.refuse_task(actor=actor, task=row, version=version, reason=text),
            _("已退回，说明理由。"),
        ),
        "conclude": (
            lambda: actions.conclude(actor=actor, task=row, version=version, reason=text),
            _("已认定未完成。"),
        ),
    }
    if step_id == "remove":
        return _remove(request, row, version, text)
    if step_id not in known:
        raise Missing(_("没有这一步。"))
    act, said = known[step_id]
    return attempt(request, act, said, "plans:task", pk)


def _remove(request: PageRequest, row: YearTask, version: int, reason: str) -> HttpResponse:
    plan = row.plan_id
    try:
        actions.remove_task(actor=request.actor, task=row, version=version, reason=reason)
    except DuikouError as error:
        refused(request, error)
        return redirect("plans:task", row.pk)
    done(request, _("任务已移出清单。"))
    return redirect("plans:plan", plan)


# ---------------------------------------------------------------- shares


@require_POST
@page("plan.edit")
def add_share(request: PageRequest, pk: int) -> HttpResponse:
    """Give one of the own people a part of the task."""
    row = queries.task(request.actor, pk)
    form = _share_form(request, row.plan, request.POST)
    if form.is_valid():
        try:
            shares.add_share(actor=request.actor, task=row, **form.cleaned_data)
        except (Invalid, Conflict, Missing) as error:
            add_errors(form, Invalid(error.message, fields=error.fields))
        else:
            done(request, _("分工已登记，等待本人确认。"))
            return redirect("plans:task", pk)
    return _page(request, row, form)


@require_POST
@page("plan.view")
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Confirm a part: one's own, or for somebody without an account."""
    found = queries.share(request.actor, pk)
    return attempt(
        request,
        lambda: shares.confirm_share(
            actor=request.actor,
            share=found,
            version=number(request),
            note=request.POST.get("note", ""),
        ),
        _("分工已确认。"),
        "plans:task",
        found.task_id,
    )


@require_POST
@page("plan.edit")
def remove_share(request: PageRequest, pk: int) -> HttpResponse:
    """Take a part back."""
    found = queries.share(request.actor, pk)
    return attempt(
        request,
        lambda: shares.remove_share(actor=request.actor, share=found, version=number(request)),
        _("分工已收回。"),
        "plans:task",
        found.task_id,
    )
