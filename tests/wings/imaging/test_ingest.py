"""Pictures coming in: a whole batch or nothing, each refusal with the file's name and what to do."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.dicom import unpacking
from duikou.wings.imaging.dicom.identity import same_name
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import Study, StudyFile
from duikou.wings.patients.models import Patient
from tests.tele.samples import dataset, series_files, slice_file, written, zipped
from tests.wings.imaging.conftest import Lightbox


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def take(box: Lightbox, patient: Patient, files: dict[str, bytes], **more: Any) -> list[Study]:
    handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
    return actions.take(actor=more.get("actor", box.doctor), patient=patient, handed=handed)


def refused(box: Lightbox, files: dict[str, bytes], *said: str, patient: Patient | None = None) -> None:
    """Refused in these words, and nothing is left of the batch: no row, no file."""
    with pytest.raises((Invalid, Conflict)) as caught:
        take(box, patient or box.without_card(), files)
    for part in said:
        assert part in str(caught.value), str(caught.value)
    assert not Study.objects.exists()
    assert not [path for path in Path(storage.path_of("00")).parents[1].rglob("*") if path.is_file()]


def test_a_series_is_kept_as_it_came(box: Lightbox) -> None:
    patient, files = box.without_card(), series_files(5)
    (study,) = take(box, patient, files)
    assert (study.patient, study.hospital, study.kind, study.modality) == (patient, box.home, "dicom", "CT")
    assert (study.description, study.measurable, study.remarks) == ("胸部平扫", True, [])
    rows = list(study.files.all())
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [storage.opened(row).read_bytes() for row in rows] == list(files.values())
    assert all(row.frames == 1 and row.forwarded_at is None for row in rows)
    event = AuditEvent.objects.get(action="study.upload")
    assert "建国" not in f"{event.after}{event.target_label}"


def test_an_archive_is_the_same_as_its_files(box: Lightbox) -> None:
    inside = {"CD/DICOMDIR": b"an index", **{f"CD/{name}": one for name, one in series_files(3).items()}}
    (study,) = take(box, box.without_card(), {"肺.zip": zipped(inside)})
    assert study.files.count() == 3


def test_the_same_again_changes_nothing_and_more_is_added(box: Lightbox) -> None:
    patient = box.without_card()
    (study,) = take(box, patient, series_files(2))
    assert take(box, patient, series_files(3)) == [study]
    assert study.files.count() == 3
    with pytest.raises(Conflict, match="UID"):
        take(box, patient, {"a.dcm": slice_file(1, StudyDescription="另一份")})
    with pytest.raises(Conflict, match="别的患者"):
        take(box, box.without_card(), {"a.dcm": slice_file(9)})
    assert StudyFile.objects.count() == 3


def test_one_bad_file_refuses_the_whole_batch(box: Lightbox) -> None:
    good = series_files(3)
    refused(box, {**good, "说明.txt": b"hello"}, "说明.txt", "不是 DICOM", "整批没有保存")
    refused(box, {**good, "x.dcm": b"\0" * 128 + b"DICM" + b"\xff" * 50}, "x.dcm", "损坏")
    refused(box, {**good, "short.dcm": slice_file(9)[:-700]}, "short.dcm", "不完整", "32768", "32068")
    refused(box, {**good, "noid.dcm": slice_file(9, StudyInstanceUID=None)}, "noid.dcm", "UID")
    refused(box, {**good, "size.dcm": slice_file(9, Rows=None)}, "size.dcm", "尺寸")
    refused(box, {}, "没有文件")


def test_a_packed_picture_cut_short_is_refused(box: Lightbox) -> None:
    data = dataset(1, PhotometricInterpretation="MONOCHROME2", BitsAllocated=8, BitsStored=8, HighBit=7)
    data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    data.PixelData = encapsulate([b"\xff\xd8 not the end of a picture"])
    data["PixelData"].VR = "OB"
    data["PixelData"].is_undefined_length = True
    refused(box, {"j.dcm": written(data)}, "j.dcm", "不完整")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PatientName": "李^四"}, ("姓名应为“王建国”", "文件中为“李 四”")),
        ({"PatientName": ""}, ("姓名应为“王建国”", "（空）")),
        ({"PatientBirthDate": "19570308"}, ("出生日期应为“1956-03-08”", "1957-03-08")),
        ({"PatientSex": "F"}, ("性别应为“男”", "女")),
    ],
)
def test_pictures_of_somebody_else_are_refused(
    box: Lightbox, changes: dict[str, str], said: tuple[str, ...]
) -> None:
    files = {**series_files(2), "other.dcm": slice_file(3, **changes)}
    refused(box, files, "other.dcm", "与所选患者不符", *said)


@pytest.mark.parametrize(
    ("written_name", "name", "same"),
    [
        ("王^建国", "王建国", True),
        ("Wang^Jianguo=王^建国", "王建国", True),
        ("WANG JIAN GUO", "王建国", True),
        ("Jianguo^Wang", "王建国", True),
        ("Wang^Jianguo=汪^建国", "王建国", False),
        ("Wang^Jianhua", "王建国", False),
        ("LV^MIN", "吕敏", True),
        ("阿依古丽·买买提", "阿依古丽·买买提", True),
        ("John^Smith", "John Smith", True),
        ("ANONYMOUS", "王建国", False),
        ("", "王建国", False),
        ("^^^", "王建国", False),
    ],
)
def test_names_as_devices_write_them(written_name: str, name: str, same: bool) -> None:
    assert same_name(written_name, name) is same


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_without_a_character_set_is_read(box: Lightbox, encoding: str) -> None:
    data = dataset(1, SpecificCharacterSet=None, StudyDescription=None, SeriesDescription=None)
    data.PatientName = "X" * len("王^建国".encode(encoding))
    content = written(data).replace(b"X" * len("王^建国".encode(encoding)), "王^建国".encode(encoding))
    (study,) = take(box, box.without_card(), {"old.dcm": content})
    assert study.remarks == ["no_charset"]


def test_gb18030_is_read_as_it_says(box: Lightbox) -> None:
    (study,) = take(box, box.without_card(), {"a.dcm": slice_file(1, SpecificCharacterSet="GB18030")})
    assert (study.remarks, study.description) == ([], "胸部平扫")


@pytest.mark.parametrize("spacing", [None, [0, 0], [0.5, 0]])
def test_without_the_size_of_a_pixel_nothing_is_measured(box: Lightbox, spacing: Any) -> None:
    files = {**series_files(2), "flat.dcm": slice_file(3, PixelSpacing=spacing)}
    (study,) = take(box, box.without_card(), files)
    assert (study.measurable, study.remarks) == (False, ["no_spacing"])


def test_hostile_archives(box: Lightbox, monkeypatch: pytest.MonkeyPatch) -> None:
    good = slice_file(1)
    for name in ("../out.dcm", "/etc/out.dcm", "a\\..\\b.dcm", "c:x.dcm"):
        refused(box, {"evil.zip": zipped({name: good})}, "evil.zip", "不安全")
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("link.dcm")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    refused(box, {"link.zip": link.getvalue()}, "不安全")
    refused(box, {"bomb.zip": zipped({"a.dcm": b"\0" * 30_000_000})}, "压缩炸弹")
    refused(box, {"cut.zip": zipped({"a.dcm": good})[:-40]}, "损坏")
    broken = bytearray(zipped({"a.dcm": good}))
    broken[200:240] = b"\xaa" * 40
    refused(box, {"broken.zip": bytes(broken)}, "损坏")
    monkeypatch.setattr(unpacking, "MOST_FILES", 2)
    refused(box, {"many.zip": zipped(series_files(3))}, "最多 2 个文件")
    monkeypatch.setattr(unpacking, "MOST_BYTES", 50_000)
    refused(box, {"a": good, "b": slice_file(2)}, "太大")


def test_a_size_that_lies_is_counted(box: Lightbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_OF_ONE", 20_000)
    packed = bytearray(zipped({"a.dcm": slice_file(1)}))
    central = packed.rfind(b"PK\x01\x02")
    packed[central + 24 : central + 28] = (10).to_bytes(4, "little")
    refused(box, {"liar.zip": bytes(packed)}, "整批没有保存")


def test_only_where_one_may(box: Lightbox) -> None:
    patient = box.without_card()
    for actor in (box.other_doctor, box.bone_doctor):
        with pytest.raises(Denied):
            take(box, patient, series_files(1), actor=actor)
