"""The lightbox of the imaging tests, with slides in it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from duikou.core.jobs.worker import run_worker
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.imaging.models import Study
from duikou.wings.pathology import actions, sample, tasks
from duikou.wings.pathology.models import Slide
from tests.wings.imaging.conftest import Lightbox

BASE = sample.picture(1500, 1100)


def content(folder: Path, base: Image.Image = BASE, **more: Any) -> bytes:
    """The bytes of a slide made here."""
    path = folder / "made"
    sample.write(path, base, **more)
    return path.read_bytes()


class Bench(Lightbox):
    """Two hospitals, studies, and slides on their way in."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def upload(self, actor: Actor, data: bytes, name: str = "王小明.svs") -> str:
        digest = hashlib.sha256(data).hexdigest()
        made = uploads.create(actor=actor, name=name, size=len(data), sha256=digest, kind="slide")
        uploads.append(actor=actor, upload=made, offset=0, source=io.BytesIO(data), length=len(data))
        return made.key

    def slide(self, study: Study | None = None, data: bytes | None = None, **more: Any) -> Slide:
        """A slide that came in and was examined."""
        study = study or self.study(kind="slide", modality="SM", description="胃镜活检")
        key = self.upload(self.doctor, data or content(self.folder, **more))
        made = actions.add(actor=self.doctor, study=study, upload=key, title="胃窦 A1", stain="he")
        run_worker(burst=True, heartbeat=False, signals=False)
        made.refresh_from_db()
        return made

    def granted_slide(self, **more: Any) -> Slide:
        """A slide that the other hospital sees."""
        made = self.slide(**more)
        self.granted(made.study)
        self.shared(made.study)
        return made

    def user(self, actor: Actor) -> User:
        return User.objects.get(pk=actor.user_id)


@pytest.fixture
def bench(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Bench:
    settings.UPLOADS, settings.SLIDES = tmp_path / "uploads", tmp_path / "slides"
    settings.TILES_URL = ""
    # One test goes through a process of its own; the others need not wait for it to start.
    monkeypatch.setattr(tasks, "apart", lambda work, seconds, report: work())
    return Bench(tmp_path)
