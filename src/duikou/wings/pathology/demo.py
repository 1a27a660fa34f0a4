"""Demonstration data (演示数据): a few small invented slides of the invented patients, drawn by a seed.

Each goes through the quality gate like a real one, so one is doubted for its focus and one for its scale.
The words 演示数据 stand in the pixels. Every row is marked `demonstration`, so that `clear` finds all of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.models import StoredDocument
from duikou.core.scope import SYSTEM
from duikou.wings.imaging.models import Study, StudyGrant
from duikou.wings.imaging.uids import new_uid
from duikou.wings.pairings.models import Pairing
from duikou.wings.pathology import sample, storing
from duikou.wings.pathology.actions.slides import note_findings
from duikou.wings.pathology.catalogue import least_sharpness
from duikou.wings.pathology.gate import examine
from duikou.wings.pathology.models import KeyImage, Mark, Slide
from duikou.wings.patients.models import Patient

NOTE = "演示数据（虚构）"
START = dt.datetime(2014, 3, 3, 1, tzinfo=dt.UTC)
WIDTH, HEIGHT = 1500, 1100
PAIRS, EACH = 6, 2  # hospitals looked at, slides of each


@dataclass(frozen=True, slots=True)
class _Kind:
    """One invented slide: where from, how stained, how it was scanned."""

    title: str
    stain: str
    blur: float = 0.0
    mpp: float | None = 0.5


KINDS = (
    _Kind("胃窦 A1（演示）", "he"),
    _Kind("胃角 B1（演示）", "he"),
    _Kind("肠 C2（演示，对焦不清）", "he", blur=4.0),
    _Kind("肺 D1（演示，无比例尺）", "ihc", mpp=None),
)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent slides; the same seed gives the same pictures. Raises Conflict when they are there."""
    if Slide.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed + 13)  # noqa: S311  (invented data, no secret)
    recipients = list(Pairing.objects.order_by("pk").values_list("recipient", flat=True)[:PAIRS])
    invented = Patient.objects.filter(demonstration=True, erased_at=None, merged_into=None)
    patients = [
        patient
        for hospital in dict.fromkeys(recipients)
        for patient in invented.filter(hospital=hospital).select_related("hospital").order_by("pk")[:EACH]
    ]
    with act("demo.loaded", actor=SYSTEM, permission="study.edit") as event:
        counts = {"slides": 0, "slide_marks": 0}
        for patient, kind in zip(patients, KINDS, strict=False):
            made = _slide(chance, patient, kind)
            counts["slides"] += 1
            if made.state == Slide.State.READY:
                counts["slide_marks"] += _marks(made)
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _slide(chance: random.Random, patient: Patient, kind: _Kind) -> Slide:
    at = START + dt.timedelta(hours=chance.randrange(600))
    study = Study.objects.create(
        patient=patient,
        hospital=patient.hospital,
        scope_path=patient.scope_path,
        kind=Study.Kind.SLIDE,
        modality="SM",
        study_uid=new_uid(),
        description=f"病理活检（{NOTE}）",
        taken_at=at,
        received_at=at,
        demonstration=True,
    )
    drawn = sample.picture(WIDTH, HEIGHT, seed=chance.randrange(10_000), blur=kind.blur)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slide"
        sample.write(path, sample.stamped(drawn), mpp=kind.mpp)
        content = path.read_bytes()
        made: Slide = Slide.objects.create(
            study=study,
            title=kind.title,
            stain=kind.stain,
            filename="demonstration.tif",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            added_at=at,
            demonstration=True,
        )
        storing.keep(made.number, path)
    return note_findings(slide=made, found=examine(storing.slide_path(made.number), float(least_sharpness())))


def _marks(slide: Slide) -> int:
    """A box with words, and a length where there is a scale."""
    told: list[dict[str, Any]] = [
        {"kind": Mark.Kind.BOX, "points": [[560, 400], [760, 560]], "text": "演示标记：腺体区"}
    ]
    if slide.mpp_x:
        told.append(
            {"kind": Mark.Kind.LENGTH, "points": [[600, 620], [800, 620]], "micrometres": 200 * slide.mpp_x}
        )
    Mark.objects.bulk_create(
        Mark(slide=slide, hospital=slide.study.hospital, made_at=slide.added_at, **values) for values in told
    )
    return len(told)


def clear() -> dict[str, int]:
    """Remove all of it, with what was added to it since; returns how many of each went."""
    with act("demo.cleared", actor=SYSTEM, permission="study.edit") as event:
        slides = Slide.objects.filter(demonstration=True)
        numbers = list(slides.values_list("number", flat=True))
        studies = list(slides.values_list("study", flat=True))
        images = KeyImage.objects.filter(slide__in=slides)
        papers = list(images.values_list("document", flat=True))
        images.delete()
        removed = {"slide_marks": Mark.objects.filter(slide__in=slides).delete()[0]}
        removed["slides"] = slides.delete()[0]
        StoredDocument.objects.filter(pk__in=papers).delete()
        StudyGrant.objects.filter(study__in=studies).delete()
        Study.objects.filter(pk__in=studies, demonstration=True).delete()
        for number in numbers:
            shutil.rmtree(storing.slide_path(number).parent, ignore_errors=True)
        event.note(label="演示数据", before=removed)
    return removed
