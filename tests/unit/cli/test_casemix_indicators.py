"""`duikou casemix indicators`: from a file of front pages to figures that equal the plain oracle's."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from duikou.cli.main import main
from duikou.engines.casemix import major_diseases, scheme
from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.facts import HOSPITALS, facts_of
from duikou.engines.casemix.grouper import group
from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators.reference import Given, reference
from duikou.engines.casemix.layouts import open_file, typed

RECORDS = 400
PLACES = "hospital,county,city,county_level\n"
Run = Any


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "zh")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "pages.csv"
    assert main(["casemix", "generate", "--records", str(RECORDS), "--seed", "5", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def places(pages: Path) -> Path:
    """Every second hospital is county-level; the places go round four counties of two cities."""
    names = sorted(set(pl.read_csv(pages)["hospital"]))
    path = pages.parent / "places.csv"
    counties = ["330102", "330105", "330203", "330205"]
    rows = [f"{name},{counties[n % 4]},{counties[n % 4][:4]}00,{n % 2}\n" for n, name in enumerate(names)]
    path.write_text(PLACES + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def facts(pages: Path, places: Path) -> pl.DataFrame:
    lines = pl.read_csv(places, schema_overrides={"county": pl.String, "city": pl.String})
    hospitals = lines.select(
        "hospital",
        "county",
        "city",
        key="hospital",
        valid_from=pl.lit(None, pl.Date),
        valid_to=pl.lit(None, pl.Date),
    ).select(list(HOSPITALS))
    made = [
        facts_of(
            typed(raw),
            group(typed(raw), scheme.load(STARTER)),
            hospitals=hospitals,
            major_diseases=major_diseases.load(),
        )
        for raw in open_file(pages).frames()
    ]
    return pl.concat(made)


def given_of(facts: pl.DataFrame, places: Path) -> Given:
    level = pl.read_csv(places).filter(pl.col("county_level") == 1)["hospital"]
    return Given(facts.to_dicts(), county_hospitals=frozenset(level))


def run(*words: object) -> int:
    return main(["casemix", "indicators", *map(str, words)])


def test_all_indicators_equal_the_oracle(
    pages: Path, places: Path, facts: pl.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    settings = ["--set", "minimum=0", "--set", "minimum_group=2", "--set", "minimum_inside=1"]

    assert run(pages, "--hospitals", places, *settings, "--set", "minimum_outside=1", "--out", out) == 0

    found = {one["indicator"]: one for one in json.loads(out.read_text(encoding="utf-8"))}
    assert set(found) == set(DEFINITIONS)
    given = given_of(facts, places)
    chosen = {"minimum": 0, "minimum_group": 2, "minimum_inside": 1, "minimum_outside": 1}
    for name, one in DEFINITIONS.items():
        parameters = {key: value for key, value in chosen.items() if key in one.defaults}
        assert found[name]["rows"] == reference(name, given, one.settings(parameters)), name
        assert found[name]["parameters"].items() >= parameters.items()
    assert found["down_referral_candidates"]["rows"]


def test_stored_facts_give_the_same(
    pages: Path, places: Path, facts: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = tmp_path / "facts.parquet"
    facts.write_parquet(stored)
    words = ["--indicator", "in_county_rate", "--indicator", "cmi", "--set", "by=year", "--json"]

    capsys.readouterr()
    assert run(stored, *words) == 0
    of_facts = json.loads(capsys.readouterr().out)
    assert run(pages, "--hospitals", places, *words) == 0
    assert json.loads(capsys.readouterr().out) == of_facts


def test_csv_and_workbook(pages: Path, places: Path, tmp_path: Path) -> None:
    table, book = tmp_path / "out.csv", tmp_path / "out.xlsx"
    words = [pages, "--hospitals", places, "--indicator", "average_cost", "--indicator", "out_referral_list"]

    assert run(*words, "--set", "minimum=3", "--out", table) == 0
    assert run(*words, "--set", "minimum=3", "--out", book) == 0

    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert list(rows[0])[:5] == ["indicator", "version", "hospital", "residence", "disease"]
    costs = [row for row in rows if row["indicator"] == "average_cost"]
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["说明 Guide", "average_cost", "out_referral_list"]
    shown = list(sheets["average_cost"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in shown] == [row["hospital"] for row in costs]
    assert [row[3] for row in shown] == [int(row["value"]) / 100 if row["value"] else None for row in costs]
    assert any(row["suppressed"] == "true" and not row["value"] for row in costs)
    assert "minimum=3" in str(sheets["说明 Guide"]["G2"].value)


def test_for_a_person_in_both_languages(
    pages: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The places come from the packaged register; rows beyond the first are counted."""
    assert run(pages, "--indicator", "average_stay", "--set", "minimum=1") == 0
    assert "average_stay v1  平均住院日: Σ 住院天数 ÷ 出院人次" in (out := capsys.readouterr().out)
    assert "行 more rows" in out
    monkeypatch.setenv("DUIKOU_LANG", "en")
    assert run(pages, "--indicator", "in_county_rate", "--set", "by=") == 0
    assert "in-county rate: stays of the county's residents" in capsys.readouterr().out


def test_faulty_rows_are_set_apart_and_told(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = pages.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("sex")
    cells = lines[1].split(",")
    cells[column] = "7"
    spoiled = tmp_path / "spoiled.csv"
    spoiled.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    words = [spoiled, "--indicator", "cases", "--set", "by=", "--json"]

    assert run(*words) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)[0]["rows"][0]["value"] == RECORDS - 1
    assert "1 行有误未计入" in captured.err
    assert run(*words, "--unchecked") == 0
    assert json.loads(capsys.readouterr().out)[0]["rows"][0]["value"] == RECORDS


def test_units_choose_among_all_indicators(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pages, "--set", "by=residence_city", "--json") == 0

    found = {one["indicator"] for one in json.loads(capsys.readouterr().out)}
    assert found == {name for name, one in DEFINITIONS.items() if "residence_city" in one.by}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--indicator", "no_such"], "没有指标 no_such"),
        (["--set", "minimum"], "名称=值"),
        (["--set", "colour=red"], "没有参数 colour"),
        (["--indicator", "cmi", "--set", "minimum=few"], "整数"),
        (["--indicator", "cmi", "--set", "weights=imported"], "须给出权重表"),
        (["--out", "figures.docx"], ".csv、.xlsx、.json"),
        (["--out", "no/such/folder/figures.csv", "--indicator", "cases"], "无法写入"),
        (["--scheme", "no-such-scheme"], "no-such-scheme"),
        (["--hospitals", "no-such.csv"], "no-such.csv"),
    ],
)
def test_what_cannot_be_done_is_said(
    pages: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(pages, *words) == 1
    assert said in capsys.readouterr().err


def test_a_table_of_facts_that_is_not_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "facts.parquet"
    pl.DataFrame(schema=dict(FACTS)).drop("residence").write_parquet(path)

    assert run(path) == 1
    assert "缺少列 residence" in capsys.readouterr().err


def test_a_file_without_records(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(pages.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")

    assert run(path) == 1
    assert "错误 / error" in capsys.readouterr().err
