"""Two hospitals, videos on their way in, and a wing that shows them. ffmpeg is not needed here."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.core.uploads import actions as uploads
from duikou.wings.hospitals.models import Hospital
from duikou.wings.media import actions, rights
from duikou.wings.media.actions._common import shelf
from duikou.wings.media.models import Broadcast, Recording
from duikou.wings.media.storing import folder
from tests.wings.posted import SINCE

MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n360p/index.m3u8\n"


class Studio:
    """安吉县人民医院 makes videos; 浙江医院 watches what a lesson lets it; 宁波市第一医院 does not."""

    def __init__(self) -> None:
        self.home, self.other, self.stranger = (
            Hospital.objects.select_related("org").get(name=name)
            for name in ("安吉县人民医院", "浙江医院", "宁波市第一医院")
        )
        self.teacher = self.at(self.home, "clinician")
        self.colleague = self.at(self.home, "medical_office")
        self.learner = self.at(self.other, "medical_staff")
        self.outsider = self.at(self.stranger, "clinician")
        self.officer = self.at(self.home, "county_officer", self.home.org.parent)
        self.learners: set[int] = set()

    def at(self, hospital: Hospital, role: str, org: Any = None) -> Actor:
        org = org or hospital.org
        user = User.objects.create(username=f"{role}-{org.pk}", display_name=f"{org.name}{role}")
        RoleGrant.objects.create(user=user, role=role, org=org, valid_from=SINCE)
        return actor_for(user)

    def browser(self, actor: Actor) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=actor.user_id))
        return client

    def upload(self, data: bytes, name: str = "lesson.mp4", actor: Actor | None = None) -> str:
        actor = actor or self.teacher
        digest = hashlib.sha256(data).hexdigest()
        made = uploads.create(actor=actor, name=name, size=len(data), sha256=digest, kind="video")
        uploads.append(actor=actor, upload=made, offset=0, source=io.BytesIO(data), length=len(data))
        return made.key

    def add(self, data: bytes, name: str = "lesson.mp4") -> Recording:
        return actions.add(actor=self.teacher, upload=self.upload(data, name), title="心衰的分级诊疗")

    def ready(self) -> Recording:
        """A recording as it is after processing, with pieces that say where they lie."""
        made: Recording = Recording.objects.create(
            title="心衰的分级诊疗", scope_path=self.home.scope_path, state="ready", ready_at=timezone.now(),
            duration_seconds=90, width=640, height=360, size=4, sha256="0" * 64, filename="a.mp4",
            added_by_id=self.teacher.user_id,
        )  # fmt: skip
        place = folder(shelf().playable(made.number))
        (place / "master.m3u8").write_text(MASTER)
        (place / "poster.jpg").write_bytes(b"\xff\xd8poster")
        (folder(place / "360p") / "00000.m4s").write_bytes(bytes(range(256)) * 4)
        shelf().original(made.number).write_bytes(b"film")
        return made

    def live(self, **more: Any) -> Broadcast:
        return actions.start_broadcast(actor=self.teacher, title="周三病例讨论", **{"keeps": False, **more})

    def lesson(self, shown: Recording | Broadcast, reference: str = "lesson:1") -> None:
        kind = "recording" if isinstance(shown, Recording) else "broadcast"
        actions.attach(actor=self.teacher, reference=reference, **{kind: shown})


@pytest.fixture
def studio(db: None, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    settings.VIDEO = tmp_path / "video"
    settings.UPLOADS = tmp_path / "uploads"
    made = Studio()

    def learners(actor: Actor, reference: str) -> bool:
        return actor.user_id in made.learners and ":" in reference

    # For this test alone: the wing that really answers for lessons does so again after it.
    monkeypatch.setitem(rights._asked, "lesson", learners)
    return made


@pytest.fixture
def without_ffmpeg(settings: LazySettings) -> None:
    settings.FFMPEG = settings.FFPROBE = "no-such-program"


@pytest.fixture
def with_ffmpeg(settings: LazySettings, tmp_path: Path) -> None:
    """Two programs that are there, and do nothing: what decides on rows does not need more."""
    for name in ("ffmpeg", "ffprobe"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o700)
    settings.FFMPEG, settings.FFPROBE = str(tmp_path / "ffmpeg"), str(tmp_path / "ffprobe")
