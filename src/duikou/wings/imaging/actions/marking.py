"""Pictures that readers point out, and the report that goes back to the pictures."""

from __future__ import annotations

import datetime as dt
import io

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, EncapsulatedPDFStorage, ExplicitVRLittleEndian

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, refused
from duikou.core.scope import Actor
from duikou.wings.imaging import storage
from duikou.wings.imaging.actions import _common
from duikou.wings.imaging.dicom import carried
from duikou.wings.imaging.dicom.rendering import png
from duikou.wings.imaging.forwarding import ask_to_forward
from duikou.wings.imaging.models import KeyImage, Study, StudyFile
from duikou.wings.imaging.queries import reach
from duikou.wings.imaging.uids import new_uid
from duikou.wings.imaging.windows import WINDOWS, window_of
from duikou.wings.patients.models import Patient

SEXES = {Patient.Sex.MALE: "M", Patient.Sex.FEMALE: "F"}
REPORT_SERIES = 9001  # far from the devices' own numbers


def mark(
    *,
    actor: Actor,
    file: StudyFile,
    frame: int = 1,
    window: str = "",
    note: str = "",
    reference: str = "",
) -> KeyImage:
    """Point a picture out, for all who see the study. Doing it twice changes nothing but note and window.

    Raises Missing for one that cannot be drawn: it could not be printed in an opinion.
    """
    study = file.study
    place = reach(actor, study, "study.view")
    with act("study.mark", actor=actor, permission="study.view", on=place, target=study) as event:
        _common.standing(study)
        if not 1 <= frame <= file.frames:
            raise refused("frame", _("没有这一帧：共 %(frames)s 帧。") % {"frames": file.frames})
        note = note.strip()
        if fault := guard.fault_of_text(note, 300):
            raise refused("note", fault)
        if window and window not in WINDOWS:
            raise refused("window", _("没有这个窗位。可选：%(known)s") % {"known": "、".join(WINDOWS)})
        png(storage.opened(file), frame, window_of(window))
        made, _new = KeyImage.objects.update_or_create(
            file=file,
            frame=frame,
            reference=reference,
            marked_by_id=actor.user_id,
            defaults={"note": note, "window": window, "demonstration": study.demonstration},
        )
        event.note(study, after={"file": file.pk, "frame": frame, "reference": reference})
    return made


def unmark(*, actor: Actor, mark: KeyImage) -> None:
    """Take one's own choice back. Raises Denied for another's."""
    study = mark.file.study
    place = reach(actor, study, "study.view")
    with act("study.unmark", actor=actor, permission="study.view", on=place, target=study) as event:
        if mark.marked_by_id != actor.user_id:
            raise Denied(_("只能取消自己标的关键图像。"))
        event.note(study, before={"file": mark.file_id, "frame": mark.frame, "reference": mark.reference})
        mark.delete()


def push_report(*, actor: Actor, study: Study, pdf: bytes, title: str, reference: str = "") -> StudyFile:
    """Put a signed report beside the pictures, as a DICOM file with the PDF in it.

    It carries the patient of the pictures, and goes the way of all files: kept here, sent to the live store.
    """
    place = reach(actor, study, "study.view")
    with act("study.report", actor=actor, permission="study.view", on=place, target=study) as event:
        _common.standing(study)
        if not pdf.startswith(b"%PDF-"):
            raise refused("pdf", _("报告应为 PDF 文件。"))
        made = _kept(study, encapsulated(study, pdf, title, timezone.localtime()))
        transaction.on_commit(lambda: ask_to_forward(study.pk))
        event.note(study, after={"file": made.pk, "reference": reference})
    return made


def encapsulated(study: Study, pdf: bytes, title: str, at: dt.datetime) -> FileDataset:
    """The DICOM file of a report."""
    patient = study.patient
    assert patient is not None
    if patient.erased_at is not None:
        raise Conflict(_("患者 %(number)s 的档案已到期销毁。") % {"number": patient.number})
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
    meta.MediaStorageSOPInstanceUID = UID(new_uid())
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID, data.SOPInstanceUID = EncapsulatedPDFStorage, meta.MediaStorageSOPInstanceUID
    data.StudyInstanceUID, data.SeriesInstanceUID = UID(study.study_uid), UID(new_uid())
    data.Modality, data.ConversionType, data.BurnedInAnnotation = "DOC", "WSD", "YES"
    data.SeriesNumber, data.InstanceNumber = REPORT_SERIES, 1
    data.SeriesDescription = data.DocumentTitle = title[:60]
    data.PatientName, data.PatientID = patient.name, carried.patient_id(study) or patient.number
    data.PatientBirthDate = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
    data.PatientSex = SEXES.get(Patient.Sex(patient.sex), "")
    taken = timezone.localtime(study.taken_at) if study.taken_at else at
    data.StudyDate, data.StudyTime = f"{taken:%Y%m%d}", f"{taken:%H%M%S}"
    data.ContentDate, data.ContentTime = f"{at:%Y%m%d}", f"{at:%H%M%S}"
    data.AcquisitionDateTime = ""
    data.StudyID = data.AccessionNumber = data.ReferringPhysicianName = data.Manufacturer = ""
    data.ConceptNameCodeSequence = []
    data.MIMETypeOfEncapsulatedDocument = "application/pdf"
    data.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    data.EncapsulatedDocumentLength = len(pdf)
    return data


def _kept(study: Study, data: FileDataset) -> StudyFile:
    written = io.BytesIO()
    data.save_as(written, enforce_file_format=True)
    sha256 = storage.keep_bytes(written.getvalue())
    return StudyFile.objects.create(
        study=study,
        sop_uid=data.SOPInstanceUID,
        sop_class=data.SOPClassUID,
        series_uid=data.SeriesInstanceUID,
        series_number=REPORT_SERIES,
        series_description=data.SeriesDescription,
        modality="DOC",
        number=1,
        size=len(written.getvalue()),
        sha256=sha256,
    )
