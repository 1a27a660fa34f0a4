"""Grants that let another hospital see a study; written by the wing that needs them, never by hand."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.actions import _common
from duikou.wings.imaging.models import Study, StudyGrant


def grant(*, actor: Actor, study: Study, hospital: Hospital, reference: str, path: str = "") -> StudyGrant:
    """Let another hospital (or its department at `path`) see a study until the reference is closed.

    The other side sees the pictures only while it also sees the patient (`patients.actions.share`). Doing it
    twice for one reference changes nothing.
    """
    with act("study.grant", actor=actor, permission="study.edit", on=study) as event:
        _common.standing(study)
        path = path or hospital.scope_path
        if not contains(hospital.scope_path, path) or hospital.pk == study.hospital_id:
            raise refused("hospital", _("请选择另一家医院：本院的检查本院已能看到。"))
        same = {"study": study, "path": path, "reference": reference}
        if made := StudyGrant.objects.live().filter(**same).first():
            return made
        try:
            with transaction.atomic():
                made = StudyGrant.objects.create(
                    hospital=hospital,
                    granted_by_id=actor.user_id,
                    demonstration=study.demonstration,
                    **same,
                )
        except IntegrityError:  # somebody else was faster: theirs holds
            return StudyGrant.objects.live().get(**same)
        event.note(study, after={"with": hospital.name, "reference": reference})
    return made


def end_grant(*, actor: Actor, grant: StudyGrant) -> StudyGrant:
    """End one grant, by the hospital that made the study. Raises Conflict for one that has ended."""
    study = grant.study
    with act("study.grant_ended", actor=actor, permission="study.edit", on=study) as event:
        won = StudyGrant.objects.live().filter(pk=grant.pk)
        if not won.update(ended_at=timezone.now(), ended_by=actor.user_id):
            raise Conflict(_("授权已经结束。请刷新页面。"))
        grant.refresh_from_db()
        event.note(study, before={"with": grant.hospital.name, "reference": grant.reference})
    return grant


def end_grants(*, actor: Actor, reference: str) -> int:
    """End all grants of a reference that is closed; how many there were.

    For the wing that owns the reference: whoever may close it there takes rights away, and gives none.
    """
    with act("study.grants_ended", actor=actor, permission="study.view") as event:
        ended = StudyGrant.objects.live().filter(reference=reference)
        count: int = ended.update(ended_at=timezone.now(), ended_by=actor.user_id)
        event.note(label=reference, after={"reference": reference, "ended": count})
    return count
