"""A look at a patient's record: allowed or not, and written down in the same transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.errors import Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.patients.models import Access, BreakGlass, Patient, Share

Grounds, Purpose, Where = Access.Grounds, Access.Purpose, Access.Where
OF_SHARE = {
    Share.Kind.REFERRAL: Purpose.REFERRAL,
    Share.Kind.CONSULTATION: Purpose.CONSULTATION,
    Share.Kind.CARE: Purpose.CARE,
}


def look(*, actor: Actor, number: str, where: str, purpose: str = "") -> Patient:
    """A record for the actor's eyes, with the look written down; the only way to read one.

    Raises Missing when there is no such record, or it is not for this actor: the two look alike.
    """
    with transaction.atomic():
        patient = (
            Patient.objects.visible_to(actor)
            .select_related(
                "hospital__org", "department", "residence__parent", "merged_into", "registered_by"
            )
            .filter(number=number)
            .first()
        )
        if patient is None:
            raise Missing(_("没有编号为 %(number)s 的患者，或不在您的查看范围内。") % {"number": number})
        grounds, usual = _right(actor, patient)
        _write(actor, patient, grounds, purpose or usual, where)
    return patient


def note_match(*, actor: Actor, patient: Patient) -> None:
    """Somebody learnt where a record is kept by typing its identity number; that is written down, too."""
    with transaction.atomic():
        _write(actor, patient, Grounds.MATCH, Purpose.DOUBLES, Where.PAGE)


def _right(actor: Actor, patient: Patient) -> tuple[str, str]:
    """By what right the actor sees a record, and what for unless said otherwise."""
    allowed = actor.paths("patient.view")
    if any(contains(path, patient.scope_path) for path in allowed):
        return Grounds.OWN, Purpose.CARE
    shares = Share.objects.live().filter(patient=patient).order_by("pk").values_list("path", "kind")
    for path, kind in shares:
        if any(contains(mine, path) for mine in allowed):
            return Grounds.SHARE, OF_SHARE[Share.Kind(kind)]
    return Grounds.EMERGENCY, Purpose.EMERGENCY


def _write(actor: Actor, patient: Patient, grounds: str, purpose: str, where: str) -> None:
    home = actor.home
    Access.objects.create(
        patient=patient,
        scope_path=patient.scope_path,
        user_id=actor.user_id,
        reader=guard.keepable(actor.label)[:120],
        reader_place=guard.keepable(home.org_name)[:120] if home else "",
        grounds=grounds,
        purpose=purpose,
        place=where,
        demonstration=patient.demonstration,
    )


def open_emergency(actor: Actor, patient: Patient) -> BreakGlass | None:
    """The actor's own emergency access to a record, while its hours run."""
    rows = BreakGlass.objects.live(timezone.now()).filter(patient=patient, user=actor.user_id)
    return rows.order_by("-until").first()
