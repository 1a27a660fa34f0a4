"""One pairing, its forms, and what hangs on it: department links and other aid programmes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.faces import add_errors, done, words
from duikou.core.models import AuditEvent
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.engines.pairing.model import Resolution
from duikou.engines.pairing.resolve import Context
from duikou.wings.hospitals.queries import find_hospital, register_on
from duikou.wings.pairings.actions import pairings as actions
from duikou.wings.pairings.actions import support
from duikou.wings.pairings.forms import (
    AidForm,
    EndForm,
    HeadsForm,
    LastDayForm,
    LinkForm,
    PairingForm,
    TermsForm,
)
from duikou.wings.pairings.models import DepartmentLink, Pairing
from duikou.wings.pairings.queries import choices
from duikou.wings.pairings.queries import pairings as queries
from duikou.wings.pairings.queries.rounds import round_named, rounds
from duikou.wings.pairings.views._common import hospital_url, pack_of, severity_badge, state_badge
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.views.lists import city_names
from duikou.wings.pairings.workflows import FINDING
from duikou.wings.people.models import Person

RESOLUTIONS = {
    Resolution.EXACT: ("success", "与登记名称一致", "the registered name"),
    Resolution.TYPO: ("warning", "错字，经别名对应", "misspelt; matched by an alias"),
    Resolution.SHORT: ("info", "简称，已对应", "short; matched"),
    Resolution.OLD: ("warning", "旧名，已对应", "dated; matched"),
    Resolution.VARIANT: ("info", "另一种写法，已对应", "another way of writing; matched"),
    Resolution.GUESS: ("danger", "只是相近，待确认", "similar only; to be confirmed"),
    Resolution.NONE: ("danger", "没有对应", "not matched"),
}


def resolution_words(value: str) -> tuple[str, str]:
    """Look and words of a resolution."""
    from duikou.engines.text import Text

    look, zh, en = RESOLUTIONS[Resolution(value)]
    return look, words(Text(zh, en))


@page("pairing.view")
def pairing(request: PageRequest, pk: int) -> HttpResponse:
    """One pairing: printed cells beside resolved hospitals, links, findings, history."""
    return _page(request, queries.pairing(request.actor, pk))


def _page(request: PageRequest, row: Pairing, **forms: Any) -> HttpResponse:
    actor = request.actor
    may_edit = actor.may("pairing.edit", row.authority_path)
    may_link = actor.may_any("pairing.edit", row.scope_paths())
    pack = pack_of(row.round)
    links = queries.links_of(row)
    staff = visible_staff(actor, row) if may_link else {}
    initial = {"version": row.version}
    failed = any(form.is_bound for form in forms.values())
    context = {
        "pairing": row,
        "sides": [
            {
                "title": title,
                "printed": printed,
                "hospital": hospital,
                "url": hospital_url(hospital.pk),
                "look": resolution_words(resolution)[0],
                "resolution": resolution_words(resolution)[1],
            }
            for title, printed, hospital, resolution in (
                (_("支援医院"), row.supporter_printed, row.supporter, row.supporter_resolution),
                (_("受援医院"), row.recipient_printed, row.recipient, row.recipient_resolution),
            )
        ],
        "departments": _("、").join(row.departments),
        "links": [
            {
                "link": link,
                "heads": heads_choices(link, staff) if may_link and link.end is None else None,
                "specialty": words(pack.specialties[link.specialty].title)
                if pack and link.specialty in pack.specialties
                else link.specialty,
            }
            for link in links
        ],
        "findings": [
            {
                "finding": one,
                "message": one.text("message"),
                "severity": severity_badge(one.severity),
                "state": state_badge(one.state, FINDING.states[one.state].label),
            }
            for one in queries.findings_of(actor, row)
        ]
        if actor.may("finding.view")
        else [],
        "events": [event_words(event) for event in history(row)],
        "may_edit": may_edit,
        "may_link": may_link,
        "terms_form": TermsForm(
            initial={**initial, "departments": row.departments, "reason": row.reason, "kind": row.kind}
        ),
        "end_form": EndForm(initial=initial),
        "link_form": _link_form(row, staff) if may_link else None,
        **forms,
    }
    return render(request, "pairings/pairing.html", context, status=422 if failed else 200)


def history(row: Pairing) -> list[AuditEvent]:
    """What was done to a pairing, newest first, down to how it came in."""
    events = queries.events_of(row)
    added = any(event.action == "pairing.add" for event in events)
    return events if added else [*events, *queries.origin_of(row)]


Staff = dict[int, list[tuple[str, str]]]  # hospital → (id, words) of its people


def visible_staff(actor: Actor, row: Pairing) -> Staff:
    """The people of both hospitals whom the actor may see."""
    staff: Staff = {row.supporter_id: [], row.recipient_id: []}
    for person in choices.staff(actor, list(staff)):
        staff[person.hospital_id].append(_person_choice(person))
    return staff


def _person_choice(person: Person) -> tuple[str, str]:
    return str(person.pk), f"{person.name} {person.post or person.title}".strip()


def heads_choices(link: DepartmentLink, staff: Staff) -> list[dict[str, Any]]:
    """For each side of a link: the field's name, who is named now, and who can be."""
    pairing = link.pairing
    found = []
    for field, label, head, hospital_id in (
        ("supporter_head", _("支援方第一责任人"), link.supporter_head, pairing.supporter_id),
        ("recipient_head", _("受援方第一责任人"), link.recipient_head, pairing.recipient_id),
    ):
        people = list(staff[hospital_id])
        if head is not None and _person_choice(head) not in people:
            people.append(_person_choice(head))
        found.append({"field": field, "label": label, "now": str(head.pk) if head else "", "people": people})
    return found


