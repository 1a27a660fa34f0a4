"""A slide comes in, is examined, and where the gate doubts it somebody decides."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.jobs.actions import request_job
from duikou.core.scope import SYSTEM, Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.imaging.actions import register
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import study as find_study
from duikou.wings.pathology import storing
from duikou.wings.pathology.catalogue import SERIOUS
from duikou.wings.pathology.gate import Findings
from duikou.wings.pathology.models import Slide
from duikou.wings.patients.queries import records

State = Slide.State


def add(*, actor: Actor, study: Study, upload: str, title: str, stain: str) -> Slide:
    """Take an uploaded file over as a slide of a study, and have it examined.

    Raises Conflict for an upload that is not whole, and for a file that the study has already.
    """
    with act("slide.add", actor=actor, permission="study.edit", on=study) as event:
        title = title.strip()
        fields: dict[str, list[str]] = {}
        if not title:
            fields["title"] = [_("请写明部位与蜡块号，如“胃窦 A1”。")]
        elif fault := guard.fault_of_text(title, 60):
            fields["title"] = [fault]
        if stain not in Slide.Stain.values:
            fields["stain"] = [_("请选择染色。")]
        if study.kind != Study.Kind.SLIDE or study.state != Study.State.READY:
            fields["study"] = [_("切片只能放入可用的病理切片检查。")]
        if fields:
            raise Invalid(next(iter(fields.values()))[0], fields=fields)
        taken, arrived = uploads.take(actor=actor, key=upload, kind="slide")
        try:
            with transaction.atomic():
                made = Slide.objects.create(
                    study=study,
                    title=title,
                    stain=stain,
                    filename=taken.filename,
                    size=taken.size,
                    sha256=taken.sha256,
                    added_by_id=actor.user_id,
                    demonstration=study.demonstration,
                )
        except IntegrityError as error:
            raise Conflict(_("这份检查已有同一个文件的切片。")) from error
        storing.keep(made.number, arrived)
        ask_check(actor, made)
        event.note(study, after={"slide": made.number, "sha256": made.sha256, "size": made.size})
    return made


def ask_check(actor: Actor, slide: Slide) -> None:
    """Have a slide examined by a worker."""
    from duikou.wings.pathology.tasks import check_slide

    request_job(
        check_slide,
        slide.pk,
        actor=actor,
        scope_path=slide.study.scope_path,
        subject=slide.number,
        dedupe=f"slide-{slide.pk}",
    )


def note_findings(*, slide: Slide, found: Findings) -> Slide:
    """What the gate found decides: ready, doubtful (somebody has to say), or refused. Once for a slide."""
    with act(
        "slide.checked", actor=SYSTEM, permission="study.edit", on=slide.study.scope_path, target=slide.study
    ) as event:
        serious = set(found.doubts) & set(SERIOUS)
        state = State.REFUSED if found.fault else State.DOUBTFUL if serious else State.READY
        if found.overview:
            storing.keep_overview(slide.number, found.overview)
        values = {
            name: getattr(found, name)
            for name in (
                "fault", "vendor", "width", "height", "levels", "mpp_x", "mpp_y", "objective", "focus",
                "has_label",
            )
        }  # fmt: skip
        Slide.objects.filter(pk=slide.pk, state=State.CHECKING).update(
            state=state, doubts=list(found.doubts), checked_at=timezone.now(), **values
        )
        slide.refresh_from_db()
        event.note(
            slide.study,
            after={"slide": slide.number, "state": slide.state, "fault": slide.fault, "doubts": slide.doubts},
        )
    return slide


def decide(*, actor: Actor, slide: Slide, good: bool, reason: str) -> Slide:
    """Say of a slide that the gate doubts whether it can be read. Of several at once exactly one counts."""
    with act("slide.decide", actor=actor, permission="study.edit", on=slide.study) as event:
        reason = require_reason(reason)
        state = State.READY if good else State.REFUSED
        won = Slide.objects.filter(pk=slide.pk, state=State.DOUBTFUL).update(
            state=state, decision=reason, decided_by=actor.user_id
        )
        if not won:
            raise Conflict(_("这张切片不在“质量存疑”状态，或刚由他人处理。请刷新。"))
        slide.refresh_from_db()
        event.note(slide.study, after={"slide": slide.number, "state": state}, reason=reason)
    return slide


def bring_in(
    *, actor: Actor, study_uid: str, patient_number: str, upload: str, title: str, stain: str
) -> Slide:
    """A slide in a study that is there, or in a new one of a patient: both or neither.

    Raises Conflict for a study, a patient or an upload that is not there for the actor.
    """
    with together():
        try:
            if study_uid:
                study = find_study(actor, study_uid, "study.edit")
            else:
                patient = records.visible(actor, patient_number.strip().upper())
                study = register(
                    actor=actor, patient=patient, kind=Study.Kind.SLIDE, modality="SM", description=title
                )
            return add(actor=actor, study=study, upload=upload, title=title, stain=stain)
        except Missing as error:
            raise Conflict(error.message) from error
