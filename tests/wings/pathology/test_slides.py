"""Slides come in whole, pass the gate or do not, and are seen by whom the study is open to."""

from __future__ import annotations

import hashlib
import io
import os
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from PIL import Image

from duikou.core import apart, components
from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.core.uploads.models import Upload
from duikou.core.waiting import everything
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.models import Study
from duikou.wings.pathology import actions, admission, queries, sample, storing, tasks
from duikou.wings.pathology.models import Mark, Slide
from duikou.wings.pathology.tiling import tickets
from duikou.wings.patients.models import Access
from tests.wings.pathology.conftest import BASE, Bench, content

BLURRED = sample.picture(1500, 1100, blur=4)


def client_of(bench: Bench, actor: Actor) -> Client:
    made = Client()
    made.force_login(bench.user(actor))
    return made


def test_a_slide_comes_in_and_passes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "apart", apart.apart)  # through a process of its own, as in earnest
    data = content(bench.folder)
    made = bench.slide(data=data)
    assert (made.state, made.fault, made.doubts) == ("ready", "", [])
    assert (made.width, made.height, made.levels, made.mpp_x) == (1500, 1100, 3, pytest.approx(0.5))
    assert storing.slide_path(made.number).read_bytes() == data
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert Upload.objects.get().state == "taken"
    acts = AuditEvent.objects.filter(action__startswith="slide.").order_by("number")
    assert [(one.action, one.scope_path) for one in acts] == [
        ("slide.add", made.study.scope_path), ("slide.checked", made.study.scope_path),
    ]  # fmt: skip


def test_a_dead_gate_refuses_the_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_args: Any) -> None:
        raise apart.Died

    monkeypatch.setattr(tasks, "apart", dies)
    assert (bench.slide().state, Slide.objects.get().fault) == ("refused", "died")


@pytest.mark.parametrize(
    ("data", "state", "fault"), [(b"II*\0 no slide", "refused", "unknown"), (b"<svg>", "refused", "unknown")]
)
def test_what_is_no_slide_is_refused_in_words(bench: Bench, data: bytes, state: str, fault: str) -> None:
    made = bench.slide(data=data)
    assert (made.state, made.fault) == (state, fault)
    page = client_of(bench, bench.doctor).get(reverse("pathology:slide", args=[made.number]))
    assert "请在扫描仪软件中导出为 SVS" in page.content.decode()
    with pytest.raises(Conflict):
        actions.draw(actor=bench.doctor, slide=made, kind="point", points=[(1, 1)])


def test_what_cannot_come_in(bench: Bench) -> None:
    study = bench.study(kind="slide")
    data = content(bench.folder)
    key = bench.upload(bench.doctor, data)
    add: dict[str, Any] = {"actor": bench.doctor, "study": study, "upload": key, "title": "A1", "stain": "he"}
    for change, error in (
        ({"title": " "}, Invalid), ({"title": "x" * 61}, Invalid), ({"stain": "blue"}, Invalid),
        ({"study": bench.study(kind="dicom")}, Invalid), ({"upload": "0" * 32}, Missing),
        ({"actor": bench.other_doctor}, Denied), ({"actor": bench.office}, Missing),  # whose upload it is not
    ):  # fmt: skip
        with pytest.raises(error):
            actions.add(**(add | change))
    assert Upload.objects.get(key=key).state == "whole"
    actions.add(**add)
    with pytest.raises(Conflict):  # the same file twice in one study
        actions.add(**(add | {"upload": bench.upload(bench.doctor, data)}))
    assert Slide.objects.count() == 1
    with pytest.raises(Conflict):
        actions.bring_in(
            actor=bench.doctor, study_uid="", patient_number="NOBODY", upload=key, title="A", stain="he"
        )


def test_a_new_study_and_its_slide_or_neither(bench: Bench) -> None:
    patient = bench.without_card()
    told: dict[str, Any] = {"actor": bench.doctor, "study_uid": "", "patient_number": patient.number}
    with pytest.raises(Conflict):
        actions.bring_in(**told, upload="0" * 32, title="A1", stain="he")
    assert not Study.objects.exists()
    key = bench.upload(bench.doctor, content(bench.folder))
    made = actions.bring_in(**told, upload=key, title="A1", stain="he")
    assert (made.study.patient, made.study.kind, made.study.modality) == (patient, "slide", "SM")


