"""A slide of a world's patient, with a label, a mark and a key image: made when a walk first asks for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.utils import timezone
from PIL import Image

from duikou.core import documents
from duikou.core.scope import SYSTEM
from duikou.wings.imaging.actions import new_uid
from duikou.wings.imaging.models import Study
from duikou.wings.pathology import sample, storing
from duikou.wings.pathology.models import KeyImage, Mark, Slide
from tests.wings.walk.world import World

JPEG = b"\xff\xd8\xff\xe0 a picture"


def slide_of(world: World) -> Slide:
    """The slide of a world."""
    patient = world.patient.one
    found = Slide.objects.filter(study__patient=patient).first()
    if found is not None:
        return found
    study = Study.objects.create(
        patient=patient, hospital=patient.hospital, scope_path=patient.scope_path, kind="slide",
        modality="SM", study_uid=new_uid(),
    )  # fmt: skip
    made: Slide = Slide.objects.create(
        study=study, title=f"{patient.name}蜡块", stain="he", state="ready", filename="a.svs", size=1,
        sha256="0" * 64, width=600, height=600, levels=3, mpp_x=0.5, mpp_y=0.5, has_label=True,
        checked_at=timezone.now(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slide"
        label = Image.new("RGB", (64, 64), "white")
        sample.write(path, sample.picture(600, 600), levels=3, label=label)
        storing.keep(made.number, path)
    storing.keep_overview(made.number, JPEG)
    return made


def mark_of(world: World) -> Mark:
    """A mark on it."""
    slide = slide_of(world)
    found: Mark | None = slide.marks.filter(removed_at=None).first()
    author = world.patient.emergency.user
    return found or Mark.objects.create(
        slide=slide, kind="text", points=[[1, 1]], text=f"{slide.title}标记", author=author
    )


def key_image_of(world: World) -> KeyImage:
    """A key image of it."""
    slide = slide_of(world)
    found: KeyImage | None = slide.key_images.first()
    if found is not None:
        return found
    picture = documents.keep(
        JPEG, filename="a.jpg", scope_path=slide.study.scope_path, actor=SYSTEM, kinds=("jpeg",)
    )
    return KeyImage.objects.create(
        slide=slide, x=0, y=0, width=99, height=99, caption=f"{slide.title}关键图", document=picture
    )
