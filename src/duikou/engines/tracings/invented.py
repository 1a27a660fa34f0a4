"""Invented tracings (演示数据) as DICOM files: for demonstrations and tests, of nobody."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, TwelveLeadECGWaveformStorage

from duikou.engines.tracings.model import LEADS, Floats

RATE = 500
TAKEN = dt.datetime(2026, 11, 28, 9)  # noqa: DTZ001 - DICOM times are of the place
STEP = 2.5  # microvolts
_NUMBERS = (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8)
# Height of P, Q, R, S, T in microvolts, by lead that is recorded itself.
_WAVES = {
    "I": (80, -40, 700, -80, 200),
    "II": (130, -60, 1100, -120, 300),
    "V1": (60, 0, 250, -900, -80),
    "V2": (70, 0, 500, -1400, 450),
    "V3": (70, 0, 800, -900, 500),
    "V4": (80, -30, 1400, -450, 450),
    "V5": (80, -60, 1300, -200, 380),
    "V6": (80, -60, 1000, -100, 300),
}
_SHAPES = ((-0.16, 0.025), (-0.028, 0.009), (0.0, 0.011), (0.030, 0.010), (0.28, 0.055))  # place, width in s


def waves(seed: int, seconds: float = 10.0, rate: int = RATE) -> dict[str, Floats]:
    """Twelve leads of a regular rhythm in microvolts, with a little noise."""
    dice = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    every = 60 / dice.uniform(55, 95)
    beats = np.arange(0.4, seconds + 1, every) + dice.normal(0, 0.01, len(np.arange(0.4, seconds + 1, every)))
    leads = {}
    for lead, heights in _WAVES.items():
        line = dice.normal(0, 6, len(time)) + 40 * np.sin(2 * np.pi * 0.25 * time + dice.uniform(0, 6))
        for beat in beats:
            for height, (place, width) in zip(heights, _SHAPES, strict=True):
                line += height * np.exp(-(((time - beat - place) / width) ** 2) / 2)
        leads[lead] = line
    one, two = leads["I"], leads["II"]
    leads |= {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return {lead: leads[lead] for lead in LEADS}


def tracing_file(
    seed: int,
    *,
    taken: dt.datetime = TAKEN,
    study_uid: str = "",
    patient: Dataset | None = None,
) -> bytes:
    """A 12-lead DICOM file with the device's measurements."""
    return written(dataset(waves(seed), seed=seed, taken=taken, study_uid=study_uid, patient=patient))


def dataset(
    leads: dict[str, Floats],
    *,
    rate: int = RATE,
    seed: int = 0,
    taken: dt.datetime = TAKEN,
    study_uid: str = "",
    patient: Dataset | None = None,
) -> FileDataset:
    """These leads as a data set that can still be spoiled."""
    root = f"2.25.{10**20 + seed}"
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = TwelveLeadECGWaveformStorage
    meta.MediaStorageSOPInstanceUID = UID(f"{root}.3")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    file.SpecificCharacterSet = "ISO_IR 192"
    file.SOPClassUID, file.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    file.StudyInstanceUID, file.SeriesInstanceUID = study_uid or f"{root}.1", f"{root}.2"
    file.Modality = "ECG"
    file.StudyDate = file.AcquisitionDate = taken.strftime("%Y%m%d")
    file.StudyTime = taken.strftime("%H%M%S")
    file.AcquisitionDateTime = taken.strftime("%Y%m%d%H%M%S")
    file.StudyDescription = "常规心电图（演示数据）"
    file.PatientName, file.PatientID = "演示", f"DEMO-{seed}"
    if patient is not None:
        file.update(patient)
    group = Dataset()
    group.MultiplexGroupTimeOffset = 0
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = len(leads)
    group.NumberOfWaveformSamples = len(next(iter(leads.values())))
    group.SamplingFrequency = rate
    group.MultiplexGroupLabel = "RHYTHM"
    group.ChannelDefinitionSequence = [_channel(lead) for lead in leads]
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    table = np.column_stack([np.round(values / STEP) for values in leads.values()]).astype("<i2")
    group.WaveformData = table.tobytes()
    file.WaveformSequence = [group]
    file.WaveformAnnotationSequence = [
        _note("RR Interval", 857, "ms"),
        _note("PR Interval", 160, "ms"),
        _note("QRS Duration", 92, "ms"),
        _note("QT Interval", 380, "ms"),
        _note("QRS Axis", 56, "deg"),
    ]
    return file


def written(file: FileDataset) -> bytes:
    """The file's bytes."""
    out = BytesIO()
    file.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _channel(lead: str) -> Dataset:
    channel = Dataset()
    number = _NUMBERS[LEADS.index(lead)] if lead in LEADS else 99
    channel.ChannelSourceSequence = [_code(f"5.6.3-9-{number}", "SCPECG", f"Lead {lead}")]
    channel.ChannelSensitivity = STEP
    channel.ChannelSensitivityUnitsSequence = [_code("uV", "UCUM", "microvolt")]
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelBaseline = 0
    channel.WaveformBitsStored = 16
    return channel


def _note(name: str, value: float, unit: str) -> Dataset:
    note = Dataset()
    note.AnnotationGroupNumber = 1
    note.ReferencedWaveformChannels = [1, 0]
    note.ConceptNameCodeSequence = [_code(name, "SCPECG", name)]
    note.MeasurementUnitsCodeSequence = [_code(unit, "UCUM", unit)]
    note.NumericValue = value
    return note
