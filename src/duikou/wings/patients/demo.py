"""Demonstration data (演示数据): invented patients of some paired hospitals, with what they agreed to.

Nobody in it exists: the identity numbers begin with a region that there is not. Every row is marked
`demonstration`, so that `clear` finds all of it, with what was done to it since, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from django.utils import timezone

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.models import StoredDocument
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.catalogue import payment_choices, purposes
from duikou.wings.patients.identity import check_character, name_key
from duikou.wings.patients.models import (
    ALPHABET,
    Access,
    BreakGlass,
    Consent,
    Correction,
    Erasure,
    Merge,
    Patient,
    Share,
)
from duikou.wings.patients.sealing import blind_index, seal

NOTE = "演示数据（虚构）"
MARKED = "（演示）"  # at the end of the names of departments invented for the postings
PAIRS, AT_RECIPIENT, AT_SUPPORTER = 12, 26, 9
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗於峃"
GIVEN = (
    "建国",
    "秀英",
    "志强",
    "桂兰",
    "海燕",
    "文斌",
    "雨桐",
    "子轩",
    "碶",
    "峃",
    "𠮷",
    "於平",
    "明",
    "丽华",
)
NOWHERE = "990101"  # no region has this code, so that the number is nobody's
YEAR = dt.date(2014, 3, 1)
OLD, IN_DEPARTMENT, CARDED, INPATIENT, AGREED, WITHDRAWN = 0.03, 0.4, 0.85, 0.35, 0.55, 0.08


@dataclass
class _Made:
    """Rows on their way into the database."""

    patients: list[Patient] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    emergencies: list[BreakGlass] = field(default_factory=list)
    looks: list[Access] = field(default_factory=list)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent patients; the same seed gives the same data. Raises Conflict when they are there."""
    if Patient.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed + 7)  # noqa: S311  (invented data, no secret)
    pairings = Pairing.objects.select_related(
        "supporter__org", "recipient__org__parent", "recipient_division"
    )
    with act("demo.loaded", actor=SYSTEM, permission="patient.edit") as event:
        made = _Made()
        for pairing in pairings.order_by("pk")[:PAIRS]:
            _patients(chance, pairing, pairing.recipient, AT_RECIPIENT, made)
            _patients(chance, pairing, pairing.supporter, AT_SUPPORTER, made)
        Patient.objects.bulk_create(made.patients, batch_size=200)
        for patient in made.patients:
            _afterwards(chance, patient, made)
        partners = {pairing.recipient_id: pairing.supporter for pairing in pairings.order_by("-pk")}
        _relations(chance, partners, made)
        Consent.objects.bulk_create(made.consents, batch_size=200)
        Share.objects.bulk_create(made.shares)
        BreakGlass.objects.bulk_create(made.emergencies)
        Access.objects.bulk_create(made.looks, batch_size=200)
        counts = {
            "patients": len(made.patients),
            "consents": len(made.consents),
            "shares": len(made.shares),
            "emergency_accesses": len(made.emergencies),
            "looks": len(made.looks),
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _patients(chance: random.Random, pairing: Pairing, hospital: Hospital, count: int, made: _Made) -> None:
    departments = list(
        Department.objects.filter(hospital=hospital, name__endswith=MARKED, closed_on=None)
        .select_related("org")
        .order_by("pk")
    )
    payments = [payment for payment, _label in payment_choices()]
    for _unused in range(count):
        department = chance.choice(departments) if departments and chance.random() < IN_DEPARTMENT else None
        born = dt.date(1932, 1, 1) + dt.timedelta(days=chance.randrange(82 * 365))
        male = chance.random() < 0.5
        number = _number(chance, born, male) if chance.random() < CARDED else ""
        name = chance.choice(SURNAMES) + chance.choice(GIVEN)
        seen = YEAR + dt.timedelta(days=chance.randrange(300))
        if chance.random() < OLD:
            seen, born = (
                dt.date(2008, 5, 1) + dt.timedelta(days=chance.randrange(600)),
                min(born, YEAR.replace(year=1990)),
            )
            number = ""
        care = "inpatient" if chance.random() < INPATIENT and seen >= YEAR else "outpatient"
        made.patients.append(
            Patient(
                number="".join(chance.choice(ALPHABET) for _letter in range(10)),
                hospital=hospital,
                department=department,
                scope_path=(department.org.path or "")
                if department and department.org
                else hospital.scope_path,
                name=name,
                name_key=name_key(name),
                sex="male" if male else "female",
                birth_date=min(born, seen),
                identity_kind="card" if number else "none",
                identity_sealed=seal(number),
                identity_index=blind_index("card", number),
                phone_sealed=seal(f"1990000{chance.randrange(10_000):04d}"),
                payment=chance.choice(payments),
                residence=pairing.recipient_division,
                care=care,
                last_contact_on=seen,
                registered_at=_at(seen, chance),
                demonstration=True,
            )
        )


def _number(chance: random.Random, born: dt.date, male: bool) -> str:
    first = f"{NOWHERE}{born:%Y%m%d}{chance.randrange(500) * 2 + male:03d}"
    return first + check_character(first)


def _at(day: dt.date, chance: random.Random) -> dt.datetime:
    moment = dt.time(chance.randrange(8, 17), chance.randrange(60))
    return timezone.make_aware(dt.datetime.combine(day, moment))


def _afterwards(chance: random.Random, patient: Patient, made: _Made) -> None:
    """What the patient agreed to, and who looked at the record."""
    for purpose, share in (
        ("referral", AGREED),
        ("consultation", AGREED),
        ("recording", 0.2),
        ("teaching", 0.15),
    ):
        if chance.random() < share:
            made.consents.append(_consent(chance, patient, purpose))
    for _unused in range(chance.randrange(3)):
        made.looks.append(
            Access(
                patient=patient,
                scope_path=patient.scope_path,
                reader=f"演示医师{chance.randrange(1, 9)}",
                reader_place=patient.hospital.name,
                grounds=Access.Grounds.OWN,
                purpose=Access.Purpose.CARE,
                place=Access.Where.PAGE,
                at=patient.registered_at + dt.timedelta(hours=chance.randrange(1, 400)),
                demonstration=True,
            )
        )


def _consent(chance: random.Random, patient: Patient, purpose: str) -> Consent:
    asked = purposes()[purpose]
    at = patient.registered_at + dt.timedelta(minutes=chance.randrange(5, 300))
    born = patient.birth_date
    assert born is not None
    child = (patient.last_contact_on - born).days < 15 * 366
    oral = chance.random() < 0.04
    withdrawn = chance.random() < WITHDRAWN
    return Consent(
        patient=patient,
        purpose=purpose,
        rule=asked.rule,
        text_version=asked.version,
        giver="guardian" if child else "patient",
        giver_name=f"{patient.name[0]}家长" if child else "",
        giver_relation="父母" if child else "",
        why_not_patient="未成年" if child else "",
        way="oral" if oral else "written",
        kept_at="" if oral else "病历室",
        circumstances=f"急诊抢救，{NOTE}" if oral else "",
        witness_one="演示见证甲" if oral else "",
        witness_two="演示见证乙" if oral else "",
        given_at=at,
        stands_until=at + dt.timedelta(hours=48) if oral else None,
        withdrawn_at=at + dt.timedelta(days=chance.randrange(1, 60)) if withdrawn else None,
        withdrawn_by=("guardian" if child else "patient") if withdrawn else "",
        demonstration=True,
    )


def _relations(chance: random.Random, partners: dict[int, Hospital], made: _Made) -> None:
    """Shared care with the supporter, and emergency accesses from there, most of them reviewed."""
    own = [patient for patient in made.patients if patient.hospital_id in partners]
    for number, patient in enumerate(chance.sample(own, min(36, len(own)))):
        partner = partners[patient.hospital_id]
        since = patient.registered_at + dt.timedelta(days=1)
        if number < 24:
            lasting = number % 3 == 0
            made.shares.append(
                Share(
                    patient=patient,
                    hospital=partner,
                    path=partner.scope_path,
                    kind=Share.Kind.CARE,
                    reason=f"术后由对方医院指导随访。{NOTE}",
                    since=since,
                    ended_at=None if lasting else since + dt.timedelta(days=chance.randrange(10, 90)),
                    demonstration=True,
                )
            )
            continue
        reviewed = number % 4 != 0
        made.emergencies.append(
            BreakGlass(
                patient=patient,
                scope_path=patient.hospital.scope_path,
                reader=f"演示医师{number}",
                reader_path=partner.scope_path,
                reader_place=partner.name,
                reason=f"外院急诊昏迷，须立即了解用药史。{NOTE}",
                opened_at=since,
                until=since + dt.timedelta(hours=4),
                justified=number % 5 != 0 if reviewed else None,
                reviewed_at=since + dt.timedelta(days=2) if reviewed else None,
                remark="" if not reviewed or number % 5 else f"未见抢救记录。{NOTE}",
                demonstration=True,
            )
        )


def clear() -> dict[str, int]:
    """Remove all of it, with looks and consents that were added since; returns how many of each went."""
    with act("demo.cleared", actor=SYSTEM, permission="patient.edit") as event:
        rows = Patient.objects.filter(demonstration=True)
        consents = Consent.objects.filter(demonstration=True)
        papers = [pk for pk in consents.values_list("document", flat=True) if pk]
        removed = {
            "looks": Access.objects.filter(demonstration=True).delete()[0],
            "consents": consents.delete()[0],
            "shares": Share.objects.filter(demonstration=True).delete()[0],
            "emergency_accesses": BreakGlass.objects.filter(demonstration=True).delete()[0],
        }
        for model in (Correction, Merge, Erasure):
            model.objects.filter(demonstration=True).delete()
        rows.update(merged_into=None)
        removed["patients"] = rows.delete()[0]
        StoredDocument.objects.filter(pk__in=papers).delete()
        event.note(label="演示数据", before=removed)
    return removed
