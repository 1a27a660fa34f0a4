"""Postings, requests and conduct records as an actor may see them; one row each raises Missing."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, Scoped, ScopedQuerySet, within
from duikou.policy import load_pack
from duikou.policy.model import Rule
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.actions.nominations import reasons
from duikou.wings.postings.eligibility import Reason
from duikou.wings.postings.models import ConductRecord, Leave, Posting, StaffRequest
from duikou.wings.postings.queries.standing import live_stays

Row = TypeVar("Row", bound=Scoped)
PEOPLE = (
    "person", "supporter", "recipient", "home_department", "host_department", "pairing__round", "request",
)  # fmt: skip


def postings(actor: Actor) -> ScopedQuerySet:
    """Postings of the actor's area, and one's own."""
    rows: ScopedQuerySet = Posting.objects.visible_to(actor).select_related(*PEOPLE)
    return rows


def own_postings(actor: Actor) -> QuerySet[Posting]:
    """One's own postings and no others, whatever else one may see."""
    own = Posting.own_rows(actor)
    rows = Posting.objects.select_related(*PEOPLE)
    return rows.filter(own) if own else rows.none()


def managers(actor: Actor) -> ScopedQuerySet:
    """Postings with an office (PER-03, PER-04)."""
    return postings(actor).exclude(office=Posting.Office.NONE)


def requests(actor: Actor) -> ScopedQuerySet:
    """Requests for staff of the actor's area."""
    rows: ScopedQuerySet = StaffRequest.objects.visible_to(actor)
    return rows.select_related("supporter", "recipient", "host_department", "pairing__round")


def conduct(actor: Actor) -> ScopedQuerySet:
    """Conduct records for the actor's eyes: of the two hospitals' offices, and those about oneself."""
    rows: ScopedQuerySet = ConductRecord.objects.visible_to(actor)
    return rows.select_related("posting__person", "posting__supporter", "posting__recipient")


def find_posting(actor: Actor, pk: int) -> Posting:
    """One posting of the actor's area, or one's own."""
    return _one(postings(actor), pk)


def find_own(actor: Actor, pk: int) -> Posting:
    """One of one's own postings."""
    return _one(own_postings(actor), pk)


def find_request(actor: Actor, pk: int) -> StaffRequest:
    """One request for staff."""
    return _one(requests(actor), pk)


def find_record(actor: Actor, pk: int) -> ConductRecord:
    """One conduct record."""
    return _one(conduct(actor), pk)


def own_conduct(actor: Actor) -> ScopedQuerySet:
    """Conduct records about oneself, whatever else one may see."""
    return conduct(actor).filter(posting__in=own_postings(actor).values("pk"))


def find_own_record(actor: Actor, pk: int) -> ConductRecord:
    """One conduct record about oneself."""
    return _one(own_conduct(actor), pk)


def find_leave(actor: Actor, pk: int) -> Leave:
    """One leave of a posting."""
    rows = Leave.objects.visible_to(actor).select_related("posting__pairing", "posting__person")
    return _one(rows, pk)


def _one(rows: QuerySet[Row], pk: int) -> Row:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的记录，或不在您的查看范围内。") % {"pk": pk})
    return found


def pairings_of(actor: Actor, side: str) -> QuerySet[Pairing]:
    """Pairings for one side of which the actor arranges postings: `recipient_path` or `supporter_path`."""
    mine = within(actor.paths("posting.edit"), (side,))
    return (
        Pairing.objects.filter(mine)
        .select_related("round", "supporter__org", "recipient__org")
        .order_by("-end", "supporter__name", "recipient__name")
    )


def find_pairing(actor: Actor, pk: int, side: str) -> Pairing:
    """One of them."""
    found = pairings_of(actor, side).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的结对，或您不能为它办理派驻。") % {"pk": pk})
    return found


def candidates(request: StaffRequest) -> list[tuple[Person, tuple[Reason, ...]]]:
    """The supporter's people with what the pack says about posting each, the eligible ones first."""
    from duikou.engines.credits.days import add_months

    first = request.wanted_from
    last = min(add_months(first, request.months), request.pairing.end)
    persons = list(
        Person.objects.filter(hospital=request.supporter_id, left_on=None)
        .exclude(title="")
        .select_related("department")
        .order_by("name")
    )
    stays = live_stays(person.pk for person in persons)
    found = [
        (
            person,
            reasons(
                request.pairing,
                person,
                request.specialty,
                first,
                last,
                request=request,
                office=request.office,
                stays=stays.get(person.pk, []),
            ),
        )
        for person in persons
    ]
    return sorted(
        found,
        key=lambda pair: (
            any(reason.blocking for reason in pair[1]),
            pair[0].specialty != request.specialty,
            len(pair[1]),
            pair[0].name,
        ),
    )


def staff_of(pairing: Pairing) -> QuerySet[Person]:
    """Whom the supporter can nominate."""
    return Person.objects.filter(hospital=pairing.supporter_id, left_on=None).order_by("name")


def rule_of(posting: Posting) -> Rule | None:
    """The rule that a refusal went by."""
    return load_pack(posting.pairing.round.policy_pack).rules.get(posting.rule) if posting.rule else None


def open_departments(hospital: int) -> QuerySet[Department]:
    """Departments in being of one hospital, by name."""
    return Department.objects.filter(hospital=hospital, closed_on=None).order_by("name")


def office_conduct(actor: Actor) -> ScopedQuerySet:
    """Conduct records of the hospitals for whose office the actor acts; not those about oneself alone."""
    office = ConductRecord.objects.visible_to(actor, "conduct.view")
    return conduct(actor).filter(pk__in=office.values("pk"))
