"""What passes as well spelled by its bytes is what the patterns let pass."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.codes import normal_dx, normal_px
from duikou.engines.casemix.layouts.clean import DIAGNOSES, OPERATIONS, Shapes
from duikou.engines.casemix.layouts.typed import typed
from tests.examples import examples

DX = r"[A-Z][0-9]{2}(\.([0-9]{1,2}|([0-9]|x)[0-9]{2}(x[0-9]{3})?))?"
PX = r"[0-9]{2}(\.([0-9]{1,3}|[0-9]([0-9]|x)[0-9]{2}(x[0-9]{3})?))?"


def nearly(pattern: str) -> st.SearchStrategy[str]:
    """Codes of a pattern, some of them with one character put in, left out or exchanged."""
    codes = st.from_regex(pattern, fullmatch=True)
    return codes | st.builds(
        lambda code, place, sign, skip: code[:place] + sign + code[place + skip :],
        codes,
        st.integers(0, 12),
        st.sampled_from(
            ["", "@", "[", "/", ":", "x", "X", "Z", "a", " ", ".", "+", "*", "峃", "Ａ", "?", "\x00", "9"]
        ),
        st.integers(0, 1),
    )


@pytest.mark.parametrize(
    ("shapes", "pattern", "normal"), [(DIAGNOSES, DX, normal_dx), (OPERATIONS, PX, normal_px)]
)
@settings(max_examples=examples(200), deadline=None)
@given(data=st.data())
def test_shapes_are_the_pattern(shapes: Shapes, pattern: str, normal: object, data: st.DataObject) -> None:
    codes = data.draw(st.lists(nearly(pattern) | st.none(), max_size=30))
    column = pl.Series("c", codes, dtype=pl.String)
    other = column.is_not_null() & (column != "") & ~column.str.contains(f"^(?:{pattern})$")
    assert shapes.strange(column).tolist() == other.arg_true().to_list()
    well_spelled = column.filter(~other)
    assert normal(well_spelled).equals(well_spelled)  # type: ignore[operator]


@pytest.mark.parametrize("code", ["A00.000", "I10.x00x002", "S72.000x001", "B01"])
def test_usual_diagnoses_are_not_strange(code: str) -> None:
    assert DIAGNOSES.strange(pl.Series([code, None, ""])).tolist() == []


def test_a_slice_of_a_column_is_read_where_it_begins() -> None:
    column = pl.concat([pl.Series(["strange", "A00"]), pl.Series(["B00", None, "?"])], rechunk=False)
    assert DIAGNOSES.strange(column.slice(1, 4)).tolist() == [3]
    assert DIAGNOSES.strange(column.slice(0, 0)).tolist() == []


@settings(max_examples=examples(100), deadline=None)
@given(codes=st.lists(nearly(DX) | nearly(PX) | st.none(), min_size=1, max_size=20))
def test_typed_codes_are_the_normal_ones(codes: list[str | None]) -> None:
    column = pl.Series(codes, dtype=pl.String)
    raw = pl.DataFrame({"row": range(2, len(codes) + 2), "pdx": column, "dx01": column, "px01": column})
    pages = typed(raw)
    for name, normal in (("pdx", normal_dx), ("dx01", normal_dx), ("px01", normal_px)):
        assert pages[name].to_list() == normal(column).to_list()
