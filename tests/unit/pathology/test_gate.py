"""The quality gate on slides made here: what passes, what is doubted, what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from duikou.wings.pathology import formats, gate, sample
from duikou.wings.pathology.gate import Findings, laplacian_variance
from duikou.wings.pathology.gate import examine as examine_file

BASE = sample.picture(2048, 1536)


def examine(path: Path, least_sharpness: float = 40) -> Findings:
    return examine_file(path, least_sharpness)


def slide(folder: Path, base: Image.Image = BASE, **more: object) -> Path:
    path = folder / "slide"
    sample.write(path, base, **more)  # type: ignore[arg-type]
    return path


def test_a_pyramid_with_its_scale_passes(tmp_path: Path) -> None:
    found = examine(slide(tmp_path, mpp=0.25))
    assert (found.fault, found.doubts, found.vendor) == ("", (), "generic-tiff")
    assert (found.width, found.height, found.levels) == (2048, 1536, 3)
    assert (found.mpp_x, found.mpp_y) == pytest.approx((0.25, 0.25))
    assert not found.has_label
    overview = Image.open(io.BytesIO(found.overview))
    assert max(overview.size) == 1024
    assert np.asarray(overview.convert("L")).std() > 5  # not a uniform picture


def test_without_a_scale_nothing_may_be_measured(tmp_path: Path) -> None:
    found = examine(slide(tmp_path, mpp=None))
    assert (found.fault, found.doubts, found.mpp_x) == ("", ("no_scale",), None)
    assert examine(slide(tmp_path, mpp=500.0)).mpp_x is None  # no microscope: a slip of the exporter


def test_a_label_photograph_is_noticed(tmp_path: Path) -> None:
    found = examine(slide(tmp_path, label=Image.new("RGB", (200, 200), "white")))
    assert (found.fault, found.has_label, found.vendor) == ("", True, "aperio")


@pytest.mark.parametrize(
    ("base", "doubt"),
    [(sample.picture(2048, 1536, blur=4), "blurred"), (Image.new("RGB", (2048, 1536), "white"), "empty")],
)
def test_what_a_person_should_look_at(tmp_path: Path, base: Image.Image, doubt: str) -> None:
    found = examine(slide(tmp_path, base))
    assert (found.fault, found.doubts) == ("", (doubt,))


def test_a_large_picture_without_levels_is_refused(tmp_path: Path) -> None:
    assert examine(slide(tmp_path, BASE.resize((4200, 800)), levels=1)).fault == "flat"
    assert examine(slide(tmp_path, levels=1)).fault == ""  # small enough without


def test_one_level_of_a_dicom_slide_is_told_apart() -> None:
    class OneLevel:
        dimensions, level_count, properties = (40_000, 30_000), 1, {"openslide.vendor": "dicom"}

    assert gate._examine(OneLevel(), 40).fault == "part"  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a.zip", "b.7Z", "c.tar"])
def test_packed_files_are_told_what_to_do(name: str) -> None:
    assert "导出为单个" in formats.fault_of_name(name)


def test_a_tiny_picture_is_refused(tmp_path: Path) -> None:
    assert examine(slide(tmp_path, BASE.resize((200, 2000)), levels=1)).fault == "size"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"<svg onload=alert(1)>", b"PK\x03\x04" + b"\0" * 40, b"II*\0" + b"\xff" * 60,
        b"KFB" * 30,
    ],
)  # fmt: skip
def test_what_is_no_slide_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "slide"
    path.write_bytes(content)
    assert examine(path).fault in ("unknown", "damaged")


def test_a_hole_in_the_file_is_found(tmp_path: Path) -> None:
    path = slide(tmp_path)
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : third + 20_000] = bytes(20_000)
    path.write_bytes(content)
    assert examine(path).fault == "damaged"
    path.write_bytes(content[: len(content) * 8 // 10])
    assert examine(path).fault in ("unknown", "damaged")


def test_sharpness_against_the_plain_definition() -> None:
    grey = np.random.default_rng(3).integers(0, 256, (12, 9)).astype(np.float32)
    plain = [
        grey[y - 1, x] + grey[y + 1, x] + grey[y, x - 1] + grey[y, x + 1] - 4 * grey[y, x]
        for y in range(1, 11)
        for x in range(1, 8)
    ]
    assert laplacian_variance(grey) == pytest.approx(float(np.var(plain)), rel=1e-4)


@pytest.mark.parametrize("name", ["a.kfb", "b.SDPC", "c.tmap", "d.mrxs"])
def test_closed_formats_are_told_what_to_do(name: str) -> None:
    assert "导出" in formats.fault_of_name(name)


@pytest.mark.parametrize("name", ["a.jpg", "slide", "a.svs.exe", "x.zip", "svs"])
def test_other_names_are_refused(name: str) -> None:
    assert formats.fault_of_name(name)


@pytest.mark.parametrize("name", ["a.svs", "b.TIF", "c.tiff", "d.dcm", "e.ndpi"])
def test_slides_are_taken(name: str) -> None:
    assert not formats.fault_of_name(name)
