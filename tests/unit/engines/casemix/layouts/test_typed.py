"""Text to values: one spec line for each way of writing that was seen in hospitals' files."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from duikou.engines.casemix.columns import FEES, PAGES
from duikou.engines.casemix.layouts import typed
from duikou.engines.casemix.layouts.detect import match
from tests.unit.engines.casemix.layouts.files import N041_RECORD, n041, read, written

ROOT = Path(__file__).parents[5]


def page(**texts: str | None) -> dict[str, Any]:
    """One typed page."""
    return typed(
        pl.DataFrame(
            {"row": [2], **{name: [text] for name, text in texts.items()}},
            schema_overrides=dict.fromkeys(texts, pl.String),
        )
    ).to_dicts()[0]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("sex", "1", 1),
        ("sex", "1.0", 1),
        ("sex", " 2 ", 2),
        ("sex", "男", 1),
        ("sex", "f", 2),
        ("sex", "3", 3),  # out of the list of values: for the checks to say
        ("sex", "300", None),
        ("sex", "?", None),
        ("age_years", "63岁", 63),
        ("age_years", "200", 200),
        ("age_years", "-1", -1),
        ("age_years", "6.3E+01", None),
        ("age_years", "3月", 0),
        ("age_years", "15天", 0),
        ("age_days", "15天", 15),
        ("stay_days", "8天", 8),
        ("stay_days", "8.5", None),
        ("birth_weight", "3.2kg", 3200),
        ("birth_weight", "3200.0", 3200),
        ("admission_weight", "99999999999", None),
        ("total", "12345.67", 1234567),
        ("total", "-5", -500),
        ("total", "0.005", None),
        ("total", "1.2E+04", None),
        ("own", "-", None),
        ("department", " 内科 ", "内科"),
        ("department", "—", None),
        ("department", "无痛中心", "无痛中心"),
        ("payment", "\\", None),
        ("pdx", "ｉ10.X00X002", "I10.x00x002"),
        ("pdx", "-", None),
        ("birth_date", "1960/5/6 0:00", dt.date(1960, 5, 6)),
        ("birth_date", "1960-13-01", None),
        ("discharged", "20240301.0", dt.datetime(2024, 3, 1)),
        ("discharged", "45352", None),
    ],
)
def test_values(column: str, text: str, value: object) -> None:
    assert page(**{column: text})[column] == value


@pytest.mark.parametrize(
    ("born", "admitted", "years", "days"),
    [
        ("2024-03-01", "2024-03-01", 0, 0),
        ("2024-03-01", "2024-03-28", 0, 27),
        ("2024-03-01", "2025-02-28", 0, 364),
        ("2024-03-01", "2025-03-01", 1, None),
        ("1960-05-06", "2024-05-05", 63, None),
        ("1960-05-06", "2024-05-06", 64, None),
        ("-", "2024-05-06", None, None),
    ],
)
def test_ages_are_reckoned_where_there_is_no_column(
    born: str, admitted: str, years: int | None, days: int | None
) -> None:
    found = page(birth_date=born, admitted=admitted)
    assert (found["age_years"], found["age_days"]) == (years, days)


def test_what_has_a_column_is_not_reckoned() -> None:
    found = page(
        birth_date="2024-03-01", admitted="2024-03-05", discharged="2024-03-09", age_days=None, stay_days="-"
    )
    assert (found["age_days"], found["stay_days"]) == (None, None)


@pytest.mark.parametrize(
    ("admitted", "discharged", "days"),
    [
        ("20240301", "20240301", 1),
        ("20240301 23:00", "20240302 01:00", 1),
        ("20240301", "20240309", 8),
        ("x", "20240309", None),
    ],
)
def test_the_stay_is_reckoned_in_days(admitted: str, discharged: str, days: int | None) -> None:
    assert page(admitted=admitted, discharged=discharged)["stay_days"] == days


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        ("20240309", "10", dt.datetime(2024, 3, 9, 10)),
        ("20240309", "", dt.datetime(2024, 3, 9)),
        ("20240309", "24", dt.datetime(2024, 3, 9)),
        ("2024/3/9 11:30:00", "10", dt.datetime(2024, 3, 9, 11, 30)),
        ("-", "10", None),
    ],
)
def test_n041_keeps_the_hour_apart(tmp_path: Path, day: str, hour: str, moment: dt.datetime | None) -> None:
    path = written(tmp_path, n041([{**N041_RECORD, "CYSJ": day, "CYSJS": hour}]))
    assert typed(read(path))["discharged"].to_list() == [moment]


def test_keys() -> None:
    assert page(id="7", record_no="1")["id"] == "7"
    assert page(hospital="H", record_no="1", visit_no=None)["id"] == "H|1|"
    assert page(pdx="A00")["id"] == "2"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_names_the_narrow_columns(language: str) -> None:
    text = (ROOT / "docs" / "guide" / language / "front-pages.md").read_text("utf-8")
    table = text[text.index("| `id` |") : text.index("`age`")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named - {"dx", "sdx", "px", "dx01", "dx02", "px01", "px02"} == set(PAGES) - {"row"}
    headings = sorted(named - {"dx", "sdx", "px"}) + [f"fee_{name}" for name in FEES]
    assert match(headings).ignored == ()
    assert "`fee_…`" in table
