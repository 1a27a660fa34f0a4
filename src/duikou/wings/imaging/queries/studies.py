"""Studies as an actor may see them; the pictures of one are shown with a look at its patient alone."""

from __future__ import annotations

from itertools import chain

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, within
from duikou.wings.imaging.models import Study, StudyGrant
from duikou.wings.patients.models import Patient
from duikou.wings.patients.queries.records import family


def studies(actor: Actor) -> QuerySet[Study]:
    """Studies with a patient that the actor may see, the latest first."""
    return (
        Study.objects.visible_to(actor)
        .exclude(patient=None)
        .select_related("hospital", "patient__hospital")
        .defer("patient__identity_sealed", "patient__phone_sealed")
    )


def study(actor: Actor, uid: str, permission: str | None = None) -> Study:
    """One study. Raises Missing for one that the actor does not see."""
    rows = Study.objects.visible_to(actor, permission).select_related("hospital__org", "patient__hospital")
    found = rows.filter(study_uid=uid).first()
    if found is None:
        raise Missing(_("没有这份检查，或不在您的查看范围内。"))
    return found


def of_patient(actor: Actor, patient: Patient) -> QuerySet[Study]:
    """Studies of a patient, and of the records that were merged into it, that the actor may see."""
    return studies(actor).filter(patient__in=family(patient))


def readable(actor: Actor) -> QuerySet[Study]:
    """Studies whose pictures the actor may see now. Whoever shows them writes the look down.

    Both are needed: sight of the study (the own hospital, or a live grant) and sight of its patient (the own
    hospital, a live share, an emergency). What a hospital made of another hospital's patient is part of its
    own records, and stays open to it when the share has ended.
    """
    rows = Study.objects.visible_to(actor).ready().select_related("hospital", "patient__hospital")
    seen = Patient.objects.visible_to(actor).values("pk")
    made = within(actor.paths(Study.read_permission), ("scope_path",)) & ~Q(patient__hospital=F("hospital"))
    return rows.filter(Q(patient__in=seen) | made)


def right_to(actor: Actor, study_uid: str) -> Study | None:
    """The study, if the actor may see its pictures now; None otherwise, and when there is none."""
    return readable(actor).filter(study_uid=study_uid).first()


def reach(actor: Actor, study: Study, permission: str) -> str:
    """The path where the actor has a permission for a study: of its hospital, or of a live grant.

    The hospital's where there is none, so that the refusal names the permission that lacks there.
    """
    granted = StudyGrant.objects.live().filter(study=study).values_list("path", flat=True)
    return actor.place_for(permission, chain(study.scope_paths(), granted))
