"""DICOM files of invented people, made by a fixed recipe: the same bytes in every run."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ROOT = "2.25.7419"  # of invented files alone
NAME = "王建国"
SIZE = 128


def shades(slice_number: int, size: int = SIZE) -> np.ndarray[Any, Any]:
    """An invented section of a chest: body, two lungs, a spine, something to be found."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    picture = np.full((size, size), -1000)
    picture[(x / 0.9) ** 2 + (y / 0.7) ** 2 < 1] = 40
    for side in (-1, 1):
        picture[((x - side * 0.42) / 0.3) ** 2 + (y / 0.45) ** 2 < 1] = -800
    picture[x**2 + (y - 0.45) ** 2 < 0.02] = 700
    picture[(x - 0.4) ** 2 + (y + 0.05 * (slice_number % 5)) ** 2 < 0.004] = 60
    return picture.astype(np.int16)


def dataset(number: int = 1, study: int = 1, series: int = 1, **changes: Any) -> FileDataset:
    """One slice of an invented CT; a change of None leaves the element out."""
    uid = f"{ROOT}.{study}.{series}.{number}"
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = f"{ROOT}.0"
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    pixels = changes.pop("pixels", None)
    size = changes.pop("size", SIZE)
    picture = shades(number, size) if pixels is None else pixels
    values: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": uid,
        "StudyDate": "20140303",
        "StudyTime": "080000",
        "AccessionNumber": "",
        "Modality": "CT",
        "StudyDescription": "胸部平扫",
        "SeriesDescription": "肺窗",
        "PatientName": "王^建国",
        "PatientID": "INVENTED-1",
        "PatientBirthDate": "19560308",
        "PatientSex": "M",
        "StudyInstanceUID": f"{ROOT}.{study}",
        "SeriesInstanceUID": f"{ROOT}.{study}.{series}",
        "FrameOfReferenceUID": f"{ROOT}.{study}.{series}.0",
        "StudyID": str(study),
        "SeriesNumber": series,
        "InstanceNumber": number,
        "SliceThickness": "5",
        "ImagePositionPatient": [-160, -160, 5 * number],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [2.5, 2.5],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": picture.shape[0],
        "Columns": picture.shape[1],
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "RescaleIntercept": 0,
        "RescaleSlope": 1,
        "WindowCenter": -300,
        "WindowWidth": 1500,
        "PixelData": picture.tobytes(),
        **changes,
    }
    for name, value in values.items():
        if value is not None:
            setattr(data, name, value)
    return data


def written(data: FileDataset) -> bytes:
    """The file of a dataset."""
    target = io.BytesIO()
    data.save_as(target, enforce_file_format=True)
    return target.getvalue()


def slice_file(number: int = 1, **changes: Any) -> bytes:
    """The file of one slice."""
    return written(dataset(number, **changes))


def series_files(count: int = 20, **changes: Any) -> dict[str, bytes]:
    """The files of a series by name."""
    return {f"IMG{number:04d}.dcm": slice_file(number, **changes) for number in range(1, count + 1)}


def zipped(files: dict[str, bytes]) -> bytes:
    """Files as a .zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2014, 3, 3, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
