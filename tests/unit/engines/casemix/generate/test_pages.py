"""Invented front pages: the same for the same seed, consistent, like the province they come from."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from duikou.engines.casemix import generate, major_diseases
from duikou.engines.casemix.columns import FEES, FRAME_ROWS, PAGES
from duikou.engines.casemix.generate.fees import PARTS
from duikou.engines.casemix.generate.pages import invented_province
from duikou.engines.casemix.generate.places import County, Hospital, fields_of
from duikou.engines.casemix.generate.province import province
from duikou.engines.casemix.generate.stays import MINOR
from duikou.engines.casemix.generate.tables import illnesses
from duikou.engines.casemix.layouts import typed
from tests.drg_data import DATA, needs_drg_data

RECORDS = 6000
Row = dict[str, str | None]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """A frame of invented pages."""
    return pl.concat(generate.pages(RECORDS, 11))


@pytest.fixture(scope="module")
def rows(frame: pl.DataFrame) -> list[Row]:
    """The same as plain rows."""
    return frame.rows(named=True)


def test_same_seed_same_pages_and_another_seed_others(frame: pl.DataFrame) -> None:
    assert pl.concat(generate.pages(RECORDS, 11)).equals(frame)
    assert not pl.concat(generate.pages(RECORDS, 12)).equals(frame)


def test_frames_are_bounded_and_rows_numbered_through() -> None:
    frames = list(generate.pages(FRAME_ROWS + 3, 1, checked=False))
    assert [len(one) for one in frames] == [FRAME_ROWS, 3]
    assert frames[1]["row"].to_list() == [FRAME_ROWS + 2, FRAME_ROWS + 3, FRAME_ROWS + 4]
    assert frames[1]["record_no"][0] == f"DEMO{FRAME_ROWS + 1:09d}"


def test_nothing_asked_for_nothing_made() -> None:
    assert list(generate.pages(0, 1)) == []


def test_every_column_is_text_and_marked_as_demonstration(frame: pl.DataFrame) -> None:
    assert frame.schema["row"] == pl.UInt32
    assert {dtype for name, dtype in frame.schema.items() if name != "row"} == {pl.String}
    assert set(PAGES) - {"id"} <= set(frame.columns)
    assert frame["record_no"].str.starts_with("DEMO").all()
    assert frame["record_no"].n_unique() == RECORDS


def test_core_columns_are_the_same_without_the_rest(frame: pl.DataFrame) -> None:
    core = pl.concat(generate.pages(RECORDS, 11, checked=False))
    assert core.equals(frame.select(core.columns))
    assert not [name for name in core.columns if name.startswith("fee_")]


def test_dates_are_in_order_and_ages_follow_from_them(rows: list[Row]) -> None:
    for row in rows:
        came, went = (dt.datetime.fromisoformat(str(row[name])) for name in ("admitted", "discharged"))
        birth = dt.date.fromisoformat(str(row["birth_date"]))
        assert birth <= came.date()
        assert came < went
        assert int(row["stay_days"] or 0) == max((went.date() - came.date()).days, 1)
        before_birthday = (came.month, came.day) < (birth.month, birth.day)
        assert int(row["age_years"] or 0) == came.year - birth.year - before_birthday
        days = (came.date() - birth).days if row["age_years"] == "0" else None
        assert row["age_days"] == (None if days is None else str(days))
        assert 2023 <= went.year <= 2025


def test_money_adds_up(rows: list[Row]) -> None:
    for row in rows:
        fees = {name: round(float(row[f"fee_{name}"] or 0) * 100) for name in FEES}
        total = round(float(row["total"] or 0) * 100)
        assert total == sum(amount for name, amount in fees.items() if name not in PARTS)
        assert fees["anaesthesia"] + fees["operation"] <= fees["surgical"]
        assert fees["physiotherapy"] <= fees["non_surgical"]
        assert fees["antimicrobials"] <= fees["western_drugs"]
        assert 0 < float(row["own"] or 0) <= float(row["total"] or 0)
        assert fees["surgical"] == 0 or row["px01"]


def test_newborns_and_mothers_have_weights_and_nobody_else(rows: list[Row]) -> None:
    for row in rows:
        newborn = row["age_days"] is not None and int(row["age_days"]) <= 28
        mother = "Z37.000" in (row[f"dx{place:02d}"] for place in range(1, 9))
        assert (row["admission_weight"] is not None) == newborn
        assert (row["birth_weight"] is not None) == (newborn or mother)
        assert row["birth_weight"] is None or 100 <= int(row["birth_weight"]) <= 9999


def test_codes_fit_sex_and_do_not_repeat(rows: list[Row]) -> None:
    for row in rows:
        others = [row[f"dx{place:02d}"] for place in range(1, 9)]
        given = [code for code in others if code]
        assert others == given + [None] * (8 - len(given))
        categories = [str(code)[:3] for code in [row["pdx"], *given]]
        assert len(set(categories)) == len(categories)
        assert row["sex"] == "2" or not any(code[0] == "O" or code in ("C53", "C56") for code in categories)
        assert row["sex"] == "1" or not {"N40", "C61"} & set(categories)
        operations = [row[f"px{place:02d}"] for place in range(1, 5)]
        done = [code for code in operations if code]
        assert operations == done + [None] * (4 - len(done))
        assert len(set(done)) == len(done)


def test_what_only_the_checks_read_is_there_where_it_must(rows: list[Row]) -> None:
    for row in rows:
        code = str(row["pdx"])
        assert (row["external_cause"] is not None) == (code[0] in "ST")
        assert (row["pathology"] is not None) == (code[0] == "C" or "D00" <= code[:3] <= "D48")
        assert (row["pathology_no"] is None) == (row["pathology"] is None)
        assert (row["autopsy"] is not None) == (row["disposition"] == "5")
        assert (row["receiver"] is not None) == (row["disposition"] in ("2", "3"))
        for place in range(1, 5):
            operation = row[f"px{place:02d}"]
            for part in ("date", "level"):
                assert (row[f"px{place:02d}_{part}"] is None) == (operation is None)
            real = operation is not None and operation not in MINOR
            for part in ("incision", "anaesthesia"):
                assert (row[f"px{place:02d}_{part}"] is not None) == real
            when = row[f"px{place:02d}_date"]
            assert when is None or str(row["admitted"])[:10] <= when <= str(row["discharged"])[:10]


def test_all_twenty_major_diseases_are_there_and_only_where_the_table_says() -> None:
    """Counted by the table of major diseases, not by our own column."""
    pages = typed(pl.concat(generate.pages(60_000, 2, checked=False)))
    counted = major_diseases.load()(pages)
    meant = pages["pdx"].replace_strict({one.code: one.major for one in illnesses()}, return_dtype=pl.Int8)
    assert set(counted) == set(range(21))
    assert (counted.is_in([0]) | (counted == meant)).all()
    assert ((counted == meant) | (meant == 7)).all()  # tuberculosis counts only where drugs fail


def test_expected_in_county_share_rises_by_the_effect_where_support_began() -> None:
    truth = invented_province(3, effect=0.05).truth()
    assert truth["effect_expected"] == pytest.approx(0.05, abs=1e-12)
    for county in truth["counties"]:
        assert county["in_county_with_support"] - county["in_county_without_support"] == pytest.approx(0.05)


def test_counted_in_county_share_is_the_expected_one() -> None:
    """The truth is a promise about the pages: counted over many, the shares are those it names."""
    where = invented_province(3, effect=0.2)
    home = {one.key: one.county for one in where.hospitals}
    truth = {one["code"]: one for one in where.truth()["counties"]}
    inside, expected, stays = ({True: 0.0, False: 0.0} for _count in range(3))
    frame = pl.concat(generate.pages(120_000, 3, within=where, checked=False))
    for hospital, residence, day in frame.select("hospital", "residence", "discharged").iter_rows():
        county = truth[residence]
        after = county["support_from"] is not None and int(day[:4]) >= county["support_from"]
        inside[after] += home[hospital] == residence
        expected[after] += county["in_county_with_support" if after else "in_county_without_support"]
        stays[after] += 1
    for after in (True, False):
        deviation = 0.5 / stays[after] ** 0.5
        assert inside[after] / stays[after] == pytest.approx(
            expected[after] / stays[after], abs=4 * deviation
        )


def test_special_hospitals_treat_only_their_field() -> None:
    counties = [County("990102", "990100", 1.0), County("990103", "990100", 2.0)]
    hospitals = [
        Hospital("a", "演示医院甲", "990102", "city"),
        Hospital("b", "演示医院乙", "990103", "county", fields=fields_of("eye")),
    ]
    frame = pl.concat(generate.pages(4000, 1, within=province(1, counties, hospitals), checked=False))
    eyes = {one.code for one in illnesses() if one.field == "ophthalmology"}
    seen = set(frame.filter(pl.col("hospital") == "b")["pdx"])
    assert seen
    assert seen <= eyes


@pytest.mark.parametrize(
    ("counties", "hospitals", "words"),
    [
        ([], [], "at least one county"),
        ([County("1", "1")], [Hospital("a", "甲", "2")], "county 2 is not among"),
        ([County("1", "1"), County("1", "1")], [Hospital("a", "甲", "1")], "county is given twice"),
        ([County("1", "1")], [Hospital("a", "甲", "1"), Hospital("a", "乙", "1")], "hospital is given twice"),
        ([County("1", "1")], [Hospital("a", "甲", "1", fields=("dental",))], "nobody treats"),
    ],
)
def test_impossible_provinces_are_refused(
    counties: list[County], hospitals: list[Hospital], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        province(1, counties, hospitals)


def test_unknown_tier_is_refused() -> None:
    with pytest.raises(ValueError, match="none of county, city, province"):
        Hospital("a", "甲", "1", "village")


@pytest.mark.parametrize("wrong", [{"years": 0}, {"effect": 1.0}, {"effect": -0.1}])
def test_impossible_parameters_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least one year and an effect"):
        province(1, [County("1", "1")], [Hospital("a", "甲", "1")], **wrong)  # type: ignore[arg-type]


@needs_drg_data
def test_codes_exist_in_the_published_lists(frame: pl.DataFrame) -> None:
    diagnoses = set(pl.read_csv(DATA / "codes-yb2.0/icd10_yb2_dx.csv")["dx"])
    operations = set(pl.read_csv(DATA / "codes-yb2.0/icd9cm3_yb2_px.csv", infer_schema=False)["px"])
    for name in frame.columns:
        if name in ("pdx", "external_cause") or (name[:2] == "dx" and len(name) == 4):
            assert set(frame[name].drop_nulls()) <= diagnoses
        if name[:2] == "px" and len(name) == 4:
            assert set(frame[name].drop_nulls()) <= operations
