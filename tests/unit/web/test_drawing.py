"""Maps and charts: well-formed, escaped, inside their frame, reachable by keyboard."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.web.drawing import axis_marks, bar_chart, line_chart, tile_map

CELLS = [
    {
        "key": "a",
        "label": "安吉",
        "col": 4,
        "row": 1,
        "level": 2,
        "href": "/?u=a&b=1",
        "title": "安吉县：2 家",
    },
    {"key": "b", "label": "景宁畲族自治", "col": 5, "row": 1, "level": 0, "title": "景宁县：0 家"},
    {"key": "c", "label": "甲<b>", "col": 5, "row": 3, "level": None, "chosen": True},
]


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def test_cells_become_links_with_words() -> None:
    root = parsed(tile_map(CELLS, "覆盖图"))
    link = root.find("a")
    assert link is not None
    assert link.get("href") == "/?u=a&b=1"
    assert link.findtext("title") == "安吉县：2 家"
    assert root.get("aria-label") == "覆盖图"


def test_the_map_starts_at_its_first_column_and_row() -> None:
    drawing = tile_map(CELLS, "")
    assert parsed(drawing).get("viewBox") == "0 0 108 120"
    assert 'x="1.5" y="1.5"' in drawing


def test_levels_and_the_chosen_cell_are_classes() -> None:
    drawing = tile_map(CELLS, "")
    assert re.findall(r'class="(dk-fill[^"]*)"', drawing) == [
        "dk-fill-2",
        "dk-fill-0",
        "dk-fill-none dk-chosen",
    ]
    assert "style=" not in drawing


def test_long_names_are_set_narrower() -> None:
    assert [text.get("textLength") is not None for text in parsed(tile_map(CELLS, "")).iter("text")] == [
        False,
        True,
        False,
    ]


def test_flows_are_drawn_between_known_cells_only() -> None:
    flows = [
        {"source": "a", "target": "c", "title": "甲 → 乙"},
        {"source": "a", "target": "missing"},
        {"source": "a", "target": "a"},
    ]
    root = parsed(tile_map(CELLS, "", flows))
    assert len(list(root.iter("path"))) == 1
    assert [g.findtext("title") for g in root.findall("g") if g.get("class") == "dk-flow-line"] == ["甲 → 乙"]


def test_no_cell_is_no_error() -> None:
    assert parsed(tile_map([], "空")).get("viewBox")


def test_bars_are_as_long_as_their_values() -> None:
    bars = [
        {"label": "PAIR-01", "value": 30, "href": "?r=1"},
        {"label": "PAIR-02", "value": 15},
        {"label": "x"},
    ]
    widths = [float(rect.get("width", 0)) for rect in parsed(bar_chart(bars, "发现", "条")).iter("rect")]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert widths[2] == 2


def test_a_gap_in_a_line_stays_a_gap() -> None:
    drawing = line_chart(["1", "2", "3", "4"], [{"name": "发现", "values": [1, None, 3, 4]}], "走势", "条")
    assert len(list(parsed(drawing).iter("polyline"))) == 2
    assert "发现 3: 3 条" in drawing


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_axis_marks_reach_the_top_in_few_round_steps(top: float) -> None:
    marks = axis_marks(top)
    assert marks[0] == 0
    assert marks[-1] >= top * (1 - 1e-9)
    assert 3 <= len(marks) <= 7


@given(
    st.lists(
        st.fixed_dictionaries({"label": st.text(max_size=30), "value": st.integers(0, 10**6)}), max_size=8
    )
)
def test_any_label_is_escaped(bars: list[dict[str, object]]) -> None:
    clean = [{**bar, "label": re.sub(r"[^\x20-\ud7ff]", "", str(bar["label"]))} for bar in bars]
    parsed(bar_chart(clean, "<&>"))


def test_a_tile_may_have_a_second_line() -> None:
    one = {"key": "a", "label": "杭州", "col": 0, "row": 0, "level": 1, "title": "杭州市", "note": "4/5"}
    label, note = parsed(tile_map([one], "图")).findall(".//text")
    assert (label.text, note.text) == ("杭州", "4/5")
    assert float(label.get("y", "")) < float(note.get("y", ""))
    (alone,) = parsed(tile_map([one | {"note": ""}], "图")).findall(".//text")
    assert float(label.get("y", "")) < float(alone.get("y", "")) < float(note.get("y", ""))


@pytest.mark.parametrize(("tiles", "look"), [(150, "dk-map"), (151, "dk-map dk-map-large")])
def test_many_tiles_get_more_room(tiles: int, look: str) -> None:
    cells = [{"key": n, "label": str(n), "col": n % 10, "row": n // 10, "level": 0} for n in range(tiles)]
    assert parsed(tile_map(cells, "图")).get("class") == look