def test_a_doubtful_slide_waits_for_a_decision_and_is_shown_to_nobody_else(bench: Bench) -> None:
    made = bench.granted_slide(base=BLURRED)
    assert (made.state, made.doubts) == ("doubtful", ["blurred"])
    assert [one.kind for one in everything(bench.doctor) if one.kind == "slide_doubtful"]
    assert not queries.slides(bench.other_doctor).exists()
    with pytest.raises(Denied):
        actions.decide(actor=bench.other_doctor, slide=made, good=True, reason="看得清")
    with pytest.raises(Invalid):
        actions.decide(actor=bench.doctor, slide=made, good=True, reason=" ")
    actions.decide(actor=bench.doctor, slide=made, good=True, reason="细胞核可辨认")
    assert queries.slide(bench.other_doctor, made.number).state == "ready"
    with pytest.raises(Conflict):
        actions.decide(actor=bench.doctor, slide=made, good=False, reason="又看了一遍")
    made.refresh_from_db()
    assert made.state == "ready"


def pages_of(slide: Slide, *more: str) -> list[str]:
    names = ("slide", "marks", "overview", "label", "file", "decide")
    return [reverse(f"pathology:{name}", args=[slide.number]) for name in names] + [
        f"/api/v1/slides/{slide.number}", f"/api/v1/slides/{slide.number}/marks",
        f"/api/v1/slides/{slide.number}/key-images", *more,
    ]  # fmt: skip


def test_a_third_hospital_gets_nothing(bench: Bench) -> None:
    made = bench.granted_slide()
    mark = actions.draw(actor=bench.doctor, slide=made, kind="point", points=[(5, 5)])
    image = actions.choose_image(
        actor=bench.doctor, slide=made, x=0, y=0, width=300, height=300, caption="腺体"
    )
    other = type(bench.home).objects.exclude(pk__in=[bench.home.pk, bench.other.pk]).exclude(org=None).first()
    assert other is not None
    stranger = client_of(bench, bench.at(other.org, "clinician"))
    key_image = reverse("pathology:key_image", args=[image.pk])
    answers = {path: stranger.get(path).status_code for path in pages_of(made, key_image)}
    assert set(answers.values()) == {404}, answers
    posts = [
        stranger.post(reverse("pathology:remove_mark", args=[mark.pk])),
        stranger.post(f"/api/v1/slides/{made.number}/ticket"),
        stranger.post(
            f"/api/v1/slides/{made.number}/marks", {"kind": "point", "points": [[1, 1]]}, "application/json"
        ),
        stranger.delete(f"/api/v1/slide-marks/{mark.pk}"),
    ]
    assert [one.status_code for one in posts] == [404] * 4
    assert made.number not in stranger.get(reverse("pathology:list")).content.decode()
    assert stranger.get("/api/v1/slides").json()["total"] == 0
    officer = client_of(bench, bench.at(bench.home.org.parent, "county_officer"))
    assert officer.get(reverse("pathology:slide", args=[made.number])).status_code == 403


