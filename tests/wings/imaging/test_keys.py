"""Key images: chosen by readers in a window, drawn again for the opinion."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from duikou.core.errors import Denied, Invalid, Missing
from duikou.core.models import User
from duikou.wings.imaging import actions, queries
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import KeyImage, Study
from tests.tele.samples import series_files
from tests.wings.imaging.conftest import REFERENCE, Lightbox


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def kept(box: Lightbox) -> Study:
    handed = [Handed(name, io.BytesIO(content)) for name, content in series_files(3).items()]
    (study,) = actions.take(actor=box.doctor, patient=box.without_card(), handed=handed)
    return study


def shades(content: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"), dtype=float)


def test_each_chosen_picture_once_as_it_was_seen_with_all_that_was_said(box: Lightbox) -> None:
    study = kept(box)
    first, second, third = study.files.all()
    box.granted(study)
    box.shared(study)
    actions.mark(actor=box.doctor, file=third, note="心影", reference=REFERENCE)
    actions.mark(actor=box.doctor, file=first, window="lung", note="右肺结节", reference=REFERENCE)
    actions.mark(actor=box.other_doctor, file=first, window="lung", note="边缘光整", reference=REFERENCE)
    actions.mark(actor=box.doctor, file=second)  # in no consultation
    found = queries.key_images(study, REFERENCE)
    assert [caption for caption, _png in found] == [
        "序列 1 图像 1 · 肺窗 · 肺窗 · 右肺结节 · 边缘光整",
        "序列 1 图像 3 · 肺窗 · 心影",
    ]
    lung, plain = (shades(content) for _caption, content in found)
    assert plain.std() > 20
    assert lung[64, 40] > plain[64, 40]  # the lung is lighter in its own window
    assert len(queries.key_images(study)) == 3
    with translation.override("en"):
        assert queries.key_images(study, REFERENCE)[1][0].startswith("Series 1 image 3")


def test_a_choice_is_changed_and_taken_back_by_whoever_made_it(box: Lightbox) -> None:
    study = kept(box)
    file = study.files.first()
    made = actions.mark(actor=box.doctor, file=file, note="一")
    again = actions.mark(actor=box.doctor, file=file, note="二", window="bone")
    assert (again.pk, again.note, again.window) == (made.pk, "二", "bone")
    with pytest.raises(Denied):
        actions.unmark(actor=box.office, mark=again)
    client = Client()
    client.force_login(User.objects.get(pk=box.office.user_id))
    address = reverse("imaging:unmark", args=[study.study_uid, made.pk])
    assert client.post(address).status_code == 404
    client.force_login(User.objects.get(pk=box.doctor.user_id))
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert not KeyImage.objects.exists()


def test_what_cannot_be_drawn_or_is_no_window_is_not_chosen(box: Lightbox) -> None:
    study = kept(box)
    file = study.files.first()
    with pytest.raises(Invalid, match="窗位"):
        actions.mark(actor=box.doctor, file=file, window="x")
    with pytest.raises(Invalid, match="没有这一帧"):
        actions.mark(actor=box.doctor, file=file, frame=2)
    actions.mark(actor=box.doctor, file=file)
    from duikou.wings.imaging import storage

    storage.opened(file).unlink()
    with pytest.raises(Missing, match="备份"):
        actions.mark(actor=box.doctor, file=file, note="again")
    with pytest.raises(Missing, match="备份"):
        queries.key_images(study)
