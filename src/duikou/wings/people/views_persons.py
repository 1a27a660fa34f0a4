"""Pages of persons."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.actions import require
from duikou.core.errors import DuikouError, Missing
from duikou.core.links import link
from duikou.core.listing import Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page, typed
from duikou.wings.hospitals import catalogue
from duikou.wings.people import actions, queries
from duikou.wings.people.forms import HospitalForm, MoveForm, PersonForm, tell

FIELDS = (
    "pk", "name", "title", "post", "department__name", "hospital_id", "hospital__name", "user__username",
    "left_on", "demonstration",
)  # fmt: skip


def _name(row: dict[str, Any]) -> str:
    if not row["demonstration"]:
        return escape(row["name"])
    return format_html('{} <span class="dk-badge">{}</span>', row["name"], _("演示数据"))


PERSONS = Listing(
    key="persons",
    title=pgettext_lazy("导航", "人员"),
    default_sort="hospital",
    empty=gettext_lazy("还没有登记人员。由医院联络员或卫生健康部门登记本院、本地人员。"),
    columns=(
        Column("name", gettext_lazy("姓名"), head=True, sort=True, html=_name, href=lambda r: r["url"]),
        Column("title", gettext_lazy("职称"), sort=True),
        Column("post", gettext_lazy("职务"), sort=True),
        Column("department", gettext_lazy("科室"), value=lambda r: r["department__name"]),
        Column(
            "hospital",
            gettext_lazy("医院"),
            value=lambda r: r["hospital__name"],
            href=lambda r: r["hospital_url"],
            sort=("hospital__name", "name"),
        ),
        Column("account", gettext_lazy("账号"), value=lambda r: r["user__username"]),
        Column("left_on", gettext_lazy("离任"), sort=True, nulls_last=True),
        Column("demonstration", gettext_lazy("演示数据"), on_page=False),
    ),
    filters=(
        TextFilter("q", gettext_lazy("姓名"), ("name",)),
        TextFilter("hospital", gettext_lazy("医院"), ("hospital__name", "hospital__names__name")),
        TextFilter("title", gettext_lazy("职称或职务"), ("title", "post")),
        FlagFilter(
            "left",
            gettext_lazy("已离任"),
            apply=lambda rows, value: rows.filter(left_on__isnull=not value),
        ),
    ),
    prepare=lambda rows: _with_addresses(rows),
)


def _with_addresses(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    here = reverse("people:list")
    hospitals = {pk: link("hospitals:detail", pk) for pk in {row["hospital_id"] for row in rows}}
    for row in rows:
        row["url"] = f"{here}{row['pk']}/"
        row["hospital_url"] = hospitals[row["hospital_id"]]
    return rows


@page("person.view")
def persons(request: PageRequest) -> HttpResponseBase:
    """The persons of the actor's hospitals."""
    rows = queries.persons(request.actor).select_related(None).values(*FIELDS).distinct()
    return PERSONS.respond(request, rows, "people/persons.html", {})


@page("person.view")
def person(request: PageRequest, pk: int) -> HttpResponse:
    """One person."""
    found = queries.find_person(request.actor, pk)
    context = {
        "person": found,
        "left_on": found.left_on.isoformat() if found.left_on else "",
        "hospital_url": link("hospitals:detail", found.hospital_id),
        "specialty": catalogue.specialty_label(found.specialty) if found.specialty else "",
        "may_edit": queries.may_edit(request.actor, found),
        "may_move": queries.may_move(request.actor, found),
        "demo_data": found.demonstration,
    }
    return render(request, "people/person.html", context)


@page("person.edit")
def new(request: PageRequest) -> HttpResponse:
    """Enter a person: first the hospital, then the person."""
    chosen = request.GET.get("hospital", "")
    if not chosen:
        known = list(queries.staffed_hospitals(request.actor)[:2])
        if len(known) == 1:  # somebody of one hospital need not choose
            return redirect(f"{reverse('people:new')}?hospital={known[0].pk}")
        form = HospitalForm(request.POST or None, actor=request.actor)
        if request.method == "POST" and form.is_valid():
            return redirect(f"{reverse('people:new')}?hospital={form.cleaned_data['hospital'].pk}")
        return render(
            request, "people/person_hospital.html", {"form": form}, status=422 if form.is_bound else 200
        )
    if not chosen.isascii() or not chosen.isdigit():
        raise Missing(_("没有这家医院。请重新选择。"))
    hospital = queries.find_staffed_hospital(request.actor, int(chosen))
    person_form = PersonForm(request.POST or None, hospital=hospital)
    if request.method == "POST" and person_form.is_valid():
        try:
            entered = actions.enter_person(actor=request.actor, hospital=hospital, entry=person_form.entry())
        except DuikouError as error:
            tell(person_form, error)
        else:
            messages.success(request, _("已登记 %(name)s。") % {"name": entered.name})
            return redirect("people:person", entered.pk)
    return _person_form(request, person_form, hospital=hospital)


@page("person.edit")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Correct a person's entry."""
    found = queries.find_person(request.actor, pk)
    form = PersonForm(request.POST or None, hospital=found.hospital, person=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_person(
                actor=request.actor, person=found, version=form.cleaned_data["version"], entry=form.entry()
            )
        except DuikouError as error:
            if error.status == 403:
                raise
            tell(form, error)
        else:
            messages.success(request, _("已保存 %(name)s。") % {"name": found.name})
            return redirect("people:person", pk)
    return _person_form(request, form, hospital=found.hospital, person=found)


@page("person.edit")
def move(request: PageRequest, pk: int) -> HttpResponse:
    """The person works for another hospital from now on."""
    found = queries.find_person(request.actor, pk)
    require(request.actor, "person.edit", found.scope_paths())
    form = MoveForm(request.POST or None, actor=request.actor, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.move_person(
                actor=request.actor,
                person=found,
                version=data["version"],
                hospital=data["hospital"],
                reason=data["reason"],
            )
        except DuikouError as error:
            if error.status == 403:
                raise
            tell(form, error)
        else:
            messages.success(request, _("已调往 %(name)s。") % {"name": found.hospital.name})
            return redirect("people:person", pk)
    return render(
        request,
        "people/person_move.html",
        {"form": form, "person": found},
        status=422 if form.errors else 200,
    )


def _person_form(request: HttpRequest, form: PersonForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "titles": actions.TITLES, "posts": actions.POSTS}
    seen = getattr(form, "cleaned_data", {}).get("version")
    stale = seen is not None and seen != context["person"].version
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "people/person_form.html", {**context, "stale": stale}, status=status)


@page("person.edit")
def suggest_hospital(request: PageRequest) -> HttpResponse:
    """Hospitals whose name fits what is being typed."""
    text = typed(request)
    options = [
        {"value": hospital.name, "detail": ""}
        for hospital in queries.staffed_hospitals(request.actor, text)[:8]
    ]
    return render(request, "web/suggestions.html", {"options": options})
