"""Demonstration data (演示数据): invented consultations of the invented patients, in every state.

Where the patient has invented studies the case is about them. Of the first pair one case is under way now
with its room open, and one was talked over in a room that is closed.
Experts are invented persons of the supporters; nobody of them exists, and none has an account, so what they
"signed" bears no account. Every row is marked `demonstration`, so that `clear` finds all of it.
"""

from __future__ import annotations

import datetime as dt
import random

from django.db.models import Q
from django.utils import timezone

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.models import StoredDocument
from duikou.core.scope import SYSTEM
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.models import Study
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Consent, Patient, Share
from duikou.wings.people.models import Person
from duikou.wings.rooms import demo as rooms
from duikou.wings.rooms.actions import Invited
from duikou.wings.rooms.models import Member, Room
from duikou.wings.telehealth.actions.opinions import digest_of
from duikou.wings.telehealth.exhibits import exhibits_of
from duikou.wings.telehealth.models import (
    CaseFile,
    Consultation,
    Draft,
    Escalation,
    Expert,
    Opinion,
    Picture,
    Push,
    Rating,
    Seat,
    Slot,
    TimePlan,
)

State, Kind = Consultation.State, Consultation.Kind
NOTE = "演示数据（虚构）"
PAIRS, EACH = 12, 9
HOUR = dt.timedelta(hours=1)
WAYS = (  # how far each goes, and how often
    (State.CLOSED, 9), (State.ACKNOWLEDGED, 4), (State.ANSWERED, 2), (State.ASSIGNED, 2), (State.SENT, 2),
    (State.RETURNED, 1), (State.DECLINED, 1), (State.SUBMITTED, 1), (State.DRAFT, 1),
)  # fmt: skip
CASES = (
    (Kind.CONSULTATION, "respiratory", "肺部结节性质待定", "明确结节性质和随访方案"),
    (Kind.CONSULTATION, "cardiology", "反复胸闷，心电图 ST 段改变", "评估冠脉病变，指导下一步检查"),
    (Kind.IMAGING, "respiratory", "胸部 CT 磨玻璃影", "出具 CT 诊断报告"),
    (Kind.ECG, "cardiology", "阵发性心悸", "出具心电图诊断报告"),
    (Kind.PATHOLOGY, "gastroenterology", "胃窦活检组织", "出具病理诊断报告"),
    (Kind.TCM, "other", "化疗后乏力纳差", "中医调理方案"),
)
ABOUT = {Study.Kind.DICOM: Kind.IMAGING, Study.Kind.ECG: Kind.ECG, Study.Kind.SLIDE: Kind.PATHOLOGY}
SIGNED = {
    Kind.CONSULTATION: ("资料齐全，影像与病史相符。", "考虑良性病变。", "三个月后复查。"),
    Kind.IMAGING: ("双肺纹理清晰，可见小片磨玻璃影。", "考虑良性病变。", "三个月后复查。"),
    Kind.ECG: ("所附检查提示缺血改变。", "冠心病可能性大。", "建议转上级医院行冠脉造影。"),
    Kind.PATHOLOGY: ("切片质量合格，镜下见慢性炎症。", "慢性炎症，未见肿瘤细胞。", ""),
    Kind.TCM: ("舌淡苔白，脉细。", "气虚。", "健脾益气，两周后复诊。"),
}
OPEN, HELD = State.ASSIGNED, State.CLOSED  # of the first pair's first two patients
SESSION = 25  # minutes of the one that was held


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent consultations; the same seed gives the same data. Raises Conflict when they are there."""
    if Consultation.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed + 11)  # noqa: S311  (invented data, no secret)
    pairings = Pairing.objects.select_related("supporter", "recipient").order_by("pk")[:PAIRS]
    with act("demo.loaded", actor=SYSTEM, permission="consult.request") as event:
        experts = {pairing.supporter_id: _experts(chance, pairing) for pairing in pairings}
        counts = {"experts": sum(map(len, experts.values())), "consultations": 0, "opinions": 0, "ratings": 0}
        for place, pairing in enumerate(pairings):
            patients = list(
                Patient.objects.filter(
                    hospital=pairing.recipient_id,
                    demonstration=True,
                    registered_at__year__gte=2014,
                    consents__purpose="consultation",
                    consents__withdrawn_at=None,
                )
                .distinct()
                .select_related("department")
                .order_by("pk")[:EACH]
            )
            for turn, patient in enumerate(patients):
                shown = (OPEN, HELD)[turn] if place == 0 and turn < 2 else None
                _consultation(chance, pairing, patient, experts[pairing.supporter_id], counts, shown)
        counts["rooms"] = Room.objects.filter(demonstration=True).count()
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _experts(chance: random.Random, pairing: Pairing) -> list[Expert]:
    """Up to four invented doctors of the supporter."""
    there = Q(hospital=pairing.supporter_id, demonstration=True, left_on=None) & ~Q(title="")
    persons = Person.objects.filter(there, title__in=("主任医师", "副主任医师")).order_by("pk")[:4]
    found = []
    for number, person in enumerate(persons):
        expert, _made = Expert.objects.get_or_create(
            person=person,
            left_at=None,
            defaults={
                "hospital": pairing.supporter,
                "scope_path": pairing.supporter.scope_path,
                "practising_since": dt.date(1995 + chance.randrange(12), 7, 1),
                "kinds": list(Kind.values) if number == 0 else [Kind.CONSULTATION, Kind.GROUP, Kind.IMAGING],
                "tcm": number == 0,
                "note": NOTE,
                "demonstration": True,
            },
        )
        found.append(expert)
    return found


def _consultation(
    chance: random.Random,
    pairing: Pairing,
    patient: Patient,
    experts: list[Expert],
    counts: dict[str, int],
    shown: Consultation.State | None,
) -> None:
    """One consultation; `shown`: its state, and that a session belongs to it."""
    states, weights = zip(*WAYS, strict=True)
    state = shown or chance.choices(states, weights)[0]
    if not experts and state in (State.CLOSED, State.ACKNOWLEDGED, State.ANSWERED, State.ASSIGNED):
        state = State.SENT
    studies = list(Study.objects.filter(patient=patient, demonstration=True, state=Study.State.READY))
    about = {ABOUT[Study.Kind(study.kind)] for study in studies if study.kind in ABOUT}
    kind, specialty, diagnosis, aim = chance.choice([one for one in CASES if not about or one[0] in about])
    asked = patient.registered_at + dt.timedelta(hours=chance.randrange(2, 200))
    if shown == OPEN:  # a case under way began lately
        asked = timezone.now() - 20 * HOUR
    elif studies:
        asked = max([asked, *(study.taken_at + HOUR for study in studies if study.taken_at)])
    sent = asked + HOUR * chance.randrange(1, 20) if state not in (State.DRAFT, State.SUBMITTED) else None
    signed = state in (State.CLOSED, State.ACKNOWLEDGED, State.ANSWERED)
    answered = (sent or asked) + HOUR * chance.randrange(3, 60) if signed else None
    done = state in Consultation.COUNTED
    read = (answered or asked) + HOUR * chance.randrange(1, 40) if done else None
    adoption = chance.choices(("full", "part", "not"), (8, 3, 1))[0] if done else ""
    one = Consultation.objects.create(
        kind=kind,
        urgency=chance.choices(("routine", "urgent", "emergency"), (7, 2, 1))[0],
        patient=patient,
        inviting=pairing.recipient,
        department=patient.department,
        invited=pairing.supporter,
        pairing=pairing if pairing.start <= asked.date() <= pairing.end else None,
        home_path=patient.scope_path,
        host_path=pairing.supporter.scope_path,
        reason_wanted=f"本院难以确诊。{NOTE}",
        aim=aim,
        specialty=specialty,
        diagnosis=diagnosis,
        summary=f"{diagnosis}，病情平稳。{NOTE}",
        state=state,
        reason={State.RETURNED: "请补充近期化验单。", State.DECLINED: "所需设备检修。"}.get(state, ""),
        consent=Consent.objects.filter(patient=patient, purpose="consultation").first() if sent else None,
        requested_name=f"演示医师{chance.randrange(1, 9)}",
        requested_at=asked,
        sent_at=sent,
        approved_name="演示医务科" if sent else "",
        answered_at=answered,
        adoption=adoption,
        adoption_note=f"与临床不完全相符。{NOTE}" if adoption in ("part", "not") else "",
        acknowledged_name="演示医师" if done else "",
        acknowledged_at=read,
        over_at=(read or sent) if state in Consultation.OVER else None,
        demonstration=True,
    )
    counts["consultations"] += 1
    one.studies.set(studies)
    if sent and state not in Consultation.OVER:
        Share.objects.create(
            patient=patient,
            hospital=pairing.supporter,
            path=pairing.supporter.scope_path,
            kind=Share.Kind.CONSULTATION,
            reference=one.reference,
            since=sent,
            demonstration=True,
        )
        for study in studies:
            imaging.grant(
                actor=SYSTEM, study=study, hospital=one.invited, reference=one.reference, path=one.host_path
            )
    if signed or state == State.ASSIGNED:
        expert = chance.choice(experts)
        _answered(chance, one, expert, counts)
        if shown:
            _session(one, expert)


def _session(one: Consultation, expert: Expert) -> None:
    """The room of a case: it stands open, or everybody has gone and the opinion was signed an hour later."""
    at = one.answered_at - HOUR if one.answered_at else timezone.now() - HOUR
    sides = ((one.home_path, one.inviting), (one.host_path, one.invited))
    room = rooms.opened(
        title=f"{one.get_kind_display()} {one.pk}（演示）",
        reference=one.reference,
        at=at,
        members=[Invited(Member.Part.SPEAKER, path=path, label=side.name) for path, side in sides],
        exhibits=exhibits_of(one),
    )
    if one.answered_at:
        guests = (
            rooms.Guest(one.requested_name, one.inviting.name, 64),
            rooms.Guest(expert.person.name, one.invited.name, 81),
        )
        rooms.close(room, guests=guests, minutes=SESSION)


def _answered(chance: random.Random, one: Consultation, expert: Expert, counts: dict[str, int]) -> None:
    seat = Seat.objects.create(consultation=one, expert=expert, chair=True, demonstration=True)
    if one.answered_at is None:
        return
    findings, conclusion, advice = SIGNED[Kind(one.kind)]
    opinion = Opinion(
        consultation=one,
        seat=seat,
        role="report" if one.is_diagnosis else "opinion",
        findings=f"{findings}{NOTE}",
        conclusion=conclusion,
        advice=advice,
        signed_name=expert.person.name,
        signed_title=expert.person.title,
        signed_hospital=one.invited.name,
        signed_at=one.answered_at,
        demonstration=True,
    )
    opinion.digest = digest_of(opinion)
    opinion.save()
    counts["opinions"] += 1
    if one.state == State.CLOSED:
        for side in Rating.Side.values:
            if chance.random() < 0.7:
                Rating.objects.create(
                    consultation=one,
                    side=side,
                    timely=chance.randrange(3, 6),
                    useful=chance.randrange(3, 6),
                    demonstration=True,
                )
                counts["ratings"] += 1


def clear() -> dict[str, int]:
    """Remove all of it, with what was added to it since; returns how many of each went."""
    with act("demo.cleared", actor=SYSTEM, permission="consult.request") as event:
        rows = Consultation.objects.filter(Q(demonstration=True) | Q(patient__demonstration=True))
        files = CaseFile.objects.filter(consultation__in=rows)
        pictures = Picture.objects.filter(seat__consultation__in=rows)
        papers = [*files.values_list("document", flat=True), *pictures.values_list("document", flat=True)]
        for extra in (pictures, Push.objects.filter(consultation__in=rows)):
            extra.delete()
        Escalation.objects.filter(consultation__in=rows).delete()
        references = [f"consultation:{pk}" for pk in rows.values_list("pk", flat=True)]
        gone = rooms.remove(references)
        TimePlan.objects.filter(hospital__in=rows.values("invited")).delete()  # it names consultations
        seats = Seat.objects.filter(consultation__in=rows)
        Slot.objects.filter(consultation__in=rows).update(consultation=None)
        files.delete()
        Draft.objects.filter(seat__in=seats).delete()
        removed = {
            "rooms": gone,
            "ratings": Rating.objects.filter(consultation__in=rows).delete()[0],
            "opinions": Opinion.objects.filter(consultation__in=rows).delete()[0],
        }
        seats.delete()
        removed["consultations"] = rows.delete()[0]
        invented = list(Expert.objects.filter(demonstration=True, seats=None).values_list("pk", flat=True))
        Slot.objects.filter(expert__in=invented).delete()
        removed["experts"] = Expert.objects.filter(pk__in=invented).delete()[0]
        Share.objects.filter(demonstration=True, kind=Share.Kind.CONSULTATION).delete()
        StoredDocument.objects.filter(pk__in=papers).delete()
        event.note(label="演示数据", before=removed)
    return removed