def test_another_hospital_sees_while_the_grant_lasts_but_never_the_label(bench: Bench) -> None:
    made = bench.granted_slide(label=Image.new("RGB", (200, 200), "red"))
    expert = client_of(bench, bench.other_doctor)
    page = expert.get(reverse("pathology:slide", args=[made.number]))
    assert page.status_code == 200
    words = page.content.decode()
    assert "王小明" not in words  # neither the file's name nor its label
    assert reverse("pathology:label", args=[made.number]) not in words
    assert Access.objects.filter(user=bench.other_doctor.user_id, patient=made.study.patient).count() == 1
    for name in ("label", "file"):
        assert expert.get(reverse(f"pathology:{name}", args=[made.number])).status_code == 403
    own = client_of(bench, bench.doctor)
    label = own.get(reverse("pathology:label", args=[made.number]))
    assert np.asarray(Image.open(io.BytesIO(label.content)))[100, 100, 0] > 200
    overview = expert.get(reverse("pathology:overview", args=[made.number]))
    shown = np.asarray(Image.open(io.BytesIO(overview.content)), dtype=int)
    assert not ((shown[..., 0] > 230) & (shown[..., 1] < 60)).any()  # no red: the label is not in it
    whole = b"".join(own.get(reverse("pathology:file", args=[made.number])).streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(whole).hexdigest() == made.sha256
    imaging.end_grants(actor=bench.doctor, reference="consultation:1")
    assert {expert.get(path).status_code for path in pages_of(made)} == {404}


def test_without_the_service_the_page_says_so_and_shows_the_overview(bench: Bench, settings: Any) -> None:
    made = bench.slide()
    own = client_of(bench, bench.doctor)
    words = own.get(reverse("pathology:slide", args=[made.number])).content.decode()
    assert components.state("tiles").words in words
    assert reverse("pathology:overview", args=[made.number]) in words
    assert reverse("pathology:file", args=[made.number]) in words
    assert "openseadragon" not in words
    assert components.state("tiles").words in own.get(reverse("pathology:list")).content.decode()
    settings.TILES_URL = "http://127.0.0.1:1"  # set, but nobody answers
    cache.clear()
    assert "暂时无法连接" in own.get(reverse("pathology:slide", args=[made.number])).content.decode()


def test_the_ticket_is_for_this_session_and_slide(
    bench: Bench, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TILES_URL = "http://127.0.0.1:8044/tiles"
    monkeypatch.setattr(components, "_answers", lambda url, port: True)
    made = bench.slide()
    own = client_of(bench, bench.doctor)
    page = own.get(reverse("pathology:slide", args=[made.number]))
    assert f"http://127.0.0.1:8044/tiles/{made.number}" in page.content.decode()
    cookie = page.cookies[tickets.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        f"/tiles/{made.number}/", True, "Strict",
    )  # fmt: skip
    key = admission._key(settings.SECRET_KEY)
    session = own.session.session_key or ""
    assert tickets.admits(key, cookie.value, made.number, session)
    assert not tickets.admits(key, cookie.value, made.number, "another")
    looks = Access.objects.count()
    again = own.post(f"/api/v1/slides/{made.number}/ticket")
    assert tickets.admits(key, again.json()["ticket"], made.number, session)
    assert Access.objects.count() == looks  # renewed, not looked at again
    other = client_of(bench, bench.office)
    assert other.post(f"/api/v1/slides/{made.number}/ticket").status_code == 200
    assert Access.objects.count() == looks + 1


def test_marks_and_lengths(bench: Bench) -> None:
    made = bench.granted_slide(mpp=0.25)
    drawn = {
        kind: actions.draw(actor=bench.other_doctor, slide=made, kind=kind, points=points, text=text)
        for kind, points, text in (
            ("point", [(10.04, 20)], ""), ("box", [(1, 1), (9, 9)], "异型细胞"), ("text", [(5, 5)], "此处"),
            ("polygon", [(0, 0), (9, 0), (9, 9)], ""), ("length", [(100, 100), (400, 500)], ""),
        )
    }  # fmt: skip
    assert drawn["length"].micrometres == pytest.approx(500 * 0.25)
    assert drawn["point"].points == [[10.0, 20]]
    assert {one.hospital for one in drawn.values()} == {bench.other}
    assert [one.kind for one in queries.marks(made)] == list(drawn)
    for kind, points, text, field in (
        ("circle", [(1, 1)], "", "kind"), ("point", [], "", "points"), ("box", [(1, 1)], "", "points"),
        ("polygon", [(1, 1)] * 2, "", "points"), ("polygon", [(1, 1)] * 501, "", "points"),
        ("point", [(1501, 1)], "", "points"), ("point", [(-1, 1)], "", "points"),
        ("point", [(float("nan"), 1)], "", "points"), ("text", [(1, 1)], " ", "text"),
        ("length", [(1, 1), (1, 1)], "", "points"), ("point", [(1, 1)], "x" * 201, "text"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.draw(actor=bench.doctor, slide=made, kind=kind, points=points, text=text)  # type: ignore[arg-type]
        assert field in refused.value.fields
    with pytest.raises(Denied):
        actions.remove_mark(actor=bench.doctor, mark=drawn["point"])
    actions.remove_mark(actor=bench.other_doctor, mark=drawn["point"])
    with pytest.raises(Conflict):
        actions.remove_mark(actor=bench.other_doctor, mark=drawn["point"])
    assert Mark.objects.count() == 5
    assert queries.marks(made).count() == 4


def test_no_scale_no_length(bench: Bench) -> None:
    made = bench.slide(mpp=None)
    assert (made.state, made.doubts) == ("ready", ["no_scale"])
    with pytest.raises(Invalid, match="微米"):
        actions.draw(actor=bench.doctor, slide=made, kind="length", points=[(0, 0), (9, 9)])
    page = client_of(bench, bench.doctor).get(reverse("pathology:slide", args=[made.number])).content.decode()
    assert "不能测量" in page


def test_a_key_image_is_the_chosen_part_by_its_pixels(bench: Bench) -> None:
    made = bench.slide()
    image = actions.choose_image(
        actor=bench.doctor, slide=made, x=600, y=400, width=300, height=200, caption="腺体异型"
    )
    got = client_of(bench, bench.doctor).get(reverse("pathology:key_image", args=[image.pk]))
    shown = np.asarray(Image.open(io.BytesIO(got.content)), dtype=int)
    wanted = np.asarray(BASE.crop((600, 400, 900, 600)), dtype=int)
    assert shown.shape == wanted.shape
    assert np.abs(shown - wanted).mean() < 8
    assert np.abs(shown - np.asarray(BASE.crop((300, 400, 600, 600)), dtype=int)).mean() > 8
    assert got["Cache-Control"] == "private, no-store"
    for change in ({"caption": ""}, {"x": 1495}, {"width": 3}):
        with pytest.raises(Invalid):
            actions.choose_image(
                actor=bench.doctor, slide=made,
                **({"x": 0, "y": 0, "width": 100, "height": 100, "caption": "a"} | change),  # type: ignore[arg-type]
            )  # fmt: skip
    storing.slide_path(made.number).unlink()
    with pytest.raises(Missing):
        actions.choose_image(actor=bench.doctor, slide=made, x=0, y=0, width=99, height=99, caption="a")


def test_the_interface_brings_in_lists_and_marks(bench: Bench) -> None:
    own = client_of(bench, bench.doctor)
    patient = bench.without_card()
    key = bench.upload(bench.doctor, content(bench.folder))
    told = {"upload": key, "patient": patient.number, "title": "胃窦 A1", "stain": "he"}
    made = own.post("/api/v1/slides", told, "application/json")
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    again = own.post("/api/v1/slides", told, "application/json")
    assert again.status_code == 409
    assert own.get("/api/v1/slides?state=checking").json()["total"] == 1
    Slide.objects.filter(number=number).update(
        state="ready", checked_at=Slide.objects.get().added_at, width=100, height=100, mpp_x=1, mpp_y=1
    )
    mark = own.post(
        f"/api/v1/slides/{number}/marks", {"kind": "length", "points": [[0, 0], [30, 40]]}, "application/json"
    )
    assert (mark.status_code, mark.json()["micrometres"]) == (201, 50.0)
    assert len(own.get(f"/api/v1/slides/{number}/marks").json()) == 1
    assert own.delete(f"/api/v1/slide-marks/{mark.json()['id']}").status_code == 204
    assert own.get(f"/api/v1/slides/{number}/marks").json() == []


def test_the_form_without_a_file_says_what_is_missing(bench: Bench) -> None:
    own = client_of(bench, bench.doctor)
    told = {"patient": "", "title": "A1", "stain": "he"}
    words = own.post(reverse("pathology:new"), told)
    assert words.status_code == 422
    assert "请选择切片文件" in words.content.decode()
    assert "填写患者编号" in words.content.decode()
    key = bench.upload(bench.doctor, content(bench.folder))
    told |= {"patient": bench.without_card().number.lower(), "upload": key}
    assert own.post(reverse("pathology:new"), told).status_code == 302
    assert Slide.objects.get().title == "A1"


def test_folders_without_a_row_are_swept(bench: Bench) -> None:
    made = bench.slide()
    orphan = storing.slide_path("f" * 16)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"x")
    for path in (orphan.parent, storing.slide_path(made.number).parent):
        os.utime(path, (0, 0))
    assert storing.sweep({made.number}) == 1
    assert not orphan.exists()
    assert storing.slide_path(made.number).exists()
