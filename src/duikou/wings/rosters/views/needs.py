"""How many the shifts take: by day of the week, and on dates of their own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Missing
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.rosters import actions
from duikou.wings.rosters.forms import SpecialDaysForm, WeekForm
from duikou.wings.rosters.needs import WEEK, needs_of
from duikou.wings.rosters.queries import rules as reading
from duikou.wings.rosters.views._common import answer, day_of, version_of
from duikou.wings.rosters.views.rules import crumbs_to, own_department


@both
@page("roster.edit")
def week(request: PageRequest, pk: int) -> HttpResponse:
    """The week: shifts by days."""
    department, back = own_department(request, pk)
    rules = reading.rules_of(department)
    if rules is None:
        raise Missing(_("“%(name)s”还没有排班规则。请先设定班次和限制。") % {"name": department.name})
    form = WeekForm(request.POST or None, shifts=reading.shifts_of([department]), needs=needs_of(department))
    version = version_of(request)
    return answer_form(
        request,
        form,
        lambda _data: actions.set_week(actor=request.actor, rules=rules, version=version, people=form.people),
        "rosters/week.html",
        {
            "form": form,
            "department": department,
            "version": version or rules.version,
            "weekdays": [WEEKDAYS[weekday] for weekday in WEEK],
            "back": back,
            "crumbs": crumbs_to(department),
        },
        said=_("每天所需人数已保存。"),
        then=back,
    )


@both
@page("roster.edit")
def days(request: PageRequest, pk: int) -> HttpResponse:
    """Dates with numbers of their own: holidays, and the Saturdays worked for them."""
    department, back = own_department(request, pk)
    form = SpecialDaysForm(request.POST or None, shifts=reading.shifts_of([department]))
    return answer(
        request,
        form,
        lambda data: actions.set_days(
            actor=request.actor,
            department=department,
            first_day=data["first_day"],
            last_day=data["last_day"],
            note=data["note"],
            people=form.people,
        ),
        back=back,
        title=_("设定节假日人数"),
        said=_("这些日期的人数已保存。"),
        crumbs=crumbs_to(department),
        hint=_("单独设定的日期不按星期计人数；人数先按周末填好，请按实际修改。"),
    )


@require_POST
@page("roster.edit")
def drop(request: PageRequest, pk: int, day: str) -> HttpResponse:
    """Let a date be as its day of the week again."""
    department, back = own_department(request, pk)
    actions.drop_day(actor=request.actor, department=department, day=day_of(day))
    done(request, _("已取消，这一天按星期计人数。"))
    return redirect(back)
