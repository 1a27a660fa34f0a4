"""Consultations and experts as an actor may see them; one row each raises Missing."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries.studies import of_patient
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients import consents
from duikou.wings.patients.models import Patient
from duikou.wings.people.models import Person
from duikou.wings.telehealth import papers
from duikou.wings.telehealth.actions.answers import reasons
from duikou.wings.telehealth.eligibility import Reason
from duikou.wings.telehealth.models import CaseFile, Consultation, Expert, Opinion, Picture, Push, Seat, Slot

SHOWN = ("patient", "inviting", "invited", "department")


def consultations(actor: Actor) -> ScopedQuerySet:
    """All that concern the actor, of either side."""
    rows: ScopedQuerySet = Consultation.objects.visible_to(actor).select_related(*SHOWN)
    return rows


def asked(actor: Actor) -> QuerySet[Consultation]:
    """Those of the inviting side."""
    mine = within(actor.paths("consult.view"), ("home_path",))
    return Consultation.objects.filter(mine).select_related(*SHOWN)


def received(actor: Actor) -> QuerySet[Consultation]:
    """Those of the invited side: for whoever answers, and for the named experts."""
    own = Consultation.own_rows(actor)
    rows = Consultation.objects.select_related(*SHOWN)
    return rows.filter(own) if own else rows.none()


def to_sign(actor: Actor) -> QuerySet[Consultation]:
    """Those that wait for the actor's own opinion."""
    if actor.user_id is None:
        return Consultation.objects.none()
    seats = Seat.objects.filter(released_at=None, opinion=None, expert__person__user=actor.user_id)
    return Consultation.objects.filter(
        pk__in=seats.values("consultation"), state=Consultation.State.ASSIGNED
    ).select_related(*SHOWN)


def late(rows: QuerySet[Consultation], overdue: bool) -> QuerySet[Consultation]:
    """Those whose clock has run out, or has not."""
    condition = Q(due_at__lt=timezone.now())
    return rows.filter(condition) if overdue else rows.exclude(condition)


def find(actor: Actor, pk: int) -> Consultation:
    """One consultation."""
    rows = Consultation.objects.visible_to(actor).select_related(
        "patient__hospital", "patient__merged_into", "inviting", "invited", "department", "pairing", "consent"
    )
    return _one(rows, pk)


def file(actor: Actor, pk: int) -> CaseFile:
    """One file of a consultation that the actor sees, unless it was taken out."""
    rows = CaseFile.objects.filter(
        consultation__in=Consultation.objects.visible_to(actor), removed_at=None
    ).select_related("document", "consultation__patient__merged_into", "consultation__patient__hospital")
    return _one(rows, pk)


def files_of(one: Consultation) -> QuerySet[CaseFile]:
    """Files of a case."""
    return one.files.filter(removed_at=None).select_related("document")


def studies_to_choose(actor: Actor, one: Consultation) -> list[Study]:
    """Studies of the case's patient that can go with it."""
    rows = of_patient(actor, consents.survivor(one.patient))
    return list(rows.filter(state=Study.State.READY))


def studies_of(one: Consultation) -> QuerySet[Study]:
    """Studies that go with the case."""
    return one.studies.order_by("taken_at", "pk")


def seats_of(one: Consultation) -> QuerySet[Seat]:
    """Who is named now, the chair first."""
    return one.seats.filter(released_at=None).select_related("expert__person", "expert__hospital", "draft")


def has_seat(actor: Actor, one: Consultation) -> bool:
    """Whether the actor is named for it now."""
    mine = one.seats.filter(released_at=None, expert__person__user=actor.user_id)
    return actor.user_id is not None and mine.exists()


def opinions_of(one: Consultation) -> QuerySet[Opinion]:
    """What was signed, in order."""
    return papers.opinions_of(one)


