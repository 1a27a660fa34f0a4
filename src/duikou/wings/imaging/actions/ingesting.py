"""Pictures come in: a whole batch or nothing, checked against the patient under whom they are to be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.actions import act, require
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.wings.imaging import storage
from duikou.wings.imaging.actions import _common
from duikou.wings.imaging.dicom.checking import Fault, examine
from duikou.wings.imaging.dicom.reading import NO_SPACING, Header
from duikou.wings.imaging.dicom.unpacking import Handed, Refusal, lay_out
from duikou.wings.imaging.forwarding import ask_to_forward
from duikou.wings.imaging.models import Gateway, Study, StudyFile
from duikou.wings.patients.actions import reach
from duikou.wings.patients.models import Patient
from duikou.wings.patients.queries.records import family

GONE = (Study.State.WITHDRAWN, Study.State.ERASED)
KINDS = {"SM": Study.Kind.SLIDE, "ECG": Study.Kind.ECG, "HD": Study.Kind.ECG}


def take(*, actor: Actor, patient: Patient, handed: Iterable[Handed]) -> list[Study]:
    """Keep DICOM files (or archives of them) under a patient; the studies that they belong to.

    Raises Invalid, naming each file that is unsafe, no DICOM, damaged, or of somebody else; then nothing is
    kept. Files that are there already change nothing.
    """
    place = reach(actor, patient, "study.edit")
    require(actor, "study.edit", (place,))
    with storage.batch() as folder:
        headers, faults = examine(lay_out(handed, folder), patient)
        if faults:
            raise all_of(faults)
        return keep(actor, headers, place=place, patient=patient)


def all_of(faults: Sequence[Fault]) -> Invalid:
    """The objections to a batch as one: the message is the first, the field has all."""
    said = [Refusal(one.name, one.words[get_language() or "zh-hans"]) for one in faults]
    return Invalid(said[0].message, fields={"file": [str(one.message) for one in said]})


def keep(actor: Actor, headers: Sequence[Header], *, place: str, patient: Patient) -> list[Study]:
    """Rows and files of a batch that was checked, as an act of whoever uploads it."""
    with act("study.upload", actor=actor, permission="study.edit", on=place, target=patient) as event:
        if patient.erased_at is not None or patient.merged_into is not None:
            raise Conflict(
                _("患者 %(number)s 的档案已合并或销毁，不能再登记检查。") % {"number": patient.number}
            )
        studies = file_in(actor, headers, place=place, patient=patient)
        event.note(patient, after={"studies": [one.pk for one in studies], "files": len(headers)})
    return studies


def file_in(
    actor: Actor,
    headers: Sequence[Header],
    *,
    place: str,
    patient: Patient | None,
    gateway: Gateway | None = None,
    header_sealed: str = "",
) -> list[Study]:
    """Rows and files of checked headers, inside the caller's act."""
    by_study = groupby(sorted(headers, key=lambda one: one.study_uid), key=lambda one: one.study_uid)
    made = []
    for uid, group in by_study:
        parts = list(group)
        study = _study(actor, uid, parts, place, patient, gateway, header_sealed)
        _files(study, parts)
        transaction.on_commit(partial(ask_to_forward, study.pk))
        made.append(study)
    return made


def _study(
    actor: Actor,
    uid: str,
    parts: Sequence[Header],
    place: str,
    patient: Patient | None,
    gateway: Gateway | None,
    header_sealed: str,
) -> Study:
    hospital = _common.hospital_at(place)
    remarks = {remark for one in parts for remark in one.remarks}
    found = Study.objects.select_for_update().filter(study_uid=uid).first()
    if found is not None:
        same = patient is None or found.patient_id in family(patient)
        if found.hospital_id != hospital.pk or not same or found.state in GONE:
            raise Conflict(
                _("这些文件的检查（UID %(uid)s）已登记在别的患者或医院名下，或已撤下。整批没有保存。")
                % {"uid": uid}
            )
        found.remarks = sorted({*found.remarks, *remarks})
        found.measurable = found.measurable and NO_SPACING not in remarks
        found.save(update_fields=["remarks", "measurable"])
        return found
    first = min(parts, key=lambda one: (one.series_number, one.number))
    created: Study = Study.objects.create(
        patient=patient,
        hospital=hospital,
        scope_path=place,
        kind=KINDS.get(first.modality, Study.Kind.DICOM),
        modality=first.modality,
        study_uid=uid,
        description=first.description,
        taken_at=_past(first.taken_at),
        measurable=NO_SPACING not in remarks,
        remarks=sorted(remarks),
        state=Study.State.READY if patient else Study.State.UNMATCHED,
        gateway=gateway,
        header_sealed=header_sealed,
        received_by_id=actor.user_id,
        demonstration=bool(patient and patient.demonstration),
    )
    return created


def _past(at: dt.datetime | None) -> dt.datetime | None:
    """A time that has come; a device whose clock runs far ahead has told none."""
    return at if at is not None and at < timezone.now() + dt.timedelta(days=1) else None


def _files(study: Study, parts: Sequence[Header]) -> None:
    known = {
        row.sop_uid: row
        for row in StudyFile.objects.filter(sop_uid__in=[one.sop_uid for one in parts]).only(
            "sop_uid", "study_id", "sha256"
        )
    }
    fresh: dict[str, StudyFile] = {}
    for one in parts:
        sha256 = storage.digest(one.laid.path)
        there = known.get(one.sop_uid) or fresh.get(one.sop_uid)
        if there is not None:
            if there.study_id != study.pk or there.sha256 != sha256:
                raise Conflict(
                    _("文件“%(name)s”的图像 UID 已用于另一内容的图像。请从设备重新导出。整批没有保存。")
                    % {"name": one.laid.name}
                )
            continue
        size = one.laid.path.stat().st_size
        storage.keep(one.laid.path, sha256)
        fresh[one.sop_uid] = StudyFile(
            study=study,
            sop_uid=one.sop_uid,
            sop_class=one.sop_class,
            series_uid=one.series_uid,
            series_number=one.series_number,
            series_description=one.series_description,
            modality=one.modality,
            number=one.number,
            frames=one.frames,
            size=size,
            sha256=sha256,
        )
    StudyFile.objects.bulk_create(fresh.values())
