"""Demonstration slides: marked in their pixels and rows, judged by the gate, gone without a trace."""

from __future__ import annotations

import numpy as np
import pytest
from openslide import OpenSlide

from duikou.core.errors import Conflict
from duikou.wings.imaging.models import Study
from duikou.wings.pathology import actions, demo, storing
from duikou.wings.pathology.models import KeyImage, Mark, Slide
from duikou.wings.patients import demo as patients
from tests.wings.pathology.conftest import Bench


def test_invented_slides_come_and_go(bench: Bench) -> None:
    real = bench.slide()
    patients.load(seed=5)
    made = demo.load(seed=5)
    assert made["slides"] == len(demo.KINDS)
    with pytest.raises(Conflict):
        demo.load(seed=5)
    rows = Slide.objects.filter(demonstration=True).order_by("pk")
    assert [row.state for row in rows] == ["ready", "ready", "doubtful", "ready"]
    assert [row.doubts for row in rows] == [[], [], ["blurred"], ["no_scale"]]
    assert len({row.study.hospital_id for row in rows}) > 1
    digests = [row.sha256 for row in rows]
    paths = [storing.slide_path(row.number) for row in rows]
    for path in paths:
        with OpenSlide(path) as slide:
            middle = np.asarray(slide.read_region((500, 500), 0, (500, 100)).convert("RGB"), dtype=int)
            red = (middle[..., 0] > 110) & (middle[..., 1] < 90) & (middle[..., 2] < 90)
            assert red.sum() > 1_000  # the words 演示数据
    actions.choose_image(
        actor=bench.at(rows[0].study.hospital.org, "clinician", "demo"), slide=rows[0], x=0, y=0, width=200,
        height=200, caption="演示",
    )  # fmt: skip
    demo.clear()
    assert list(Slide.objects.all()) == [real]
    assert list(Study.objects.all()) == [real.study]
    assert not Mark.objects.exists()
    assert not KeyImage.objects.exists()
    assert not any(path.parent.exists() for path in paths)
    assert storing.slide_path(real.number).exists()
    demo.load(seed=5)
    assert [row.sha256 for row in Slide.objects.filter(demonstration=True).order_by("pk")] == digests
    demo.clear()
    patients.clear()
