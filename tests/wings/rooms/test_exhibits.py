"""What lies on the stage is drawn by each member's own rights; a room opens nothing to anybody."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from duikou.core import components
from duikou.core.scope import Actor, actor_for
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import Study
from duikou.wings.pathology.models import Slide
from duikou.wings.patients.models import Access
from duikou.wings.rooms import actions, exhibits
from duikou.wings.rooms.actions import Invited
from duikou.wings.rooms.models import Room
from tests.tele.samples import series_files
from tests.wings.pathology.conftest import Bench
from tests.wings.pathology.conftest import bench as bench


class Show:
    """A room of two hospitals on whose stage lie a CT that both may see and a slide that one may see."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        files = series_files(3)
        handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
        (self.study,) = imaging.take(actor=bench.doctor, patient=bench.without_card(), handed=handed)
        self.slide: Slide = bench.slide()
        bench.granted(self.study)
        bench.shared(self.study)
        shown = [*exhibits.of_study(self.study), *exhibits.of_study(self.slide.study)]
        self.room: Room = actions.open_room(
            actor=bench.doctor,
            title="讨论",
            members=[Invited("speaker", path=bench.other.scope_path, label=bench.other.name)],
            exhibits=shown,
        )

    def ask(self, actor: Actor, position: int) -> Any:
        client = Client()
        client.force_login(self.bench.user(actor))
        return client.get(f"/app/rooms/{self.room.pk}/exhibits/{position}/")


@pytest.fixture
def show(bench: Bench) -> Show:
    return Show(bench)


def test_a_series_is_told_picture_by_picture_and_is_a_look(show: Show) -> None:
    for actor in (show.bench.doctor, show.bench.other_doctor):
        answer = show.ask(actor, 1)
        assert answer.status_code == 200, answer.content.decode()
        found = answer.json()
        (series,) = found["series"]
        assert (found["kind"], series["title"], series["modality"]) == ("series", "肺窗", "CT")
        assert series["frames"] == [[pk, 1] for pk in show.study.files.values_list("pk", flat=True)]
        client = Client()
        client.force_login(show.bench.user(actor))
        picture = client.get(f"{found['base']}{series['frames'][0][0]}/1.png?window=lung")
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert Access.objects.filter(user=show.bench.other_doctor.user_id).count() == 1


def test_the_room_gives_no_right_to_what_is_not_granted(show: Show) -> None:
    refused = show.ask(show.bench.other_doctor, 2)
    assert refused.status_code == 404
    assert "切片" in refused.json()["message"]
    imaging.end_grants(actor=show.bench.doctor, reference="consultation:1")
    assert show.ask(show.bench.other_doctor, 1).status_code == 404
    assert show.ask(show.bench.doctor, 1).status_code == 200
    assert show.ask(show.bench.doctor, 9).status_code == 404


def test_a_stranger_meets_no_room(show: Show) -> None:
    third = show.bench.at(show.bench.home.org.parent, "county_officer")
    assert show.ask(third, 1).status_code == 403
    elsewhere = actor_for(show.bench.user(show.bench.at(_third_hospital(), "clinician")))
    for position in (1, 2, 3, 9):
        assert show.ask(elsewhere, position).status_code == 404


def _third_hospital() -> Any:
    from duikou.wings.hospitals.models import Hospital

    return Hospital.objects.select_related("org").get(name="宁波市第一医院").org


def test_a_slide_comes_with_its_tiles_and_a_ticket(
    show: Show, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = show.ask(show.bench.doctor, 2).json()
    assert (without["kind"], without["source"]) == ("image", f"/app/slides/{show.slide.number}/overview/")
    assert components.state("tiles").words in without["words"]
    settings.TILES_URL = "http://127.0.0.1:8044/tiles"
    monkeypatch.setattr(components, "_answers", lambda url, port: True)
    answer = show.ask(show.bench.doctor, 2)
    assert answer.json() == {
        "kind": "slide",
        "tiles": f"http://127.0.0.1:8044/tiles/{show.slide.number}",
        "width": 1500,
        "height": 1100,
        "mpp": show.slide.mpp_x,
    }
    assert answer.cookies["duikou-tiles"]["path"] == f"/tiles/{show.slide.number}/"


def test_the_board_needs_nothing(show: Show) -> None:
    assert show.ask(show.bench.other_doctor, 3).json() == {"kind": "board", "source": ""}


def test_of_each_kind_of_study_what_can_be_shown(show: Show) -> None:
    kinds = {kind: show.bench.study(kind=kind) for kind in ("ecg", "document")}
    assert [one.kind for one in exhibits.of_study(kinds["ecg"])] == ["image"]
    assert exhibits.of_study(kinds["document"]) == []
    Slide.objects.update(state=Slide.State.REFUSED)
    assert exhibits.of_study(Study.objects.get(pk=show.slide.study_id)) == []
