"""Mapping tables between editions of codes: applied, counted, refused."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.casemix.codes import BadCodeTable, CodeKind, CodeTable, Mapping, Unmapped, normal_dx
from tests.drg_data import DATA, needs_drg_data

HEADER = "from_code,to_code,from_name,to_name,edition_from,edition_to,valid_from,source\n"


def written(folder: Path, text: str, name: str = "map.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def pages(**columns: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def counts(unmapped: Unmapped) -> list[tuple[str, str, str, int]]:
    return unmapped.counts.rows()


def test_every_column_of_its_kind_is_turned_and_no_other(tmp_path: Path) -> None:
    table = written(tmp_path, "from_code,to_code\nA00.000,A00.001\nB20.100,B20.100\n")
    found, unmapped = Mapping.load(table).apply(
        pages(
            id=["A00.000", "x", "y"],
            pdx=["A00.000", "B20.100", "Z99.900"],
            dx01=["B20.100", None, "Z99.900"],
            px01=["A00.000", None, None],
        )
    )
    assert found["pdx"].to_list() == ["A00.001", "B20.100", "Z99.900"]
    assert found["dx01"].to_list() == ["B20.100", None, "Z99.900"]
    assert found["px01"].to_list() == ["A00.000", None, None]
    assert found["id"].to_list() == ["A00.000", "x", "y"]
    assert found.columns == ["id", "pdx", "dx01", "px01"]
    assert (unmapped.cells, unmapped.changed, unmapped.already) == (5, 1, 0)
    assert counts(unmapped) == [("dx01", "Z99.900", "unknown", 1), ("pdx", "Z99.900", "unknown", 1)]


def test_codes_that_editions_exchange_are_turned_once(tmp_path: Path) -> None:
    text = "from_code,to_code\nA00.000,B00.000\nB00.000,C00.000\nC00.000,A00.000\n"
    mapping = Mapping.load(written(tmp_path, text), edition_from="临床版", edition_to="医保版")
    found, _ = mapping.apply(pages(pdx=["A00.000", "B00.000", "C00.000"]))
    assert found["pdx"].to_list() == ["B00.000", "C00.000", "A00.000"]


def test_a_code_of_the_target_edition_is_known_and_counted_apart(tmp_path: Path) -> None:
    _, unmapped = Mapping.load(written(tmp_path, "from_code,to_code\nA00.000,A00.001\n")).apply(
        pages(pdx=["A00.001", "A00.000", "A00.002"])
    )
    assert (unmapped.already, unmapped.total) == (1, 1)
    assert counts(unmapped) == [("pdx", "A00.002", "unknown", 1)]


def test_a_code_without_counterpart_stays_and_is_counted(tmp_path: Path) -> None:
    found, unmapped = Mapping.load(
        written(tmp_path, "from_code,to_code\nA00.000,-\nA01.000,A01.001\n")
    ).apply(pages(pdx=["A00.000", "A01.000"]))
    assert found["pdx"].to_list() == ["A00.000", "A01.001"]
    assert counts(unmapped) == [("pdx", "A00.000", "no_counterpart", 1)]


def test_the_table_of_the_day_counts(tmp_path: Path) -> None:
    text = HEADER + "\n".join(
        [
            "36.0600,36.0601,,,旧版,新版,,甲",
            "36.0600,36.0602,,,旧版,新版,2024-01-01,乙",
            "36.0600,36.0603,,,旧版,新版,2025-01-01,乙",
        ]
    )
    mapping = Mapping.load(written(tmp_path, text))
    assert (mapping.kind, mapping.edition_from, mapping.edition_to) == (CodeKind.OPERATION, "旧版", "新版")
    assert mapping.source == "甲; 乙"

    def on(day: date | None) -> list[str | None]:
        return mapping.apply(pages(px01=["36.0600"]), on=day)[0]["px01"].to_list()

    assert on(date(2023, 12, 31)) == ["36.0601"]
    assert on(date(2024, 1, 1)) == ["36.0602"]
    assert on(date(2025, 6, 1)) == ["36.0603"]
    assert on(None) == ["36.0603"]


def test_frames_add_up_to_the_batch(tmp_path: Path) -> None:
    mapping = Mapping.load(written(tmp_path, "from_code,to_code\nA00.000,A00.001\n"))
    whole = pages(pdx=["A00.000", "Z00.000", "Z00.000", "Y00.000"], dx01=["Z00.000", None, "A00.001", None])
    _, expected = mapping.apply(whole)
    _, one = mapping.apply(whole[:2])
    _, other = mapping.apply(whole[2:])
    added = one + other
    assert added.counts.equals(expected.counts)
    assert (added.cells, added.changed, added.already) == (expected.cells, expected.changed, expected.already)
    assert counts(added)[0] == ("pdx", "Z00.000", "unknown", 2)


CODES = ["A00.000", "A00.001", "A01.000", "B20.100", "C00.000", "Z99.900"]
FIVE_CELLS = st.lists(st.one_of(st.none(), st.sampled_from(CODES)), min_size=5, max_size=5)


@given(
    targets=st.dictionaries(st.sampled_from(CODES), st.sampled_from(CODES), min_size=1),
    columns=st.lists(
        st.lists(st.one_of(st.none(), st.sampled_from(CODES)), min_size=5, max_size=5), min_size=3
    ),
)
def test_it_does_what_a_dictionary_does(
    tmp_path_factory: pytest.TempPathFactory, targets: dict[str, str], columns: list[list[str | None]]
) -> None:
    text = "from_code,to_code\n" + "".join(f"{one},{other}\n" for one, other in targets.items())
    mapping = Mapping.load(
        written(tmp_path_factory.getbasetemp(), text), edition_from="one", edition_to="other"
    )
    names = ["pdx", *(f"dx{number:02}" for number in range(1, len(columns)))]
    found, unmapped = mapping.apply(pages(**dict(zip(names, columns, strict=True))))
    strange: Counter[tuple[str, str]] = Counter()
    for name, codes in zip(names, columns, strict=True):
        assert found[name].to_list() == [code and targets.get(code, code) for code in codes]
        strange.update(
            (name, code) for code in codes if code and code not in targets and code not in targets.values()
        )
    expected = sorted(strange.items(), key=lambda item: (-item[1], item[0][1], item[0][0]))
    assert [(name, code, count) for name, code, _, count in counts(unmapped)] == [
        (name, code, count) for (name, code), count in expected
    ]


REFUSED = [
    ("", "the file is empty"),
    ("from_code\nA00.000\n", "Line 1: columns missing: to_code"),
    ("from_code,to_code,colour\nA00.000,A00.000,red\n", "Line 1: unknown columns: colour"),
    ("from_code,to_code,to_code\nA00.000,A00.000,A\n", "Line 1: columns given twice: to_code"),
    (
        "from_code,to_code\nA00.000,A00.001\nA00.000,A00.002\n",
        "Line 3: A00.000 goes to A00.001 on line 2, but to A00.002 here",
    ),
    (
        "from_code,to_code\nA00.000,A00.001\na00.000,-\n",
        "Line 3: A00.000 goes to A00.001 on line 2, but to (none) here",
    ),
    (
        "from_code,to_code\nA00.000,A00.001\nA00.001,A00.000\n",
        "Line 2: codes go in a circle, A00.000→A00.001→A00.000",
    ),
    ("from_code,to_code\n,A00.000\n", "Line 2: from_code is empty"),
    ("from_code,to_code\nA00.000,A00.000\n36.0600,36.0600\n", "Line 3: from_code should begin with a letter"),
    ("from_px,to_px\nA00.000,A00.000\n", "Line 2: from_code should begin with a digit; found A00.000"),
    ("from_code,to_code,valid_from\nA00.000,A00.000,soon\n", "Line 2: valid_from should be a day"),
    (
        "from_code,to_code,edition_from\nA00.000,A00.000,一\nA01.000,A01.000,二\n",
        "Line 3: edition_from has one value in a table, 一; found 二",
    ),
    ("from_code,to_code\nA00.000,A00.000,more\n", "line 2: the header has 2 columns, this line 3"),
    ('from_code,to_code\n"A00.000,A00.000\n', "line 2: quotation marks do not fit"),
    ("from_code,to_code\nA00.000,A00\x00.000\n", "line 2 has a NUL byte"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(BadCodeTable) as caught:
        Mapping.load(written(tmp_path, text))
    assert expected in str(caught.value)
    assert all(problem.zh and problem.zh != problem.en for problem in caught.value.problems)


def test_many_problems_are_told_at_once_and_a_long_list_is_cut(tmp_path: Path) -> None:
    lines = "".join(f"A{number:02}.000,A00.000,soon\n" for number in range(30))
    with pytest.raises(BadCodeTable) as caught:
        Mapping.load(written(tmp_path, "from_code,to_code,valid_from\n" + lines))
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1].en == "and 10 more"


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_bytes(b"from_code,to_code\n\xff\xff,A\n")
    with pytest.raises(BadCodeTable, match="line 2: neither UTF-8 nor GB 18030"):
        Mapping.load(tmp_path / "map.csv")
    with pytest.raises(BadCodeTable, match="cannot be opened"):
        Mapping.load(tmp_path / "absent.csv")


def test_chinese_headers_and_gb_18030_are_read(tmp_path: Path) -> None:
    text = "原编码,目标编码,原名称,原版本,目标版本\nA00.000,A00.001,霍乱,临床版,医保版\n"
    mapping = Mapping.load(written(tmp_path, text, encoding="gb18030"))
    assert mapping.edition_from == "临床版"
    assert mapping.pairs.rows() == [("A00.000", "A00.001", None)]


def test_a_workbook_is_read_and_a_number_in_it_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.xlsx"

    def book(code: str | float) -> None:
        with xlsxwriter.Workbook(path) as workbook:
            workbook.add_worksheet("说明")
            sheet = workbook.add_worksheet("对照")
            sheet.write_row(0, 0, ["from_code", "to_code"])
            sheet.write_row(1, 0, [code, "36.0601"])

    book("36.0600")
    assert Mapping.load(path).pairs.rows() == [("36.0600", "36.0601", None)]
    book(36.06)
    with pytest.raises(BadCodeTable, match=r"Line 2: from_code is the number 36\.06"):
        Mapping.load(path)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.xlsx"
    path.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(BadCodeTable, match="damaged"):
        Mapping.load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(BadCodeTable, match=r"no \.xlsx workbook"):
        Mapping.load(path)


def test_a_code_table_knows_names_and_counts_the_unknown(tmp_path: Path) -> None:
    path = written(tmp_path, "编码,名称,版本\nA00.000,霍乱,医保版2.0\nA01.000x001†G01*,甲,医保版2.0\n")
    table = CodeTable.load(path)
    assert (table.kind, table.edition) == (CodeKind.DIAGNOSIS, "医保版2.0")
    assert table.names(pl.Series(["A01.000x001+G01*", "B00.000", None])).to_list() == ["甲", None, None]
    unknown = table.unknown(pages(pdx=["A00.000", "B00.000"], dx01=[None, "B00.000"]))
    assert (unknown.cells, unknown.total) == (3, 2)
    assert counts(unknown) == [("dx01", "B00.000", "unknown", 1), ("pdx", "B00.000", "unknown", 1)]


def test_a_code_table_with_a_code_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCodeTable, match=r"Line 3: A00\.000 is on line 2 already"):
        CodeTable.load(written(tmp_path, "code,name_zh\nA00.000,甲\nａ00.000,乙\n"))
    with pytest.raises(BadCodeTable, match="Line 2: code is empty"):
        CodeTable.load(written(tmp_path, "code,name_zh\n-,甲\n"))


@needs_drg_data
@pytest.mark.parametrize(
    ("file", "codes_file", "column", "pairs", "changed"),
    [
        ("dx_map.csv", "icd10_yb2_dx.csv", "pdx", 35_591, 4_388),  # one line differs by a blank only
        ("px_map.csv", "icd9cm3_yb2_px.csv", "px01", 13_654, 560),
    ],
)
def test_the_published_tables_turn_every_code(
    file: str, codes_file: str, column: str, pairs: int, changed: int
) -> None:
    folder = DATA / "codes-yb2.0"
    mapping = Mapping.load(folder / file, edition_from="临床版2.0", edition_to="医保版2.0")
    assert mapping.pairs.height == pairs
    batch = pl.DataFrame({column: mapping.pairs["from_code"]})
    turned, unmapped = mapping.apply(batch)
    assert (unmapped.cells, unmapped.changed, unmapped.total) == (pairs, changed, 0)
    assert turned[column].to_list() == mapping.pairs["to_code"].to_list()
    assert CodeTable.load(folder / codes_file).codes["name_zh"].str.len_chars().min() > 0


def test_the_pages_given_stay_as_they_were(tmp_path: Path) -> None:
    given = pages(pdx=["A00.000", None, "a00.000"], dx01=[None, None, None])
    mapping = Mapping.load(written(tmp_path, "from_code,to_code\nA00.000,A00.001\n"))
    spelled = given.with_columns(normal_dx(given["pdx"]))
    found, _ = mapping.apply(spelled)
    assert found["pdx"].to_list() == ["A00.001", None, "A00.001"]
    assert spelled["pdx"].to_list() == ["A00.000", None, "A00.000"]
    assert given["pdx"].to_list() == ["A00.000", None, "a00.000"]
    assert found["dx01"].to_list() == [None, None, None]
