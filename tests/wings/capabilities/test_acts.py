"""Who approves, what may be recorded when, what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.wings.capabilities import actions
from duikou.wings.capabilities.actions import Case
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.capabilities.queries.waiting import waiting_approvals
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person

pytestmark = pytest.mark.django_db
At = Callable[[Hospital, str], Actor]
TECHNIQUE = "blood_purification"
MARCH, MAY, JUNE = dt.date(2015, 3, 1), dt.date(2015, 5, 1), dt.date(2015, 6, 1)
TOMORROW = timezone.localdate() + dt.timedelta(days=1)


class Scene:
    """The two presidents and the recipient's liaison, with short forms of the acts."""

    def __init__(self, pairing: Pairing, at: At) -> None:
        self.pairing = pairing
        self.supporter, self.recipient = pairing.supporter, pairing.recipient
        self.sender = at(self.supporter, "hospital_president")
        self.head = at(self.recipient, "hospital_president")
        self.liaison = at(self.recipient, "hospital_liaison")

    def approve(self, actor: Actor, hospital: Hospital, on: dt.date = MARCH, **more: Any) -> Approval:
        values = {"technique": TECHNIQUE, "number": "技委会〔2015〕3 号", **more}
        return actions.approve(actor=actor, recipient=self.recipient, hospital=hospital, on=on, **values)

    def both_approve(self) -> tuple[Approval, Approval]:
        return self.approve(self.head, self.recipient), self.approve(self.sender, self.supporter)

    def record(
        self, by: str = "posted", on: dt.date = MAY, actor: Actor | None = None, **more: Any
    ) -> Performance:
        if by != "own":
            more.setdefault("supporter", self.supporter)
        return actions.record_case(
            actor=actor or self.liaison,
            recipient=self.recipient,
            technique=TECHNIQUE,
            case=Case(on=on, by=by, **more),
        )

    def declare(self, on: dt.date = JUNE, actor: Actor | None = None) -> Approval:
        return actions.declare_independent(
            actor=actor or self.head,
            recipient=self.recipient,
            technique=TECHNIQUE,
            on=on,
            number="技委会〔2015〕9 号",
        )

    @property
    def capability(self) -> Capability:
        return Capability.objects.get(hospital=self.recipient, technique=TECHNIQUE)


@pytest.fixture
def scene(pairing: Pairing, at: At) -> Scene:
    return Scene(pairing, at)


def test_from_two_approvals_to_independence(scene: Scene) -> None:
    scene.approve(scene.head, scene.recipient)
    assert scene.capability.state == "none"
    assert list(waiting_approvals(scene.sender)) == list(scene.capability.approvals.all())
    scene.approve(scene.sender, scene.supporter, document=("决议.pdf", b"%PDF-1.7"))
    assert not waiting_approvals(scene.sender).exists()
    assert scene.capability.state == "learning"
    scene.record("posted", cases=2)
    scene.record("own", on=JUNE)
    assert (scene.capability.state, scene.capability.first_case_on) == ("learning", MAY)
    scene.declare()
    found = scene.capability
    assert (found.state, found.approved_here, found.approved_by_supporter) == ("independent", True, True)
    names = AuditEvent.objects.filter(action__startswith="technique.").values_list("action", flat=True)
    assert sorted(names) == [
        "technique.approve", "technique.approve", "technique.case", "technique.case", "technique.independent",
    ]  # fmt: skip


def test_an_ended_approval_takes_the_standing_back_and_keeps_the_cases(scene: Scene) -> None:
    own, _partner = scene.both_approve()
    scene.record()
    actions.end_approval(actor=scene.head, approval=own, on=JUNE, reason="设备停用")
    assert (scene.capability.state, scene.capability.first_case_on) == ("none", None)
    assert scene.capability.performances.count() == 1
    scene.record(on=dt.date(2015, 5, 31))  # it held until the day before
    with pytest.raises(Invalid, match="PER-06"):
        scene.record(on=JUNE)
    with pytest.raises(Conflict):
        actions.end_approval(actor=scene.head, approval=own, on=JUNE, reason="再次")
    scene.approve(scene.head, scene.recipient, on=dt.date(2015, 8, 1))  # and may be given anew
    assert scene.capability.state == "learning"


