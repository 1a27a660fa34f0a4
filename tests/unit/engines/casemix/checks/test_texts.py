"""Columns looked at through their views say what the texts say."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.checks.special import Seen
from duikou.engines.casemix.checks.texts import BLANKS, EMPTY, octet_at, tidied
from tests.examples import examples

CELLS = st.one_of(
    st.none(),
    st.sampled_from(EMPTY),
    st.text(st.sampled_from([*BLANKS, *"a1-—无/年病\U0002a700\x00"]), max_size=20),
    st.builds("{}{}{}".format, *[st.sampled_from(["", *BLANKS, "十二个字节的文字", "x" * 12])] * 3),
)


def plain_tidy(text: str | None) -> str | None:
    stripped = None if text is None else text.strip(BLANKS)
    return None if stripped in EMPTY else stripped


@settings(max_examples=examples(200))
@given(st.lists(CELLS, max_size=30), st.integers(0, 5))
def test_tidying_is_stripping_and_emptying(cells: list[str | None], begin: int) -> None:
    texts = pl.Series("x", cells, dtype=pl.String)
    for column in (texts, texts[begin:], texts.filter(texts.is_not_null())):
        before = column.to_list()
        assert tidied(column).to_list() == [plain_tidy(text) for text in before]
        assert column.to_list() == before


@settings(max_examples=examples(100))
@given(st.lists(CELLS, min_size=1, max_size=30), st.integers(0, 11))
def test_a_byte_of_each_text(cells: list[str | None], place: int) -> None:
    texts = pl.Series("x", cells, dtype=pl.String)
    expected = [(text or "").encode()[place : place + 1] or b"\0" for text in cells]
    assert octet_at(texts, place).tolist() == [one[0] for one in expected]


@settings(max_examples=examples(100))
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", None])), max_size=8), max_size=8
    )
)
def test_stays_that_were_met_before(frames: list[list[tuple[int, str | None]]]) -> None:
    seen, met, row = Seen(), {}, 2
    for records in frames:
        pages = pl.DataFrame(
            {
                "row": range(row, row + len(records)),
                "record_no": [None if number == 3 else str(number) for number, _ in records],
                "visit_no": [visit for _, visit in records],
            },
            schema={"row": pl.UInt32, "record_no": pl.String, "visit_no": pl.String},
        )
        expected = []
        for at, (number, visit) in enumerate(records):
            if number != 3:
                first = met.setdefault((number, visit), row + at)
                if first != row + at:
                    expected.append((at, first))
        assert list(seen.repeated(pages).iter_rows()) == expected
        row += len(records)


def test_many_frames_are_remembered() -> None:
    seen = Seen()
    for begin in range(0, 50_000, 1_000):
        numbers = pl.int_range(begin, begin + 1_000, eager=True)
        pages = pl.DataFrame({"row": numbers.cast(pl.UInt32), "record_no": numbers.cast(pl.String)})
        assert seen.repeated(pages).is_empty()
    again = pl.DataFrame({"row": [60_000, 60_001], "record_no": ["123", "49999"]}).cast({"row": pl.UInt32})
    assert list(seen.repeated(again).iter_rows()) == [(0, 123), (1, 49_999)]


@pytest.mark.parametrize("cells", [[], [None, None]])
def test_columns_without_text(cells: list[None]) -> None:
    texts = pl.Series("x", cells, dtype=pl.String)
    assert tidied(texts).to_list() == cells
    assert octet_at(texts, 4).tolist() == [0] * len(cells)
