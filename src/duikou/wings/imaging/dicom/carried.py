"""What a file that is added to a study has to have in common with the pictures that are in it."""

from __future__ import annotations

import pydicom
from pydicom.errors import InvalidDicomError

from duikou.wings.imaging import storage
from duikou.wings.imaging.models import Study


def patient_id(study: Study) -> str:
    """The patient's number as the pictures carry it; empty where they carry none.

    Stores of images count a study once for each number: a file with another one would be a second study of
    the same UID, and neither could be fetched any more (DICOM PS3.4 C.6.1.1: the patient is the root).
    """
    first = study.files.filter(frames__gt=0).order_by("pk").first()
    if first is None:
        return ""
    try:
        data = pydicom.dcmread(storage.opened(first), stop_before_pixels=True, specific_tags=["PatientID"])
    except InvalidDicomError:
        return ""
    return str(data.get("PatientID", "") or "")
