"""A report is the same study as its pictures to every store: it carries their patient's number."""

from __future__ import annotations

import io

import pydicom

from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.dicom.carried import patient_id
from duikou.wings.imaging.dicom.unpacking import Handed
from tests.tele.samples import series_files
from tests.wings.imaging.conftest import Lightbox
from tests.wings.imaging.conftest import box as box

PDF = b"%PDF-1.7 a signed opinion"


def test_the_number_of_the_pictures(box: Lightbox) -> None:
    for number, (carried, told) in enumerate((("INVENTED-1", "INVENTED-1"), ("", "")), start=1):
        files = series_files(2, study=number, PatientID=carried)
        handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
        patient = box.without_card()
        (study,) = actions.take(actor=box.doctor, patient=patient, handed=handed)
        assert patient_id(study) == told
        report = actions.push_report(actor=box.doctor, study=study, pdf=PDF, title="会诊意见")
        assert pydicom.dcmread(storage.opened(report)).PatientID == (told or patient.number)
    assert patient_id(box.study()) == ""  # without a picture
