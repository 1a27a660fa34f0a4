"""What a DICOM file says of itself: checked as far as it is relied on."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass, field
from typing import Any

import pydicom
from django.utils import timezone
from django.utils.translation import gettext as _
from pydicom.charset import python_encoding
from pydicom.dataset import FileDataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from pydicom.uid import RLELossless

from duikou.core import guard
from duikou.wings.imaging.dicom.unpacking import Laid, Refusal
from duikou.wings.imaging.uids import is_uid

PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
UNMEASURED = frozenset({"SR", "PR", "KO", "DOC", "SEG", "RTSTRUCT", "ECG", "HD", "EPS"})
NO_SPACING, NO_CHARSET, NO_BIRTH = "no_spacing", "no_charset", "no_birth"
NAME, BIRTH, SEX, ID = "PatientName", "PatientBirthDate", "PatientSex", "PatientID"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a file names."""

    name: str  # as written: family^given, several spellings separated by =
    birth_date: dt.date | None
    sex: str  # male, female, or empty
    number: str


@dataclass(frozen=True, slots=True)
class Header:
    """What is kept of a file's header."""

    laid: Laid
    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class: str
    person: Person
    modality: str
    description: str
    taken_at: dt.datetime | None
    series_number: int
    series_description: str
    number: int
    frames: int
    remarks: frozenset[str] = field(default_factory=frozenset)


def read(laid: Laid) -> Header:
    """The header of a file. Raises Invalid, naming the file, when it is no DICOM file or damaged."""
    data = dataset(laid)
    encoding, remarks = _encoding(data)
    pictures = any(name in data for name in PIXELS)
    uids = [
        _text(data, name)
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
    ]
    if not all(map(is_uid, uids)):
        raise Refusal(laid.name, _("缺少检查、序列或图像的唯一标识（UID），不能保存。"))
    if pictures:
        _whole(laid, data)
    modality = _text(data, "Modality")[:16]
    if pictures and modality not in UNMEASURED and not spacing(data):
        remarks.add(NO_SPACING)
    born = _date(_text(data, BIRTH))
    if born is None:
        remarks.add(NO_BIRTH)
    return Header(
        laid=laid,
        study_uid=uids[0],
        series_uid=uids[1],
        sop_uid=uids[2],
        sop_class=uids[3],
        person=Person(
            _decoded(data, NAME, encoding),
            born,
            {"M": "male", "F": "female"}.get(_text(data, SEX).upper(), ""),
            _decoded(data, ID, encoding),
        ),
        modality=modality,
        description=_decoded(data, "StudyDescription", encoding)[:120],
        taken_at=_moment(data),
        series_number=_number(data, "SeriesNumber"),
        series_description=_decoded(data, "SeriesDescription", encoding)[:120],
        number=_number(data, "InstanceNumber"),
        frames=max(1, _number(data, "NumberOfFrames")) if pictures else 0,
        remarks=frozenset(remarks),
    )