def test_a_withdrawn_case_no_longer_counts(scene: Scene) -> None:
    scene.both_approve()
    wrong = scene.record(on=MAY)
    scene.record(on=JUNE)
    actions.withdraw_case(actor=scene.liaison, performance=wrong, reason="重复登记")
    assert scene.capability.first_case_on == JUNE
    with pytest.raises(Conflict):
        actions.withdraw_case(actor=scene.liaison, performance=wrong, reason="重复登记")
    with pytest.raises(Invalid):
        actions.withdraw_case(actor=scene.liaison, performance=scene.record(), reason=" ")


# ---------------------------------------------------------------- PER-06


@pytest.mark.parametrize("by", ["posted", "guided"])
def test_posted_staff_need_the_approval_of_both_hospitals_on_that_day(scene: Scene, by: str) -> None:
    with pytest.raises(Invalid, match=scene.recipient.name):
        scene.record(by)
    scene.approve(scene.head, scene.recipient)
    with pytest.raises(Invalid, match=scene.supporter.name):
        scene.record(by)
    scene.approve(scene.sender, scene.supporter, on=MAY)
    with pytest.raises(Invalid, match="PER-06"):
        scene.record(by, on=MAY - dt.timedelta(days=1))
    assert scene.record(by, on=MAY).pk
    assert not Performance.objects.exclude(on=MAY).exists()


def test_what_the_recipient_does_alone_needs_its_own_approval_only(scene: Scene) -> None:
    with pytest.raises(Invalid, match="PER-06"):
        scene.record("own")
    scene.approve(scene.head, scene.recipient)
    assert scene.record("own").supporter is None


# ---------------------------------------------------------------- refusals


def test_nobody_approves_for_the_other_hospital(scene: Scene, at: At, actor: Callable[..., Actor]) -> None:
    for who in (scene.sender, scene.liaison, actor("provincial_officer", "浙江省")):
        with pytest.raises(Denied):
            scene.approve(who, scene.recipient)
    with pytest.raises(Denied):
        scene.approve(scene.head, scene.supporter)
    approval = scene.approve(scene.sender, scene.supporter)
    with pytest.raises(Denied):
        actions.end_approval(actor=scene.head, approval=approval, on=MAY, reason="不愿")
    with pytest.raises(Denied):
        scene.declare(actor=scene.sender)
    scene.approve(scene.head, scene.recipient)
    with pytest.raises(Denied):
        scene.record(actor=scene.sender)
    performance = scene.record()
    with pytest.raises(Denied):
        actions.withdraw_case(actor=scene.sender, performance=performance, reason="误")


