"""Numbers and dates as agreements write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.clauses.numbering import chinese, formatted
from duikou.engines.clauses.numbers import Number, dates, number_at, value_of


@given(st.integers(1, 9999))
def test_what_is_printed_in_chinese_reads_back(number: int) -> None:
    assert value_of(chinese(number)) == number
    assert value_of(formatted(number, "chineseLegalSimplified")) == number
    assert value_of(str(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [("两", 2), ("半", 0.5), ("二〇一四", 2014), ("一百零五", 105), ("十", 10), ("3.5", 3.5), ("2万", 20_000),
     ("一万二千", 12_000), ("万", None), ("", None), ("好", None)],
)  # fmt: skip
def test_values(text: str, value: float | None) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5名", Number(5, "人")),
        ("三年", Number(3, "年")),
        ("百分之八十", Number(80, "%")),
        ("30％", Number(30, "%")),
        ("两个工作日", Number(2, "工作日")),
        ("每两年", Number(2, "年", every=True)),
        ("每季度", Number(1, "季度", every=True)),
        ("一至三个月", Number(1, "月", high=3)),
        ("80余例", Number(80, "例")),
        ("50万元", Number(500_000, "元")),
        ("12", Number(12, "")),
    ],
)
def test_numbers_with_their_measure(text: str, number: Number) -> None:
    found = number_at(text, 0)
    assert found is not None
    assert found[1] == number


@pytest.mark.parametrize("text", ["第三条", "第1项", "2014年2月15日", "2014.2.15", "二〇一四年二月"])
def test_ordinals_and_dates_are_no_amounts(text: str) -> None:
    assert number_at(text, 0) == (len(text), None)


@pytest.mark.parametrize("text", ["统一安排", "一致同意", "三级医院", "万一", "一定"])
def test_words_with_numerals_are_no_numbers(text: str) -> None:
    assert number_at(text, 0) is None


def test_equal_lengths_of_time_are_written_alike() -> None:
    assert str(Number(1, "年")) == str(Number(12, "月"))
    assert str(Number(3, "月", every=True)) == str(Number(1, "季度", every=True))
    assert str(Number(0.5, "年")) == str(Number(6, "月"))
    assert str(Number(24, "小时")) == str(Number(1, "天"))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2014年2月15日", dt.date(2014, 2, 15), dt.date(2014, 2, 15)),
        ("2014年2月", dt.date(2014, 2, 1), dt.date(2014, 2, 28)),
        ("二〇一四年二月", dt.date(2014, 2, 1), dt.date(2014, 2, 28)),
        ("二○一六年十二月三十一日", dt.date(2016, 12, 31), dt.date(2016, 12, 31)),
        ("2014.2.15", dt.date(2014, 2, 15), dt.date(2014, 2, 15)),
        ("2014-02", dt.date(2014, 2, 1), dt.date(2014, 2, 28)),
        ("２０１４年２月", dt.date(2014, 2, 1), dt.date(2014, 2, 28)),
        ("2014 年 2 月 5 日", dt.date(2014, 2, 5), dt.date(2014, 2, 5)),
        ("2016年", dt.date(2016, 1, 1), dt.date(2016, 12, 31)),
    ],
)
def test_dates(text: str, first: dt.date, last: dt.date) -> None:
    (written,) = dates(f"自{text}起")
    assert (written.first(), written.last()) == (first, last)


def test_days_that_no_calendar_has() -> None:
    assert [one.first() for one in dates("2014年2月30日、2014年13月")] == [None, None]
    assert [one.last() for one in dates("2014年13月")] == [None]
