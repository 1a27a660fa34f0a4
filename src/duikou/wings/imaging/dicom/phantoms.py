"""Invented pictures (演示数据), marked in the pixels: sections of a chest, a chest from the front."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)

SLICES, CT_SIZE, DR_SIZE = 16, 256, 768
MARK = "DEMO"  # burned into the pixels: a picture that is copied out of its file still says what it is
NOTE = "演示数据"
Pixels = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom invented pictures name, under which UID they go, and when they were taken."""

    study_uid: str
    name: str
    number: str
    birth_date: dt.date
    sex: str  # M or F
    taken: dt.datetime


def chest_ct(whose: Whose, seed: int) -> list[bytes]:
    """Sections of a chest with a nodule somewhere in the right lung, in Hounsfield units."""
    dice = np.random.default_rng(seed)
    nodule = (dice.uniform(0.32, 0.52), dice.uniform(-0.15, 0.15), dice.uniform(5, 11))
    return [
        _written(
            whose,
            CTImageStorage,
            {
                "Modality": "CT",
                "StudyDescription": f"胸部 CT 平扫（{NOTE}）",
                "SeriesDescription": "轴位 5 mm",
                "InstanceNumber": number + 1,
                "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
                "SliceThickness": "5",
                "ImagePositionPatient": [-160, -160, 5 * number],
                "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
                "PixelSpacing": [1.25, 1.25],
                "RescaleIntercept": 0,
                "RescaleSlope": 1,
                "WindowCenter": 40,
                "WindowWidth": 400,
                "PixelRepresentation": 1,
            },
            _marked(_section(number, nodule, dice), 1200),
        )
        for number in range(SLICES)
    ]


def _section(number: int, nodule: tuple[float, float, float], dice: np.random.Generator) -> Pixels:
    y, x = _places(CT_SIZE)
    high = abs(number - SLICES / 2) / SLICES  # 0 in the middle of the chest
    picture = np.full((CT_SIZE, CT_SIZE), -1000.0)
    picture[(x / 0.92) ** 2 + (y / 0.72) ** 2 < 1] = -90  # fat
    picture[(x / 0.86) ** 2 + (y / 0.66) ** 2 < 1] = 50  # muscle
    for side in (-1, 1):
        lung = ((x - side * 0.42) / (0.31 - 0.2 * high)) ** 2 + ((y + 0.02) / (0.48 - 0.3 * high)) ** 2 < 1
        picture[lung] = -820
        vessels = (np.sin(19 * x + number) * np.cos(17 * y - number) > 0.93) & lung
        picture[vessels] = 30
    picture[((x - 0.08) / 0.26) ** 2 + ((y + 0.12) / 0.2) ** 2 < 1 - high] = 45  # heart
    picture[x**2 + (y - 0.43) ** 2 < 0.018] = 420  # spine
    picture[(np.abs(np.hypot(x / 0.84, y / 0.64) - 1) < 0.04) & (np.sin(14 * np.arctan2(y, x)) > 0.3)] = 600
    across, down, at = nodule
    size = 0.06 - 0.012 * abs(number - at)
    if size > 0:
        picture[(x + across) ** 2 + (y - down) ** 2 < size**2] = 40  # the patient's right is on the left
    return (picture + dice.normal(0, 14, picture.shape)).astype(np.int16)


def _places(size: int) -> tuple[Pixels, Pixels]:
    """How far down and across each pixel lies, from -1 to 1."""
    line = np.linspace(-1, 1, size)
    down, across = np.meshgrid(line, line, indexing="ij")
    return down, across


def chest_dr(whose: Whose, seed: int) -> list[bytes]:
    """A chest from the front."""
    dice = np.random.default_rng(seed)
    y, x = _places(DR_SIZE)
    thick = 2200 * np.clip(1.15 - (x / 0.95) ** 2 - 0.1 * y, 0.05, None) ** 0.5
    for side in (-1, 1):
        lung = ((x - side * 0.4) / 0.3) ** 2 + ((y + 0.1) / 0.62) ** 2
        thick -= 1300 * np.clip(1 - lung, 0, 1) ** 0.5
    thick += 700 * np.exp(-((x / 0.09) ** 2)) + 900 * np.exp(
        -(((x - 0.12) / 0.2) ** 2 + ((y - 0.3) / 0.25) ** 2)
    )
    ribs = np.sin(22 * (y + 0.35 * np.abs(x) ** 1.5)) > 0.72
    thick += 170 * ribs * (np.abs(x) < 0.8) * (np.abs(x) > 0.1)
    picture = np.clip(thick + dice.normal(0, 18, thick.shape), 0, 4095).astype(np.uint16)
    values = {
        "Modality": "DX",
        "StudyDescription": f"胸部正位 DR（{NOTE}）",
        "SeriesDescription": "胸部正位",
        "InstanceNumber": 1,
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "ImagerPixelSpacing": [0.5, 0.5],
        "WindowCenter": 1700,
        "WindowWidth": 3000,
        "PixelRepresentation": 0,
    }
    return [_written(whose, DigitalXRayImageStorageForPresentation, values, _marked(picture, 4095))]


def _marked(pixels: Pixels, value: int) -> Pixels:
    """The mark in the upper left corner, a tenth of the picture high."""
    height, width = pixels.shape
    sheet = Image.new("L", (width, height))
    font = ImageFont.load_default(size=height // 12)
    ImageDraw.Draw(sheet).text((width // 40, height // 60), MARK, fill=255, font=font)
    pixels[np.asarray(sheet) > 127] = value
    return pixels


def _written(whose: Whose, kind: UID, values: dict[str, Any], pixels: Pixels) -> bytes:
    number = values["InstanceNumber"]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = kind
    meta.MediaStorageSOPInstanceUID = UID(f"{whose.study_uid}.1.{number}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    usual: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": kind,
        "SOPInstanceUID": meta.MediaStorageSOPInstanceUID,
        "StudyInstanceUID": whose.study_uid,
        "SeriesInstanceUID": f"{whose.study_uid}.1",
        "FrameOfReferenceUID": f"{whose.study_uid}.0",
        "StudyDate": f"{whose.taken:%Y%m%d}",
        "StudyTime": f"{whose.taken:%H%M%S}",
        "StudyID": "DEMO",
        "SeriesNumber": 1,
        "PatientName": whose.name,
        "PatientID": whose.number,
        "PatientBirthDate": f"{whose.birth_date:%Y%m%d}",
        "PatientSex": whose.sex,
        "PatientComments": NOTE,
        "AccessionNumber": "",
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelData": pixels.tobytes(),
    }
    for name, value in {**usual, **values}.items():
        setattr(data, name, value)
    target = io.BytesIO()
    data.save_as(target, enforce_file_format=True)
    return target.getvalue()