def dataset(laid: Laid) -> FileDataset:
    """The parsed file. Raises Invalid, naming the file, when it cannot be parsed."""
    with laid.path.open("rb") as file:
        start = file.read(132)
    if start[128:] != b"DICM":
        raise Refusal(laid.name, _("不是 DICOM 文件（缺少 DICM 标记）。"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = pydicom.dcmread(laid.path)
            data.file_meta.TransferSyntaxUID  # noqa: B018  (without it pixels mean nothing)
            list(data.keys())
    except Exception as error:  # pydicom raises errors of many kinds for damaged files
        raise Refusal(laid.name, _("已损坏，读不出 DICOM 内容。请从设备或 PACS 重新导出。")) from error
    return data


def _whole(laid: Laid, data: FileDataset) -> None:
    """Raise Invalid unless the pixels are all there."""
    syntax = data.file_meta.TransferSyntaxUID
    try:
        found = len(data.PixelData) if "PixelData" in data else None
        frames = max(1, _number(data, "NumberOfFrames"))
        bits = int(data.BitsAllocated)
        wanted = -(-int(data.Rows) * int(data.Columns) * int(data.SamplesPerPixel) * bits * frames // 8)
    except Exception as error:
        raise Refusal(laid.name, _("图像的尺寸信息缺失或有误。请从设备或 PACS 重新导出。")) from error
    subsampled = str(data.get("PhotometricInterpretation", "")).startswith("YBR_FULL_422")
    if wanted <= 0:
        raise Refusal(laid.name, _("图像的尺寸信息缺失或有误。请从设备或 PACS 重新导出。"))
    if found is not None and not syntax.is_compressed and not subsampled and found < wanted:
        raise Refusal(
            laid.name,
            _("图像数据不完整：应有 %(wanted)s 字节，实际 %(found)s 字节。请重新导出。")
            % {"wanted": wanted, "found": found},
        )
    if found is not None and syntax.is_compressed and not _framed(data, frames):
        raise Refusal(laid.name, _("压缩的图像数据不完整。请重新导出。"))


def _framed(data: FileDataset, frames: int) -> bool:
    """Whether a packed picture has its parts, and each ends where its kind says."""
    from pydicom.encaps import generate_frames

    try:
        parts = list(generate_frames(data.PixelData, number_of_frames=frames))
    except Exception:
        return False
    jpeg = data.file_meta.TransferSyntaxUID != RLELossless
    ended = all(b"\xff\xd9" in part[-4:] for part in parts) if jpeg else True
    return len(parts) == frames and all(parts) and ended


def spacing(data: Any) -> tuple[float, float] | None:
    """The size of a pixel in mm, where the file says one that can be."""
    candidates = [data.get("PixelSpacing"), data.get("ImagerPixelSpacing")]
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in data.get(name) or ():
            candidates += [
                measure.get("PixelSpacing") for measure in group.get("PixelMeasuresSequence") or ()
            ]
    for region in data.get("SequenceOfUltrasoundRegions") or ():
        candidates.append([region.get("PhysicalDeltaY"), region.get("PhysicalDeltaX")])
    for found in candidates:
        try:
            down, across = (float(value) for value in found)
        except (TypeError, ValueError):
            continue
        if 0 < abs(down) < 1000 and 0 < abs(across) < 1000:
            return abs(down), abs(across)
    return None


def _encoding(data: FileDataset) -> tuple[str, set[str]]:
    """How text is written, and what is wrong with what the file says about it.

    Old devices write Chinese and say nothing: UTF-8 where it can be read so, else GB 18030.
    """
    said = data.get("SpecificCharacterSet")
    known = [python_encoding.get(one) for one in ([said] if isinstance(said, str) else said or []) if one]
    raw = b"".join(_raw(data, name) for name in (NAME, ID, "StudyDescription", "SeriesDescription"))
    if known and all(known):
        return "", set()
    if raw.isascii():
        return "", set()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030", {NO_CHARSET}
    return "utf-8", {NO_CHARSET}


def _raw(data: FileDataset, name: str) -> bytes:
    element = data.get_item(Tag(name))
    value = getattr(element, "value", None)
    return value if isinstance(value, bytes) else b""


def _decoded(data: FileDataset, name: str, encoding: str) -> str:
    """A text in the encoding that was found; in the one that the file names where that is good."""
    if encoding:
        return _tidy(_raw(data, name).decode(encoding, "replace"))
    return _text(data, name)


def _text(data: FileDataset, name: str) -> str:
    try:
        value = data.get(name)
    except Exception:  # a value that cannot be what its kind says
        return ""
    return _tidy(
        "" if value is None else "\\".join(map(str, value)) if isinstance(value, MultiValue) else str(value)
    )


def _tidy(text: str) -> str:
    return " ".join(guard.keepable(text).replace("\0", "").split())


def _number(data: FileDataset, name: str) -> int:
    try:
        found = int(_text(data, name) or 0)
    except ValueError:
        return 0
    return found if abs(found) < 2**31 else 0


def _date(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text.replace(".", "")[:8], "%Y%m%d").date()  # noqa: DTZ007  (a date)
    except ValueError:
        return None


def _moment(data: FileDataset) -> dt.datetime | None:
    day = _date(_text(data, "StudyDate") or _text(data, "AcquisitionDate") or _text(data, "ContentDate"))
    if day is None:
        return None
    digits = (_text(data, "StudyTime").partition(".")[0] + "000000")[:6]
    try:
        time = dt.datetime.strptime(digits, "%H%M%S").time()  # noqa: DTZ007  (a time)
    except ValueError:
        time = dt.time()
    return timezone.make_aware(dt.datetime.combine(day, time))
