"""Demonstration data (演示数据): invented referrals up and down of the invented patients, in every state.

Closed ones lie in 2014, so that months count; those under way began in the last days, one or two of them
late. Nobody in it exists. Every row is marked `demonstration`, so that `clear` finds all of it.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from django.utils import timezone

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Patient, Share
from duikou.wings.people.models import Person
from duikou.wings.referrals import signing
from duikou.wings.referrals.catalogue import answer_time
from duikou.wings.referrals.models import Clock, Escalation, FollowUp, Referral, Service, Signature, Slot

NOTE = "演示数据（虚构）"
POST = "演示转诊医师"
PAIRS, UP, DOWN = 12, 12, 5
YEAR = dt.date(2014, 3, 3)
CASES = (  # tier, code, diagnosis
    ("acute_myocardial_infarction", "I21.0", "急性前壁心肌梗死"),
    ("cerebral_infarction", "I63.9", "脑梗死"),
    ("lung_cancer", "C34.9", "肺恶性肿瘤"),
    ("gastric_cancer", "C16.9", "胃恶性肿瘤"),
    ("pneumonia", "J15.9", "细菌性肺炎"),
    ("limb_fracture", "S72.0", "股骨颈骨折"),
)
# What becomes of a referral, in turn: most are closed, every state is there.
UP_STATES = (
    "closed", "closed", "closed", "follow_up", "closed", "declined", "sent", "treating", "closed", "returned",
    "back", "accepted", "closed", "withdrawn", "arrived", "draft",
)  # fmt: skip
DOWN_STATES = ("closed", "treating", "closed", "sent", "arrived", "accepted", "closed")
DAY = dt.timedelta(days=1)


@dataclass
class _Made:
    """Rows on their way into the database."""

    referrals: list[Referral] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    services: int = 0


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent referrals; the same seed gives the same. Raises Conflict when they are there."""
    if Referral.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed + 11)  # noqa: S311  (invented data, no secret)
    with act("demo.loaded", actor=SYSTEM, permission="referral.edit") as event:
        made = _Made()
        doctors: dict[int, Person] = {}
        rows = Pairing.objects.select_related("supporter__org", "recipient__org").order_by("pk")[:PAIRS]
        for pairing in rows:
            up = _service(pairing.supporter, Service.Takes.UP, made)
            down = _service(pairing.recipient, Service.Takes.DOWN, made)
            _some(chance, pairing, pairing.recipient, up, UP, made, doctors)
            _some(chance, pairing, pairing.supporter, down, DOWN, made, doctors)
        Referral.objects.bulk_create(made.referrals, batch_size=100)
        for referral in made.referrals:
            _beside(referral, made)
        Clock.objects.bulk_create(made.clocks, batch_size=200)
        FollowUp.objects.bulk_create(made.follow_ups, batch_size=200)
        for signature in made.signatures:  # dates of follow-up are among what is signed
            signature.digest = signing.digest(signature.referral, signature.part)
        Signature.objects.bulk_create(made.signatures, batch_size=200)
        Share.objects.bulk_create(made.shares)
        counts = {
            "referral_services": made.services,
            "referrals": len(made.referrals),
            "referral_signatures": len(made.signatures),
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _service(hospital: Hospital, takes: str, made: _Made) -> Service:
    name = "上转患者接诊（演示）" if takes == Service.Takes.UP else "康复患者接收（演示）"
    department = Department.objects.filter(hospital=hospital, closed_on=None).order_by("pk").first()
    department = department if department and department.org else None
    path = (department.org.path if department and department.org else "") or hospital.scope_path
    service, fresh = Service.objects.get_or_create(
        scope_path=path,
        name=name,
        closed_on=None,
        defaults={
            "hospital": hospital,
            "department": department,
            "specialty": department.specialty if department else "other",
            "takes": takes,
            "emergency": takes == Service.Takes.UP,
            "weekly": 12,
            "note": f"请带既往检查资料。{NOTE}",
            "demonstration": True,
        },
    )
    if fresh:
        made.services += 1
        Slot.objects.bulk_create(
            Slot(service=service, weekday=day, starts=dt.time(8, 30), places=3) for day in (1, 3, 5)
        )
    return service


def _doctor(hospital: Hospital, service: Service, doctors: dict[int, Person]) -> Person:
    """An invented doctor of the hospital, one for all its referrals."""
    if hospital.pk not in doctors:
        doctors[hospital.pk] = Person.objects.create(
            hospital=hospital,
            name=f"演示医师{len(doctors) + 1}",
            title="副主任医师",
            post=POST,
            specialty=service.specialty,
            demonstration=True,
        )
    return doctors[hospital.pk]


def _some(
    chance: random.Random,
    pairing: Pairing,
    hospital: Hospital,
    service: Service,
    count: int,
    made: _Made,
    doctors: dict[int, Person],
) -> None:
    """Referrals of a hospital's patients to a service, one for each patient."""
    up = service.takes == Service.Takes.UP
    states = UP_STATES if up else DOWN_STATES
    patients = Patient.objects.standing().filter(hospital=hospital, demonstration=True)
    taken = {one.patient_id for one in made.referrals}
    free = [one for one in patients.select_related("hospital").order_by("pk") if one.pk not in taken]
    for patient in free[:count]:
        number = len(made.referrals)
        state = states[number % len(states)]
        tier, code, diagnosis = chance.choice(CASES)
        emergency = up and number % 9 == 4 and state not in ("draft", "returned")
        made.referrals.append(
            Referral(
                key=f"demo-{chance.getrandbits(64):016x}",
                direction="up" if up else "down",
                urgency="emergency" if emergency else ("urgent" if number % 5 == 0 else "routine"),
                state=state,
                patient=patient,
                problem=tier,
                tier=tier,
                code=code,
                diagnosis=diagnosis,
                conditions=["no_technique"] if up else ["recovering"],
                why=f"需进一步诊治。{NOTE}" if up else f"病情稳定，回当地康复。{NOTE}",
                summary=f"入院检查明确，已予初步处理。{NOTE}",
                plan="" if up else f"继续用药，每周复查。{NOTE}",
                escort="演示护送人员" if emergency else "",
                escort_phone="19900000000" if emergency else "",
                pairing=pairing,
                from_hospital=hospital,
                from_path=hospital.scope_path,
                service=service,
                to_hospital=service.hospital,
                to_department=service.department,
                to_path=service.scope_path,
                demonstration=True,
                **_times(
                    chance,
                    state,
                    emergency,
                    _doctor(hospital, service, doctors),
                    _doctor(service.hospital, service, doctors),
                ),
            )
        )


def _times(
    chance: random.Random, state: str, emergency: bool, sender: Person, receiver: Person
) -> dict[str, object]:
    """When what happened: long ago for what is over, in the last days for what is under way."""
    if state == Referral.State.DRAFT:
        return {}
    over = state in (Referral.State.CLOSED, Referral.State.DECLINED, Referral.State.WITHDRAWN)
    if over:
        morning = dt.datetime.combine(YEAR + chance.randrange(250) * DAY, dt.time(chance.randrange(8, 17)))
        sent = timezone.make_aware(morning)
    else:
        sent = timezone.now() - dt.timedelta(hours=chance.randrange(3, 30))
    found: dict[str, object] = {"sent_at": sent, "from_doctor": sender}
    if state in (Referral.State.SENT, Referral.State.RETURNED, Referral.State.WITHDRAWN):
        remarks = {"returned": f"请补充心电图。{NOTE}", "withdrawn": f"家属改变主意。{NOTE}"}
        return {**found, "remark": remarks.get(state, "")}
    if state == Referral.State.DECLINED:
        return {**found, "answered_at": sent + dt.timedelta(hours=5), "remark": f"暂无床位。{NOTE}"}
    hour = dt.timedelta(minutes=10) if emergency else dt.timedelta(minutes=30)
    found |= {
        "to_doctor": receiver,
        "answered_at": sent + hour,
        "appointed_on": timezone.localdate(sent + hour) + (DAY if over else 0 * DAY),
        "bed": "住院部（演示）",
    }
    if state == Referral.State.ACCEPTED:
        return found
    arrived = sent + 2 * hour
    found["arrived_at"] = arrived
    if state in (Referral.State.BACK, Referral.State.FOLLOW_UP, Referral.State.CLOSED):
        back = arrived + 12 * DAY if over else sent + 3 * hour
        found |= {
            "back_at": back,
            "back_summary": f"治疗顺利，恢复好。{NOTE}",
            "back_plan": f"按医嘱用药，定期复查。{NOTE}",
        }
        if state != Referral.State.BACK:
            found["confirmed_at"] = back + (DAY if over else dt.timedelta(minutes=5))
        if over:
            outcome = chance.choice(("recovered", "improved", "improved", "unchanged"))
            found |= {
                "closed_at": back + 32 * DAY,
                "outcome": outcome,
                "outcome_on": timezone.localdate(back + 31 * DAY),
            }
    return found


def _beside(referral: Referral, made: _Made) -> None:
    """Signatures, clocks, dates of follow-up, and the share of the record while it lasts."""
    sent = referral.sent_at
    if sent is None:
        return
    parts = [(signing.Part.SENT, referral.from_doctor, sent)]
    if referral.to_doctor is not None and referral.answered_at is not None:
        parts.append((signing.Part.ACCEPTED, referral.to_doctor, referral.answered_at))
    if referral.direction == "up" and referral.back_at is not None:
        parts.append((signing.Part.BACK, referral.to_doctor, referral.back_at))
        for days in (7, 21):
            day = timezone.localdate(referral.back_at) + days * DAY
            done = referral.state == Referral.State.CLOSED
            made.follow_ups.append(
                FollowUp(
                    referral=referral,
                    due_on=day,
                    what="血压、用药（演示）",
                    done_on=day if done else None,
                    finding="平稳（演示）" if done else "",
                    demonstration=True,
                )
            )
    for part, person, at in parts:
        assert person is not None
        made.signatures.append(
            Signature(
                referral=referral,
                part=part,
                person=person,
                name=person.name,
                title=person.title,
                place=person.hospital.name,
                factor=signing.Factor.PASSWORD,
                signed_at=at,
                demonstration=True,
            )
        )
    _clock(referral, sent, made)
    if referral.state in Referral.SHARED:
        made.shares.append(
            Share(
                patient=referral.patient,
                hospital=referral.to_hospital,
                path=referral.to_path,
                kind=Share.Kind.REFERRAL,
                reference=referral.reference,
                since=sent,
                demonstration=True,
            )
        )


def _clock(referral: Referral, sent: dt.datetime, made: _Made) -> None:
    """The answer's clock, and the one that runs now."""
    lasts = answer_time(referral.urgency)
    answered = referral.answered_at
    open_ = referral.state in (Referral.State.SENT, Referral.State.RETURNED)
    returned = referral.state == Referral.State.RETURNED
    common = {"referral": referral, "demonstration": True}
    made.clocks.append(
        Clock(
            kind=Clock.Kind.ANSWER,
            path=referral.to_path,
            started_at=sent,
            due_at=sent + lasts,
            paused_at=sent + lasts / 4 if returned else None,
            stopped_at=None if open_ else answered or sent + lasts / 2,
            **common,
        )
    )
    days = {
        "returned": (Clock.Kind.COMPLETE, referral.from_path, sent + lasts / 4, 2 * DAY),
        "accepted": (Clock.Kind.ARRIVAL, referral.to_path, answered, 2 * DAY),
        "back": (Clock.Kind.CONFIRM, referral.from_path, referral.back_at, 2 * DAY),
        "follow_up": (Clock.Kind.OUTCOME, referral.from_path, referral.back_at, 37 * DAY),
    }
    if referral.direction == "down":
        down = (Clock.Kind.OUTCOME, referral.to_path, referral.arrived_at, 37 * DAY)
        days |= {"arrived": down, "treating": down}
    if referral.state in days:
        kind, path, at, time = days[referral.state]
        assert at is not None
        made.clocks.append(Clock(kind=kind, path=path, started_at=at, due_at=at + time, **common))


def clear() -> dict[str, int]:
    """Remove all of it, with what was done to it since; returns how many of each went."""
    with act("demo.cleared", actor=SYSTEM, permission="referral.edit") as event:
        rows = Referral.objects.filter(demonstration=True)
        references = [f"referral:{pk}" for pk in rows.values_list("pk", flat=True)]
        for start in range(0, len(references), 200):
            Share.objects.filter(reference__in=references[start : start + 200]).delete()
        Escalation.objects.filter(clock__demonstration=True).delete()
        for model in (Clock, FollowUp):
            model._default_manager.filter(demonstration=True).delete()
        removed = {
            "referral_signatures": Signature.objects.filter(demonstration=True).delete()[0],
            "referrals": rows.delete()[0],
        }
        services = Service.objects.filter(demonstration=True, referrals=None)
        removed["referral_services"] = services.count()
        services.delete()
        Person.objects.filter(demonstration=True, post=POST).delete()
        event.note(label="演示数据", before=removed)
    return removed