def _link_form(row: Pairing, staff: Staff, data: Any = None) -> LinkForm:
    pack = pack_of(row.round)
    return LinkForm(
        data,
        prefix="link",
        specialties=[(one.id, words(one.title)) for one in pack.specialties.values()] if pack else [],
        supporter_staff=staff[row.supporter_id],
        recipient_staff=staff[row.recipient_id],
    )


@page("pairing.edit")
def add(request: PageRequest) -> HttpResponse:
    """Add a pairing by hand."""
    form = PairingForm(
        request.POST or None,
        rounds=[(one.key, str(one)) for one in rounds()],
        cities=city_names(),
        initial={"round": request.GET.get("round", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            keys = _resolve_both(data)
            row = actions.add_pairing(
                actor=request.actor,
                round_key=data["round"],
                supporter=keys["supporter"],
                recipient=keys["recipient"],
                **{
                    name: data[name]
                    for name in ("table", "group", "kind", "start", "end", "departments", "reason")
                },
            )
        except Invalid as error:
            add_errors(form, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
        else:
            done(request, _("结对已新增。"))
            return redirect("pairings:detail", row.pk)
    return render(request, "pairings/add.html", {"form": form}, status=422 if form.is_bound else 200)


def _resolve_both(data: dict[str, Any]) -> dict[str, str]:
    """Keys of the hospitals that were typed; raises Invalid naming what the register has instead."""
    round_ = round_named(data["round"])
    register = register_on(round_.divisions_on)
    keys: dict[str, str] = {}
    fields: dict[str, list[str]] = {}
    for side in ("supporter", "recipient"):
        match = register.resolve(
            data[side], round_.divisions_on, Context(data["table"], data["group"] or None)
        )
        if match.hospital is None:
            near = _("、").join(one.hospital.name for one in match.candidates[:5]) or _("没有相近的名称")
            fields[side] = [
                _("登记中没有“%(found)s”。相近的有：%(near)s。") % {"found": data[side], "near": near}
            ]
        else:
            keys[side] = match.hospital.key
    if fields:
        raise Invalid(_("医院名称没有对应到登记。"), fields=fields)
    return keys


@require_POST
@page("pairing.edit")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change departments, reason and form."""
    row = queries.pairing(request.actor, pk)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, row, terms_form=form)
    row.version = form.cleaned_data["version"]
    try:
        actions.edit_pairing(
            actor=request.actor,
            pairing=row,
            **{name: form.cleaned_data[name] for name in ("departments", "reason", "kind")},
        )
    except Invalid as error:
        add_errors(form, error)
        return _page(request, row, terms_form=form)
    done(request, _("结对已保存。可重新核查，看发现是否消除。"))
    return redirect("pairings:detail", pk)


@require_POST
@page("pairing.edit")
def end(request: PageRequest, pk: int) -> HttpResponse:
    """End a pairing early."""
    row = queries.pairing(request.actor, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        row.version = form.cleaned_data["version"]
        try:
            actions.end_pairing(
                actor=request.actor,
                pairing=row,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            done(request, _("结对已终止。"))
            return redirect("pairings:detail", pk)
    return _page(request, row, end_form=form)


@require_POST
@page("pairing.edit")
def link(request: PageRequest, pk: int) -> HttpResponse:
    """Link two departments."""
    row = queries.pairing(request.actor, pk)
    form = _link_form(row, visible_staff(request.actor, row), request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            support.link_departments(
                actor=request.actor,
                pairing=row,
                specialty=data["specialty"],
                supporter_head=int(data["supporter_head"]) if data["supporter_head"] else None,
                recipient_head=int(data["recipient_head"]) if data["recipient_head"] else None,
                start=data["start"],
            )
        except (Invalid, Conflict, Missing) as error:
            add_errors(form, error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            done(request, _("科室对口已建立。"))
            return redirect("pairings:detail", pk)
    return _page(request, row, link_form=form)


@require_POST
@page("pairing.edit")
def heads(request: PageRequest, pk: int) -> HttpResponse:
    """Name other first-responsible persons of a department link."""
    found = queries.department_link(request.actor, pk)
    form = HeadsForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("请从名单中选择人员。"))
    support.change_heads(actor=request.actor, link=found, **form.cleaned_data)
    done(request, _("责任人已更新。"))
    return redirect("pairings:detail", found.pairing_id)


@require_POST
@page("pairing.edit")
def end_link(request: PageRequest, pk: int) -> HttpResponse:
    """End a department link."""
    found = queries.department_link(request.actor, pk)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("请填写最后一日，写作 2014-03-01。"))
    support.end_department_link(actor=request.actor, link=found, **form.cleaned_data)
    done(request, _("科室对口已终止。"))
    return redirect("pairings:detail", found.pairing_id)


@page("pairing.edit")
def add_aid(request: PageRequest, hospital_id: int) -> HttpResponse:
    """Record another aid programme of a hospital."""
    hospital = find_hospital(request.actor, hospital_id)
    form = AidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            support.add_aid_load(actor=request.actor, hospital=hospital.key, **form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            done(request, _("援助任务已登记。"))
            return redirect(hospital_url(hospital.pk) or "pairings:dashboard")
    context = {"form": form, "hospital": hospital, "hospital_url": hospital_url(hospital.pk)}
    return render(request, "pairings/aid_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@page("pairing.edit")
def end_aid(request: PageRequest, pk: int) -> HttpResponse:
    """End an aid programme of a hospital."""
    load = queries.aid_load(request.actor, pk)
    form = LastDayForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("请填写最后一日，写作 2014-03-01。"))
    support.end_aid_load(actor=request.actor, load=load, **form.cleaned_data)
    done(request, _("援助任务已终止。"))
    return redirect(hospital_url(load.hospital_id) or "pairings:dashboard")