def picture(actor: Actor, one: Consultation, pk: int) -> Picture:
    """A picture of an opinion; while it is not signed, for its expert alone."""
    mine = Q(seat__expert__person__user=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    rows = Picture.objects.filter(Q(seat__opinion__isnull=False) | mine, seat__consultation=one)
    return _one(rows.select_related("document"), pk)


def pushes_of(one: Consultation) -> QuerySet[Push]:
    """How the signed opinion came into the studies of the case."""
    return one.pushes.select_related("study", "file")


def slot_of(one: Consultation) -> Slot | None:
    """The time of the live session, if there is one."""
    return Slot.objects.filter(consultation=one).select_related("expert__person").first()


def free_slot(one: Consultation, pk: int) -> Slot:
    """A time of one of the named experts."""
    rows = Slot.objects.filter(expert__seats__consultation=one, expert__seats__released_at=None)
    return _one(rows.select_related("expert__person"), pk)


def experts(actor: Actor) -> ScopedQuerySet:
    """The pools that the actor keeps, and one's own row."""
    rows: ScopedQuerySet = Expert.objects.visible_to(actor)
    return rows.select_related("person__department", "hospital")


def expert(actor: Actor, pk: int) -> Expert:
    """One of them."""
    return _one(experts(actor).select_related("person__department", "person__user", "hospital"), pk)


def slots_of(found: Expert) -> QuerySet[Slot]:
    """Times of an expert that have not passed."""
    return found.slots.filter(withdrawn_at=None, ends_at__gt=timezone.now()).select_related("consultation")


def slot(actor: Actor, pk: int) -> Slot:
    """One time of an expert whom the actor sees."""
    rows = Slot.objects.filter(expert__in=Expert.objects.visible_to(actor))
    return _one(rows.select_related("expert__person"), pk)


def candidates(one: Consultation) -> list[tuple[Expert, tuple[Reason, ...]]]:
    """The invited hospital's experts with what speaks against each, the eligible ones first."""
    rows = Expert.objects.filter(hospital=one.invited_id, left_at=None).select_related(
        "person__user", "person__department__org", "hospital"
    )
    found = [(row, reasons(row, one)) for row in rows]
    return sorted(
        found,
        key=lambda pair: (
            any(reason.blocking for reason in pair[1]),
            pair[0].person.specialty != one.specialty,
            pair[0].person.name,
        ),
    )


def named(one: Consultation, keys: list[int]) -> list[Expert]:
    """Experts of the invited hospital in the order of their keys. Raises Missing for one that is none."""
    rows = Expert.objects.filter(hospital=one.invited_id, pk__in=keys).select_related(
        "person__user", "person__department__org", "hospital"
    )
    found = {row.pk: row for row in rows}
    if len(found) != len(set(keys)):
        raise Missing(_("没有这位专家，或不在受邀医院的专家库中。"))
    return [found[key] for key in keys]


def staff(actor: Actor) -> QuerySet[Person]:
    """Doctors whom the actor may put into the pool: those not in it."""
    mine = within(actor.paths("consult.pool"), ("hospital__scope_path",))
    return (
        Person.objects.filter(mine, left_on=None)
        .exclude(title="")
        .exclude(pk__in=Expert.objects.filter(left_at=None).values("person"))
        .select_related("hospital__org")
        .order_by("name")
    )


def person(actor: Actor, pk: int) -> Person:
    """One of them."""
    return _one(staff(actor), pk)


def own_patients(actor: Actor) -> QuerySet[Patient]:
    """Patients for whom the actor may ask."""
    return (
        Patient.objects.visible_to(actor, "consult.request")
        .standing()
        .select_related("hospital__org", "department")
    )


def own_patient(actor: Actor, number: str) -> Patient:
    """One of them by number."""
    found = own_patients(actor).filter(number=number.strip().upper()).first()
    if found is None:
        raise Missing(_("没有编号为 %(number)s 的患者，或不在您的查看范围内。") % {"number": number[:10]})
    return found


def hospitals_for(patient: Patient) -> list[tuple[str, list[Hospital]]]:
    """Hospitals that can be invited: supporters of the patient's today, those with a pool, others."""
    today = timezone.localdate()
    rows = Hospital.objects.exclude(pk=patient.hospital_id).order_by("name")
    supporters = set(
        Pairing.objects.filter(recipient=patient.hospital_id, start__lte=today, end__gte=today).values_list(
            "supporter", flat=True
        )
    )
    pooled = set(Expert.objects.filter(left_at=None).values_list("hospital", flat=True))
    groups: dict[str, list[Hospital]] = {_("结对的支援医院"): [], _("有专家库的医院"): [], _("其他医院"): []}
    first, second, third = groups.values()
    for row in rows:
        (first if row.pk in supporters else second if row.pk in pooled else third).append(row)
    return [(title, found) for title, found in groups.items() if found]


def hospital_for(patient: Patient, pk: int) -> Hospital:
    """One of them."""
    return _one(Hospital.objects.exclude(pk=patient.hospital_id).select_related("org"), pk)


def _one(rows: QuerySet, pk: int):  # type: ignore[no-untyped-def]
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的记录，或不在您的查看范围内。") % {"pk": pk})
    return found