def test_a_hospital_that_does_not_support_the_recipient_has_no_say(scene: Scene, at: At) -> None:
    stranger = Hospital.objects.exclude(pk=scene.supporter.pk).filter(supports__isnull=False).first()
    assert stranger is not None
    assert not Pairing.objects.filter(supporter=stranger, recipient=scene.recipient).exists()
    with pytest.raises(Invalid) as refusal:
        scene.approve(at(stranger, "hospital_president"), stranger)
    assert list(refusal.value.fields) == ["hospital"]
    with pytest.raises(Invalid) as refusal:  # nor the supporter before the pairing began
        scene.approve(scene.sender, scene.supporter, on=dt.date(2013, 1, 1))
    assert list(refusal.value.fields) == ["hospital"]
    scene.both_approve()
    with pytest.raises(Invalid) as refusal:
        scene.record(supporter=stranger)
    assert list(refusal.value.fields) == ["supporter"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"technique": "flying"}, "technique"),
        ({"on": TOMORROW}, "on"),
        ({"on": dt.date(1900, 1, 1)}, "on"),
        ({"number": "  "}, "number"),
        ({"document": ("决议.exe", b"MZ")}, "file"),
    ],
)
def test_an_approval_is_refused(scene: Scene, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        scene.approve(scene.head, scene.recipient, **changes)
    assert list(refusal.value.fields) == [field]
    assert not Approval.objects.exists()
    assert not Capability.objects.filter(hospital=scene.recipient).exists()


def test_an_approval_is_given_once(scene: Scene) -> None:
    own = scene.approve(scene.head, scene.recipient)
    with pytest.raises(Conflict):
        scene.approve(scene.head, scene.recipient)
    with pytest.raises(Invalid):
        actions.end_approval(actor=scene.head, approval=own, on=dt.date(2014, 3, 1), reason="早于批准")
    with pytest.raises(Invalid):
        actions.end_approval(actor=scene.head, approval=own, on=MAY, reason="")


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({"by": "magic"}, "by"),
        ({"on": TOMORROW}, "on"),
        ({"cases": 0}, "cases"),
        ({"cases": 10_000}, "cases"),
        ({"supporter": None}, "supporter"),
    ],
)
def test_a_case_is_refused(scene: Scene, case: dict[str, Any], field: str) -> None:
    scene.both_approve()
    with pytest.raises(Invalid) as refusal:
        scene.record(**case)
    assert list(refusal.value.fields) == [field]


def test_a_person_must_be_the_supporters(scene: Scene) -> None:
    scene.both_approve()
    somebody = Person.objects.create(hospital=scene.recipient, name="演示甲")
    with pytest.raises(Invalid) as refusal:
        scene.record(person=somebody)
    assert list(refusal.value.fields) == ["person"]
    with pytest.raises(Invalid) as refusal:
        scene.record("own", person=somebody)
    assert list(refusal.value.fields) == ["by"]


def test_independence_needs_the_approval_and_a_case_done_alone(scene: Scene) -> None:
    with pytest.raises(Invalid, match="尚未批准"):
        scene.declare()
    scene.both_approve()
    scene.record("guided")
    with pytest.raises(Invalid, match="独立开展的病例"):
        scene.declare()
    scene.record("own", on=JUNE)
    with pytest.raises(Invalid, match="独立开展的病例"):
        scene.declare(on=MAY)
    scene.declare()
    with pytest.raises(Conflict):
        scene.declare()


def test_the_database_itself_holds_the_rules(scene: Scene) -> None:
    own, _partner = scene.both_approve()
    done = scene.record()
    for rows, change in (
        (Approval.objects.filter(pk=own.pk), {"ended_on": dt.date(2014, 1, 1), "ended_reason": "早"}),
        (Approval.objects.filter(pk=own.pk), {"ended_on": MAY}),
        (Performance.objects.filter(pk=done.pk), {"cases": 0}),
        (Performance.objects.filter(pk=done.pk), {"supporter": None}),
        (Performance.objects.filter(pk=done.pk), {"withdrawn_at": timezone.now()}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    own.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        own.save(force_insert=True)


def test_a_technique_with_a_first_case_is_evidence_for_its_pairing_only(scene: Scene) -> None:
    from duikou.wings.capabilities import evidence
    from duikou.wings.obligations.models import Obligation

    owed = Obligation(pairing=scene.pairing)
    scene.both_approve()
    assert evidence.offers(scene.liaison, owed) == []
    scene.record(on=MAY)
    (offer,) = evidence.offers(scene.liaison, owed)
    assert offer.reference == TECHNIQUE
    found = evidence.resolve(scene.liaison, owed, TECHNIQUE)
    assert found is not None
    assert found.on == MAY
    assert evidence.resolve(scene.liaison, owed, "flying") is None
    other = Pairing.objects.exclude(recipient=scene.recipient).first()
    assert evidence.offers(scene.liaison, Obligation(pairing=other)) == []
