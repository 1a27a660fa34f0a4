"""The page of a posting, of a request with its candidates, of a conduct record."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duikou.core.exports import text as written
from duikou.core.faces import words
from duikou.core.links import link
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.postings import actions
from duikou.wings.postings.actions.nominations import cited
from duikou.wings.postings.models import ConductAnswer, ConductRecord, Posting
from duikou.wings.postings.queries import desk
from duikou.wings.postings.views.lists import state_badge
from duikou.wings.postings.wording import act_words, next_step
from duikou.wings.postings.workflows import POSTING, STAFF_REQUEST

State, Side = Posting.State, ConductAnswer.Side
MOST_CANDIDATES = 60


def steps(actor: Actor, posting: Posting) -> list[tuple[str, str, str]]:
    """What the actor may do with the posting now: address name, words, icon."""
    open_ = {step.id for step in POSTING.available(posting, actor)}
    host = actor.may("posting.edit", posting.host_path)
    serves = posting.state in Posting.SERVED
    listed = (
        ("approve", _("同意"), "check", "approve" in open_),
        ("refuse", _("不同意"), "x", "refuse" in open_),
        ("arrive", _("登记到岗"), "user-check", "arrive" in open_),
        ("appraise", _("考核"), "clipboard-check", host and posting.state == State.ENDED),
        ("leave", _("登记请假"), "calendar", host and serves),
        ("end", _("结束派驻"), "logout", "end" in open_),
        ("appraise", _("考核"), "clipboard-check", host and posting.state == State.ON_POST),
        ("days", _("更正日期"), "pencil", host and serves),
        ("withdraw", _("撤回提名"), "arrow-back-up", "withdraw" in open_),
        (
            "report",
            _("违纪通报或纠纷记录"),
            "flag",
            serves and actor.may("conduct.edit", posting.recipient.scope_path),
        ),
    )
    return [(f"postings:{name}", label, icon) for name, label, icon, shown in listed if shown]


@page("posting.view")
def posting(request: PageRequest, pk: int) -> HttpResponse:
    """One posting of the actor's area."""
    found = desk.find_posting(request.actor, pk)
    events = reversed(events_of(found))
    return _posting(
        request,
        found,
        own=False,
        events=[(written(e.at), act_words(e.action), e.actor_label, e.reason) for e in events],
    )


@page("posting.own")
def own(request: PageRequest, pk: int) -> HttpResponse:
    """One of one's own postings, to read."""
    return _posting(request, desk.find_own(request.actor, pk), own=True, events=[])


def _posting(request: PageRequest, found: Posting, *, own: bool, events: list[Any]) -> HttpResponse:
    actor = request.actor
    rule = desk.rule_of(found)
    appraisals = list(found.appraisals.select_related("appraised_by"))
    appraised = any(row.replaced_at is None for row in appraisals)
    next_words, next_title, next_url = next_step(actor, found, own=own, appraised=appraised)
    edits = not own and actor.may("posting.edit", found.host_path)
    records = desk.conduct(actor).filter(posting=found)
    return render(
        request,
        "postings/posting.html",
        {
            "posting": found,
            "own": own,
            "state": state_badge(found),
            "title": catalogue.title_label(found.title),
            "specialty": catalogue.specialty_label(found.specialty),
            "rule": rule,
            "rule_title": words(rule.title) if rule else "",
            "steps": [] if own else steps(actor, found),
            "leaves": [(row, edits and row.withdrawn_at is None) for row in found.leaves.all()],
            "appraisals": appraisals,
            "next_words": next_words,
            "next_title": next_title,
            "next_url": next_url,
            "records": [
                (link("postings:own_record" if own else "postings:record", row.pk), row) for row in records
            ],
            "person_url": link("people:person", found.person_id)
            if actor.may("person.view") and not own
            else "",
            "pairing_url": link("pairings:detail", found.pairing_id) if actor.may("pairing.view") else "",
            "events": events,
            "demo_data": found.demonstration,
        },
    )


@page("posting.view")
def staff_request(request: PageRequest, pk: int) -> HttpResponse:
    """A request: what is asked, who was put forward, who could be and who could not, and why."""
    found = desk.find_request(request.actor, pk)
    actor = request.actor
    open_ = {step.id for step in STAFF_REQUEST.available(found, actor)}
    candidates = desk.candidates(found) if "decline" in open_ else []
    return render(
        request,
        "postings/request.html",
        {
            "found": found,
            "state": state_badge(found),
            "title": catalogue.title_label(found.title),
            "specialty": catalogue.specialty_label(found.specialty),
            "office": Posting.Office(found.office).label,
            "postings": [
                (row, catalogue.title_label(row.title), state_badge(row))
                for row in desk.postings(actor).filter(request=found)
            ],
            "candidates": [
                {
                    "person": person,
                    "title": catalogue.title_label(person.title),
                    "fit": not any(reason.blocking for reason in reasons),
                    "reasons": [cited(reason) for reason in reasons],
                }
                for person, reasons in candidates[:MOST_CANDIDATES]
            ],
            "more": max(0, len(candidates) - MOST_CANDIDATES),
            "may_nominate": "decline" in open_,  # whoever could say no may send somebody
            "may_withdraw": "withdraw" in open_,
            "demo_data": found.demonstration,
        },
    )


@page("conduct.view")
def record(request: PageRequest, pk: int) -> HttpResponse:
    """One conduct record; that it was read is kept in the trail."""
    return _record(request, desk.find_record(request.actor, pk), own=False)


@page("posting.own")
def own_record(request: PageRequest, pk: int) -> HttpResponse:
    """A record about oneself."""
    return _record(request, desk.find_own_record(request.actor, pk), own=True)


def _record(request: PageRequest, found: ConductRecord, *, own: bool) -> HttpResponse:
    actor = request.actor
    actions.read(actor=actor, record=found)
    sends, hosts = (actor.may("conduct.edit", path) for path in (found.home_path, found.host_path))
    return render(
        request,
        "postings/record.html",
        {
            "record": found,
            "own": own,
            "answers": found.answers.select_related("answered_by"),
            "may_acknowledge": not own and sends and found.acknowledged_at is None,
            "may_answer": own or sends or hosts,
            "may_settle": not own
            and hosts
            and found.kind == ConductRecord.Kind.DISPUTE
            and not found.settled_on,
            "posting_url": link("postings:own" if own else "postings:posting", found.posting_id),
            "demo_data": found.demonstration,
        },
    )


def sides(actor: Actor, found: ConductRecord) -> list[tuple[str, Any]]:
    """For which side the actor may answer."""
    return [
        (side.value, side.label)
        for side, path in ((Side.SUPPORTER, found.home_path), (Side.RECIPIENT, found.host_path))
        if actor.may("conduct.edit", path)
    ]
