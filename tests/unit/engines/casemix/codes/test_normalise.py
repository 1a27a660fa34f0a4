"""Properties of the spelling of codes: noise goes, nothing else changes, twice is once."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.casemix.codes import normal_dx, normal_px

Normal = Callable[[pl.Series], pl.Series]

_part = st.from_regex(r"[A-Z][0-9]{2}\.([0-9]{3}|x[0-9]{2})(x[0-9]{3})?", fullmatch=True)
diagnoses = st.one_of(
    _part,
    st.tuples(_part, st.just("+"), st.from_regex(r"[A-Z][0-9]{2}(\.[0-9])?\*", fullmatch=True)).map("".join),
)
operations = st.from_regex(r"[0-9]{2}\.([0-9]{4}|[0-9]x[0-9]{2})(x[0-9]{3,4})?", fullmatch=True)
_alphabet = "AGSXaxZ0129.+*†＋＊Ａｘ０．-/ \u3000×无"
anything = st.one_of(
    st.text(_alphabet, max_size=14),
    st.from_regex(r"[A-Zax]?[0-9]{2}\.?[0-9xX]{0,4}([xX][0-9]{2,4})?([+†][A-Z][0-9]{2}\*?)?", fullmatch=True),
    st.text(),
)


def noisy(code: str, random: Random) -> str:
    """Write a code as careless programs and people do."""
    written = ""
    for mark in code:
        forms = [mark, mark.lower(), mark.upper(), chr(ord(mark) + 0xFEE0)]
        forms += {"+": "†‡", "*": "∗★", ".": "。．", "x": "×", "X": "×"}.get(mark, "")
        written += random.choice(forms) + random.choice(["", "", "", " ", "\u3000", "\u200b"])
    return random.choice(["", "\ufeff", "'", " "]) + written + random.choice(["", "\t", "'", "."])


@given(diagnoses, st.randoms(use_true_random=False))
def test_noise_goes_from_a_diagnosis(code: str, random: Random) -> None:
    assert normal_dx(pl.Series([noisy(code, random)])).to_list() == [code]


@given(operations, st.randoms(use_true_random=False))
def test_noise_goes_from_an_operation(code: str, random: Random) -> None:
    assert normal_px(pl.Series([noisy(code, random)])).to_list() == [code]


@pytest.mark.parametrize("normal", [normal_dx, normal_px])
@given(codes=st.lists(st.one_of(anything, diagnoses, operations, st.none()), max_size=20))
def test_spelling_twice_is_spelling_once_and_each_cell_stands_alone(
    normal: Normal, codes: list[str | None]
) -> None:
    column = pl.Series(codes, dtype=pl.String)
    once = normal(column)
    assert normal(once).to_list() == once.to_list()
    assert once.to_list() == [normal(pl.Series([code], dtype=pl.String)).item() for code in codes]


@pytest.mark.parametrize("normal", [normal_dx, normal_px])
@given(code=st.one_of(anything, diagnoses, operations))
def test_the_short_way_for_clean_cells_gives_what_the_long_way_gives(normal: Normal, code: str) -> None:
    """A blank in front sends every cell the long way."""
    assert normal(pl.Series([code])).to_list() == normal(pl.Series([" " + code])).to_list()
