"""Demonstration studies: marked in rows, headers and pixels, the same for a seed, gone without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from django.conf import settings as configured

from duikou.core.errors import Conflict
from duikou.wings.imaging import demo, storage
from duikou.wings.imaging.models import Delivery, Gateway, KeyImage, Study
from duikou.wings.patients import demo as patients
from tests.wings.imaging.conftest import Lightbox


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def test_invented_studies_come_and_go(box: Lightbox, django_capture_on_commit_callbacks: Any) -> None:
    real = box.study()
    patients.load(seed=5)
    made = demo.load(seed=5)
    assert made["studies"] >= 7
    assert made["refused"] == 1
    with pytest.raises(Conflict):
        demo.load(seed=5)
    invented = Study.objects.filter(demonstration=True)
    assert {(one.kind, one.modality) for one in invented} >= {
        ("dicom", "CT"),
        ("dicom", "DX"),
        ("ecg", "ECG"),
    }
    assert set(invented.values_list("state", flat=True)) == {"ready", "unmatched"}
    assert all("演示数据" in one.description for one in invented)
    file = invented.filter(modality="CT")[0].files.all()[0]
    data = pydicom.dcmread(storage.opened(file))
    assert data.PatientComments == "演示数据"
    assert (np.asarray(data.pixel_array)[:32, :90] == 1200).sum() > 200  # the mark in the corner
    assert KeyImage.objects.filter(demonstration=True).exists()
    uids = sorted(invented.values_list("study_uid", flat=True))
    demo.clear()
    assert list(Study.objects.all()) == [real]
    assert not any(model.objects.exists() for model in (Delivery, Gateway, KeyImage))
    assert not [one for one in Path(configured.IMAGES).glob("??/*") if one.is_file()]
    patients.clear()
    patients.load(seed=5)
    demo.load(seed=5)
    assert sorted(Study.objects.filter(demonstration=True).values_list("study_uid", flat=True)) == uids
