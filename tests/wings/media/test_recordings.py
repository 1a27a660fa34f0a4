"""Recordings: what comes in, what is refused, who may watch, what addresses give away."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.jobs.models import Job
from duikou.core.jobs.worker import run_worker
from duikou.core.models import AuditEvent, RoleGrant
from duikou.wings.media import actions, jobs, queries, rights, subtitles
from duikou.wings.media.actions._common import shelf
from duikou.wings.media.models import Recording, Use
from duikou.wings.media.probing import Found
from tests.wings.media.conftest import Studio

pytestmark = pytest.mark.django_db
FILM = b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom" + b"\x00\x00\x00\x08moov"


@pytest.mark.usefixtures("without_ffmpeg")
def test_without_ffmpeg_the_upload_is_kept_and_waits(studio: Studio, settings: LazySettings) -> None:
    made = studio.add(FILM)
    assert made.state == "pending"
    assert shelf().original(made.number).read_bytes() == FILM
    assert not Job.objects.filter(subject=made.number).exists()
    page = studio.browser(studio.teacher).get(reverse("media:recording", args=[made.number]))
    assert "没有启用" in page.content.decode()
    assert jobs.look_after_videos.call() == {"ended": 0, "asked": 0, "given_up": 0}


@pytest.mark.usefixtures("with_ffmpeg")
def test_when_ffmpeg_has_come_what_waited_is_asked_for_once(studio: Studio, settings: LazySettings) -> None:
    settings.FFMPEG, there = "no-such-program", settings.FFMPEG
    made = studio.add(FILM)
    settings.FFMPEG = there
    assert jobs.look_after_videos.call()["asked"] == 1
    assert jobs.look_after_videos.call()["asked"] == 0
    run_worker(burst=True, heartbeat=False, signals=False)
    made.refresh_from_db()
    assert (made.state, made.fault) == ("refused", "damaged")  # the program there reads nothing


@pytest.mark.usefixtures("with_ffmpeg")
def test_a_playlist_is_refused_with_the_reason(studio: Studio) -> None:
    made = studio.add(b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")
    run_worker(burst=True, heartbeat=False, signals=False)
    made.refresh_from_db()
    assert (made.state, made.fault) == ("refused", "playlist")
    answer = studio.browser(studio.teacher).get(reverse("media:recording", args=[made.number]))
    assert "播放列表" in answer.content.decode()
    assert queries.playlist_address(made) == ""
    with pytest.raises(Conflict):
        actions.attach(actor=studio.teacher, recording=made, reference="lesson:1")


@pytest.mark.usefixtures("without_ffmpeg")
def test_whoever_may_not_add_is_refused(studio: Studio) -> None:
    key = studio.upload(FILM)
    for actor, error in ((studio.learner, Denied), (studio.officer, Denied), (studio.outsider, Missing)):
        with pytest.raises(error):
            actions.add(actor=actor, upload=key, title="课")
    for title in ("", " ", "长" * 121, "a\x00b"):
        with pytest.raises(Invalid):
            actions.add(actor=studio.teacher, upload=key, title=title)
    made = actions.add(actor=studio.teacher, upload=key, title="课")
    with pytest.raises(Conflict):
        actions.add(actor=studio.teacher, upload=key, title="课")
    assert Recording.objects.get() == made
    with pytest.raises(Invalid):
        studio.upload(FILM, "lesson.m3u8")
    with pytest.raises(Invalid):
        studio.upload(FILM, "lesson.svg")


def watch(client: Client, made: Recording, name: str = "master.m3u8", **headers: str) -> Any:
    return client.get(f"/app/media/{made.number}/play/{name}", headers=headers)


def test_who_may_watch(studio: Studio) -> None:
    made = studio.ready()
    for actor in (studio.teacher, studio.colleague):
        assert watch(studio.browser(actor), made).status_code == 200
    for actor in (studio.learner, studio.outsider, studio.officer):
        assert watch(studio.browser(actor), made).status_code == 404
    assert watch(Client(), made).status_code == 302
    studio.lesson(made)
    assert studio.learner.user_id is not None
    studio.learners.add(studio.learner.user_id)
    assert watch(studio.browser(studio.learner), made).status_code == 200
    assert studio.browser(studio.learner).get(f"/app/media/{made.number}/").status_code == 200
    assert watch(studio.browser(studio.outsider), made).status_code == 404


def test_the_end_of_a_right_takes_seconds_not_a_session(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = studio.ready()
    studio.lesson(made)
    assert studio.learner.user_id is not None
    studio.learners.add(studio.learner.user_id)
    monkeypatch.setattr(rights, "DECISION_SECONDS", 0)  # nothing is remembered
    client = studio.browser(studio.learner)
    assert watch(client, made).status_code == 200
    studio.learners.clear()
    assert watch(client, made).status_code == 404
    RoleGrant.objects.filter(user=studio.teacher.user_id).update(valid_to=dt.date(2015, 1, 1))
    made.added_by_id = None
    made.save(update_fields=["added_by"])
    assert watch(studio.browser(studio.teacher), made).status_code == 404


def test_a_decision_belongs_to_one_session(studio: Studio) -> None:
    made = studio.ready()
    assert watch(studio.browser(studio.teacher), made).status_code == 200
    assert watch(studio.browser(studio.outsider), made).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../original", "..%2foriginal", "%2e%2e/original", "360p/../../original", "360p/../master.m3u8",
     "/etc/passwd", "360p/00000.m4s%00", "360p//00000.m4s", "work/part", "original", "360p/00000.m4s/",
  "99999p/index.m3u8", "360p/%2e%2e/%2e%2e/original", "360p/00000.ts"],
)  # fmt: skip
def test_no_other_file_has_an_address(studio: Studio, name: str) -> None:
    made = studio.ready()
    answer = watch(studio.browser(studio.teacher), made, name)
    assert answer.status_code in (301, 400, 404)
    assert b"film" not in b"".join(answer)


def test_files_are_for_these_eyes_only_and_come_in_parts(studio: Studio) -> None:
    made, whole = studio.ready(), bytes(range(256)) * 4
    client = studio.browser(studio.teacher)
    answer = watch(client, made, "360p/00000.m4s")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "video/iso.segment"
    assert b"".join(answer) == whole
    for asked, status, part, said in (
        ("bytes=0-9", 206, whole[:10], "bytes 0-9/1024"),
        ("bytes=1000-", 206, whole[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", 206, whole[-24:], "bytes 1000-1023/1024"),
        ("bytes=1000-99999", 206, whole[1000:], "bytes 1000-1023/1024"),
        ("bytes=1024-", 416, b"", "bytes */1024"),
        ("bytes=9-3", 416, b"", "bytes */1024"),
        ("lines=1-2", 200, whole, None),
    ):
        answer = watch(client, made, "360p/00000.m4s", Range=asked)
        assert (answer.status_code, b"".join(answer), answer.get("Content-Range")) == (status, part, said)
    assert watch(client, made, "360p/00001.m4s").status_code == 404
    assert client.post(f"/app/media/{made.number}/play/master.m3u8").status_code == 405


def test_behind_the_proxy_the_proxy_sends_the_file(studio: Studio) -> None:
    made = studio.ready()
    answer = watch(studio.browser(studio.teacher), made, "360p/00000.m4s", **{"X-Duikou-Accel": "1"})
    assert (
        answer["X-Accel-Redirect"] == f"/_video/recordings/{made.number[:2]}/{made.number}/hls/360p/00000.m4s"
    )
    assert answer.content == b""
    answer = watch(studio.browser(studio.outsider), made, "360p/00000.m4s", **{"X-Duikou-Accel": "1"})
    assert answer.status_code == 404
    assert "X-Accel-Redirect" not in answer


def test_playlists_name_their_files_relatively(studio: Studio) -> None:
    made = studio.ready()
    text = b"".join(watch(studio.browser(studio.teacher), made)).decode()
    assert all(line.startswith("#") or not line.startswith(("/", "http")) for line in text.splitlines())
    assert made.title not in queries.playlist_address(made)


def test_only_pages_with_a_player_may_play_what_scripts_have_made(studio: Studio) -> None:
    made = studio.ready()
    client = studio.browser(studio.teacher)
    shown = client.get(f"/app/media/{made.number}/")
    assert "media-src 'self' blob:" in shown["Content-Security-Policy"]
    assert "media-src" not in client.get("/app/media/")["Content-Security-Policy"]


def test_the_original_is_a_download_for_those_who_keep_it(studio: Studio) -> None:
    made = studio.ready()
    studio.lesson(made)
    assert studio.learner.user_id is not None
    studio.learners.add(studio.learner.user_id)
    address = f"/app/media/{made.number}/original/"
    answer = studio.browser(studio.colleague).get(address)
    assert b"".join(answer) == b"film"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{made.number}.mp4"'
    assert AuditEvent.objects.filter(action="media.fetch", target_id=made.pk).count() == 1
    assert studio.browser(studio.learner).get(address).status_code == 403
    assert studio.browser(studio.outsider).get(address).status_code == 404


def test_attaching_is_for_those_who_keep_the_video(studio: Studio) -> None:
    made = studio.ready()
    for actor in (studio.learner, studio.outsider):
        with pytest.raises(Denied):
            actions.attach(actor=actor, recording=made, reference="lesson:1")
    with pytest.raises(Invalid):
        actions.attach(actor=studio.teacher, recording=made, reference="unknown:1")
    with pytest.raises(Invalid):
        actions.attach(actor=studio.teacher, reference="lesson:1")
    studio.lesson(made)
    studio.lesson(made)
    assert Use.objects.count() == 1
    actions.detach(actor=studio.teacher, recording=made, reference="lesson:1")
    assert not Use.objects.exists()


def test_taking_a_video_down_deletes_it(studio: Studio, django_capture_on_commit_callbacks: Any) -> None:
    made = studio.ready()
    client = studio.browser(studio.teacher)
    assert client.post(f"/app/media/{made.number}/withdraw/", {"reason": ""}).status_code == 422
    with pytest.raises(Denied):
        actions.withdraw(actor=studio.outsider, recording=made, reason="错")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/app/media/{made.number}/withdraw/", {"reason": "出现患者面部"})
    assert answer.status_code == 302
    assert not shelf().recording(made.number).exists()
    assert watch(client, made).status_code == 404
    made.refresh_from_db()
    with pytest.raises(Conflict):
        actions.withdraw(actor=studio.teacher, recording=made, reason="再次")
    assert "已撤下" in client.get(f"/app/media/{made.number}/").content.decode()


def test_what_the_worker_found_counts_once(studio: Studio) -> None:
    made = studio.ready()
    actions.note_outcome(recording=made, found=Found("damaged"))
    assert made.state == "ready"
    with pytest.raises(IntegrityError), transaction.atomic():
        Recording.objects.filter(pk=made.pk).update(fault="damaged")


VTT = (
    "WEBVTT\n\nSTYLE\n::cue { background: url(http://x) }\n\n"
    "1\n00:01.000 --> 00:02.500 align:start\n<b>你好</b> & <script>\n\nNOTE x\n\n"
    "00:00:03.000 --> 00:00:04.000\n再见\n"
)


def test_subtitles_are_checked_and_written_anew(studio: Studio) -> None:
    made = studio.ready()
    client = studio.browser(studio.teacher)
    file = io.BytesIO(VTT.encode())
    file.name = "a.vtt"
    answer = client.post(f"/app/media/{made.number}/subtitles/", {"language": "zh", "file": file})
    assert answer.status_code == 302
    served = client.get(f"/app/media/{made.number}/subtitle/zh.vtt")
    assert served["Content-Type"].startswith("text/vtt")
    assert served.content.decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n你好 &amp;\n\n00:00:03.000 --> 00:00:04.000\n再见\n"
    )
    assert 'kind="subtitles" srclang="zh"' in client.get(f"/app/media/{made.number}/").content.decode()
    assert client.get(f"/app/media/{made.number}/subtitle/en.vtt").status_code == 404
    assert studio.browser(studio.outsider).get(f"/app/media/{made.number}/subtitle/zh.vtt").status_code == 404
    with pytest.raises(Denied):
        actions.add_subtitle(actor=studio.outsider, recording=made, language="zh", content=VTT.encode())
    with pytest.raises(Invalid):
        actions.add_subtitle(actor=studio.teacher, recording=made, language="fr", content=VTT.encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "WEBVTT"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n中".encode("gb18030"), "UTF-8"),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", "3"),
        (b"WEBVTT\n\n00:61.000 --> 00:62.000\nx\n", "00:01:02.500"),
        (b"WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny\n", "6"),
        (b"WEBVTT\n\nNOTE nothing\n", "没有字幕"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\na\x00b\n", "控制字符"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"x" * 501, "500"),
        (b"WEBVTT\n" + b"\n" * 1024 * 1024, "1 MB"),
        (b"", "WEBVTT"),
    ],
)
def test_what_is_no_webvtt_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        subtitles.cleaned(content)
    assert said in str(refusal.value)


def test_the_list_takes_the_same_queries_whatever_the_rows(
    studio: Studio, django_assert_max_num_queries: Any
) -> None:
    for _more in range(5):
        studio.ready()
    client = studio.browser(studio.teacher)
    client.get("/app/media/")
    with django_assert_max_num_queries(14):
        assert client.get("/app/media/").content.decode().count("心衰的分级诊疗") >= 5
