"""A batch with planted faults: each is found, named and located; nothing else is."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from duikou.engines.casemix import checks, generate
from duikou.engines.casemix.generate.faults import kinds
from duikou.engines.casemix.layouts import typed

RECORDS, SEED = 30_000, 8
LEGAL = ("legal_full_width_code", "legal_lower_case_code", "legal_other_date_form", "legal_compact_date")


def known_codes(pages: pl.DataFrame) -> checks.Codes:
    """The codes of clean pages, as a table of known ones."""
    families: Mapping[str, set[str]] = {"dx": set(pages["pdx"]), "px": set()}
    for name in pages.columns:
        if name[:2] in families and name[2:].isdigit():
            families[name[:2]].update(pages[name].drop_nulls())
    return checks.Codes.of(**families)


@pytest.fixture(scope="module")
def clean() -> pl.DataFrame:
    """Pages without faults."""
    return pl.concat(generate.pages(RECORDS, SEED))


def test_pages_without_planted_faults_have_none(clean: pl.DataFrame) -> None:
    pages = typed(clean)
    checked = checks.run(clean, pages, codes=known_codes(pages))
    assert checked.faults.is_empty()
    assert checked.rejected.is_empty()
    assert checked.refusals == ()


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_every_planted_fault_is_found_named_and_located(clean: pl.DataFrame, share: float) -> None:
    codes = known_codes(typed(clean))
    spoiled, truth = generate.plant(clean, SEED, share)
    checked = checks.run(spoiled, typed(spoiled), codes=codes)
    found = set(checked.faults.select("row", "column", "rule").iter_rows())
    missed = [
        (entry["kind"], entry["row"], rule)
        for entry in truth.iter_rows(named=True)
        for rule in entry["checks"].split()
        if (entry["row"], entry["column"], rule) not in found
    ]
    assert missed == []
    assert set(truth["kind"]) == {kind.name for kind in kinds() if not kind.submission}
    assert {row for row, _column, _rule in found} <= set(truth["row"])  # no clean record is named
    assert set(checked.rejected) == set(truth.filter("rejected")["row"])


def test_legal_writing_is_at_most_noted_and_means_the_same(clean: pl.DataFrame) -> None:
    spoiled, truth = generate.plant(clean, SEED, 0.1)
    pages, before = typed(spoiled), typed(clean)
    checked = checks.run(spoiled, pages, codes=known_codes(before))
    rows = truth.filter(pl.col("kind").is_in(LEGAL))["row"].implode()
    assert set(checked.faults.filter(pl.col("row").is_in(rows))["severity"]) <= {"note"}
    same = [name for name in before.columns if name != "row"]
    assert (
        pages.filter(pl.col("row").is_in(rows))
        .select(same)
        .equals(before.filter(pl.col("row").is_in(rows)).select(same))
    )


def test_records_of_another_hospital_or_month_are_found_in_a_submission() -> None:
    one = generate.province(
        SEED,
        [generate.County("990102", "990100")],
        [generate.Hospital("demo-001", "演示医院", "990102")],
        years=1,
    )
    year = pl.concat(generate.pages(6000, SEED, within=one))
    batch = year.filter(pl.col("discharged").str.starts_with("2023-05"))
    checker = checks.Checker(expected_hospital="demo-001", expected_month=202305)
    assert checker.frame(batch, typed(batch)).faults.is_empty()
    spoiled, truth = generate.plant(batch, SEED, 0.4)
    checked = checks.run(spoiled, typed(spoiled), expected_hospital="demo-001", expected_month=202305)
    found = set(checked.faults.select("row", "column", "rule").iter_rows())
    planted = truth.filter(pl.col("kind").is_in(["other_hospital", "other_month"]))
    assert planted["kind"].n_unique() == 2
    for entry in planted.iter_rows(named=True):
        assert (entry["row"], entry["column"], entry["checks"]) in found


def test_every_kind_names_checks_of_the_catalogue() -> None:
    known = {check.id for check in checks.catalogue().checks}
    for kind in kinds():
        assert set(kind.checks) <= known, kind.name
        severities = {checks.catalogue()[rule].severity for rule in kind.checks}
        assert ("reject" in severities) == kind.rejected, kind.name
