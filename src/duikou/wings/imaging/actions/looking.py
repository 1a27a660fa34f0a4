"""A look at a study's pictures: allowed or not, and written down as a look at its patient."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import right_to
from duikou.wings.patients import actions as patients
from duikou.wings.patients.models import Patient

ONE_LOOK = 600  # seconds: leafing through a study is one look, not one for each picture


def look(*, actor: Actor, study_uid: str, where: str) -> Study:
    """A study for the actor's eyes. Raises Missing when there is none, or it is not for this actor.

    The right is asked each time; the look is written again after some minutes.
    """
    study = right_to(actor, study_uid)
    if study is None or study.patient is None:
        raise Missing(_("没有这份检查，或不在您的查看范围内。"))
    key = f"looked:{actor.user_id}:{study.pk}:{where}"
    if cache.get(key) is None:
        if Patient.objects.visible_to(actor).filter(pk=study.patient.pk).exists():
            patients.look(actor=actor, number=study.patient.number, where=where)
        else:  # made by the actor's hospital while the patient was shared with it
            patients.note_own_work(actor=actor, patient=study.patient, where=where)
        cache.set(key, True, ONE_LOOK)
    return study
