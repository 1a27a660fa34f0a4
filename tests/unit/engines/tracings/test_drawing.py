"""The picture of a tracing: of real size, small, and without losing a peak."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duikou.engines.tracings import LEADS, Drawn, Paper, Tracing, draw
from duikou.engines.tracings.drawing import GAINS, LARGEST, LAYOUTS, SPEEDS, UNIT
from duikou.engines.tracings.invented import RATE, waves
from duikou.engines.tracings.thinning import thinned
from tests.examples import examples

PAPERS = [Paper(speed, gain, layout) for speed in SPEEDS for gain in GAINS for layout in LAYOUTS]
NAMESPACE = "{http://www.w3.org/2000/svg}"


def lines(drawn: Drawn) -> list[tuple[str, list[list[tuple[int, int]]]]]:
    """Leads with the points of their lines, read back from the picture."""
    found = []
    for path in ElementTree.fromstring(drawn.svg).iter(f"{NAMESPACE}path"):
        lead = path.get("data-lead")
        if lead is None:
            continue
        pieces = []
        for piece in path.get("d", "").split("M")[1:]:
            numbers = [int(one) for one in re.findall(r"-?\d+", piece)]
            points = [(numbers[0], numbers[1])]
            for at in range(2, len(numbers), 2):
                points.append((points[-1][0] + numbers[at], points[-1][1] + numbers[at + 1]))
            pieces.append(points)
        found.append((lead, pieces))
    return found


def tracing(leads: dict[str, np.ndarray], rate: int = RATE) -> Tracing:
    return Tracing(rate, leads)


@pytest.mark.parametrize("paper", PAPERS, ids=str)
def test_every_paper_is_small_and_as_long_as_it_says(paper: Paper) -> None:
    drawn = draw(tracing(waves(1, rate=1000), 1000), paper)
    assert len(drawn.svg.encode()) <= LARGEST
    assert drawn.width == 15 + 10 * paper.speed + 5
    assert f'width="{drawn.width:g}mm"' in drawn.svg
    rows = LAYOUTS[paper.layout]
    found = lines(drawn)
    assert [lead for lead, _ in found] == [lead for row in rows for lead in row]
    for (_, pieces), seconds in zip(found, [10 / len(row) for row in rows for _ in row], strict=True):
        ((first, *_, last),) = pieces
        assert abs((last[0] - first[0]) / UNIT / paper.speed - seconds) < 0.01


@pytest.mark.parametrize("paper", PAPERS, ids=str)
def test_the_height_of_every_wave_is_that_of_the_samples(paper: Paper) -> None:
    leads = waves(2)
    for lead, ((points,), (first, last)) in zip(
        (lead for row in LAYOUTS[paper.layout] for lead in row),
        _with_spans(draw(tracing(leads), paper), paper),
        strict=True,
    ):
        heights = [y for _, y in points]
        expected = np.ptp(leads[lead][first:last]) / 1000 * paper.gain * UNIT
        assert abs(max(heights) - min(heights) - expected) <= 1


def _with_spans(drawn: Drawn, paper: Paper):
    spans = [
        (round(at * 10 / len(row) * RATE), round((at + 1) * 10 / len(row) * RATE))
        for row in LAYOUTS[paper.layout]
        for at in range(len(row))
    ]
    return [(pieces, span) for (_, pieces), span in zip(lines(drawn), spans, strict=True)]


@settings(max_examples=examples(200), deadline=None)
@given(
    values=st.lists(st.one_of(st.floats(-3000, 3000), st.just(float("nan"))), max_size=120),
    per_column=st.floats(0.3, 40),
)
@example(values=[0.0] * 50 + [1500.0] + [0.0] * 50, per_column=40)
def test_a_thinned_curve_covers_the_cells_of_all_its_samples(values: list[float], per_column: float) -> None:
    """Column by column: the same top and bottom, the same entry and exit, the same gaps."""
    line = np.array(values)
    column = np.floor(np.arange(len(line)) / per_column).astype(np.int64)
    kept = thinned(line, column)
    assert list(kept) == sorted(set(kept.tolist()))
    for one in set(column.tolist()):
        whole, few = line[column == one], line[[at for at in kept if column[at] == one]]
        there, drawn = whole[~np.isnan(whole)], few[~np.isnan(few)]
        assert len(there) == 0 or (drawn.max(), drawn.min()) == (there.max(), there.min())
        assert len(there) == 0 or (drawn[0], drawn[-1]) == (there[0], there[-1])
    # Two kept neighbours are joined by a line exactly where nothing is missing between them.
    for before, after in pairwise(kept.tolist()):
        if not np.isnan(line[before]) and not np.isnan(line[after]):
            assert not np.isnan(line[before : after + 1]).any()
    assert len(kept) <= 4 * len(set(column.tolist())) + 3 * int(np.isnan(line).sum())


@settings(max_examples=12, deadline=None)
@given(at=st.integers(0, 4999), lead=st.sampled_from(LEADS), up=st.booleans(), paper=st.sampled_from(PAPERS))
def test_a_spike_of_a_single_sample_is_drawn_at_its_height(
    at: int, lead: str, up: bool, paper: Paper
) -> None:
    leads = {name: np.zeros(5000) for name in LEADS}
    leads[lead] = leads[lead].copy()
    leads[lead][at] = 2000 if up else -2000
    seen = [
        (points, first <= at < last)
        for (name, _), ((points,), (first, last)) in zip(
            lines(draw(tracing(leads), paper)), _with_spans(draw(tracing(leads), paper), paper), strict=True
        )
        if name == lead
    ]
    for points, there in seen:
        heights = [y for _, y in points]
        assert max(heights) - min(heights) == (2 * paper.gain * UNIT if there else 0)


def test_rows_do_not_run_into_each_other() -> None:
    leads = waves(3)
    leads["V3"] = leads["V3"] * 4
    bounds = []
    for (_, pieces), row in zip(
        lines(draw(tracing(leads), Paper(layout="12x1"))), LAYOUTS["12x1"], strict=True
    ):
        heights = [y for points in pieces for _, y in points]
        bounds.append((min(heights), max(heights), row))
    assert all(one[1] < two[0] for one, two in pairwise(bounds))


def test_a_gap_breaks_the_line() -> None:
    leads = waves(4)
    leads["II"][1000:1500] = np.nan
    found = [pieces for lead, pieces in lines(draw(tracing(leads))) if lead == "II"]
    assert len(found[-1]) == 2
    assert found[-1][1][0][0] - found[-1][0][-1][0] == pytest.approx(500 / RATE * 25 * UNIT, abs=2)


def test_a_short_tracing_is_drawn_whole() -> None:
    drawn = draw(tracing(waves(5, seconds=4)))
    assert drawn.width == 15 + 4 * 25 + 5


def test_the_picture_is_the_same_as_before() -> None:
    """A golden picture; look at the new one before you take its digest over."""
    steps = {
        lead: np.where(np.arange(5000) % 500 < 250, 0.0, 500.0 + 100 * at) for at, lead in enumerate(LEADS)
    }
    svg = draw(tracing(steps), title="演示 <数据>").svg
    assert "<title>演示 &lt;数据&gt;</title>" in svg
    assert hashlib.sha256(svg.encode()).hexdigest() == GOLDEN


GOLDEN = "b936baad9d89e4505dde2c9d855a6472d62cbe6d8ee6dce616b69552243efbf9"


@pytest.mark.parametrize("values", [(30, 10, "3x4"), (25, 15, "3x4"), (25, 10, "4x3")])
def test_only_known_papers_are_drawn(values: tuple[int, int, str]) -> None:
    with pytest.raises(ValueError, match="no such paper"):
        Paper(*values)
