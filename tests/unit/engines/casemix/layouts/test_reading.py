"""Files of every layout, kind and encoding give the same frames."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import polars as pl
import pytest

from duikou.engines.casemix.columns import GROUPING, PAGES
from duikou.engines.casemix.layouts import open_file, typed
from tests.drg_data import DATA, needs_drg_data
from tests.unit.engines.casemix.layouts.files import (
    HQMS_RECORD,
    N041_RECORD,
    hqms,
    n041,
    read,
    table,
    written,
)
from tests.unit.engines.casemix.residence.zhejiang import resolver


@pytest.mark.parametrize("year", [2019, 2020])
def test_hqms_is_read_under_our_names(tmp_path: Path, year: int) -> None:
    reading = open_file(written(tmp_path, hqms(year=year)))
    assert (reading.layout.id, reading.encoding) == (f"hqms-{year}", "utf-8")
    [raw] = reading.frames()
    assert raw["row"].to_list() == [2]
    assert raw["record_no"].to_list() == ["000123"]
    assert raw["dx02"].to_list() == ["E11.900"]
    assert raw["px01"].to_list() == ["45.2300"]
    assert raw["px02"].to_list() == ["88.7200"]
    assert raw["dx03"].to_list() == [None]
    assert (reading.header["pdx"], reading.header["dx40"], reading.header["px02"]) == (
        "C03C",
        "C06x40C",
        "C35x01C",
    )
    assert reading.rows == 1


def test_hqms_is_typed(tmp_path: Path) -> None:
    page = typed(read(written(tmp_path, hqms()))).to_dicts()[0]
    assert page["id"] == "演示001|000123|1"
    assert page["admitted"] == dt.datetime(2024, 3, 1, 8)
    assert page["discharged"] == dt.datetime(2024, 3, 9, 10, 30)
    assert page["birth_date"] == dt.date(1960, 5, 6)
    assert (page["sex"], page["age_years"], page["age_days"], page["stay_days"]) == (1, 63, None, 8)
    assert (page["total"], page["own"], page["fee_service"], page["fee_other"]) == (1234567, 34560, 10000, 50)
    assert (page["pdx"], page["pdx_condition"], page["dx01"], page["px02"]) == (
        "J18.900",
        1,
        "I10.x00x002",
        "88.7200",
    )


def test_typed_pages_have_the_contract_s_types(tmp_path: Path) -> None:
    for content in (hqms(), n041(), "id,pdx\n1,J18.900\n"):
        pages = typed(read(written(tmp_path, content)))
        assert {name: pages.schema[name] for name in PAGES} == dict(PAGES)


def test_n041_equals_hqms_where_both_have_a_column(tmp_path: Path) -> None:
    ours = typed(read(written(tmp_path, n041()))).to_dicts()[0]
    theirs = typed(read(written(tmp_path, hqms()))).to_dicts()[0]
    assert ours["discharged"] == dt.datetime(2024, 3, 9, 10)
    assert ours["admitted"] == dt.datetime(2024, 3, 1, 8)
    assert (ours["dx01"], ours["dx08"], ours["dx02"]) == ("I10.x00x002", "E11.900", None)
    same = [
        "admitted",
        "birth_date",
        "age_years",
        "stay_days",
        "total",
        "own",
        "pdx",
        "pdx_condition",
        "dx01",
    ]
    assert [ours[name] for name in same] == [theirs[name] for name in same]
    assert {name: ours[name] for name in ours if name.startswith("fee_")} == {
        name: theirs[name] for name in theirs if name.startswith("fee_")
    }


def test_only_what_is_needed_is_read(tmp_path: Path) -> None:
    raw = read(written(tmp_path, hqms()), needs=("pdx", "dx", "px_date"))
    assert raw.columns[:2] == ["row", "pdx"]
    assert {name.rstrip("0123456789") for name in raw.columns if name.startswith("dx")} == {"dx"}
    assert "px01_date" in raw.columns
    assert "px01" not in raw.columns


def test_what_replaces_a_missing_column_is_read_too(tmp_path: Path) -> None:
    raw = read(written(tmp_path, n041()), needs=(*GROUPING, "dx", "px"))
    assert {"hospital", "record_no", "visit_no", "birth_date", "admitted", "admitted_hour"} <= set(
        raw.columns
    )


def test_private_columns_leave_no_trace(tmp_path: Path) -> None:
    for content in (hqms(), n041()):
        raw = read(written(tmp_path, content), needs=None)
        values = {value for column in raw.drop("row").iter_columns() for value in column.to_list()}
        assert not {"演示姓名", "000000000000000000", HQMS_RECORD["A26"], N041_RECORD["XZZ"]} & values


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_addresses_become_division_codes_and_are_gone(tmp_path: Path, encoding: str) -> None:
    written_out = {
        "浙江省杭州市余杭区临平街道1号": "330113",
        "演示村三组": None,
        "": None,
        "浙江省临安市": "330112",
    }
    for content, column in ((hqms, "A26"), (n041, "XZZ")):
        base = HQMS_RECORD if content is hqms else N041_RECORD
        path = written(
            tmp_path, content([{**base, column: address} for address in written_out]), encoding=encoding
        )
        assert "residence" not in read(path).columns
        zhejiang = resolver()
        raw = read(path, resolver=zhejiang)
        assert raw["residence"].to_list() == list(written_out.values())
        assert typed(raw)["residence"].to_list() == list(written_out.values())
        assert "演示村" not in str(raw.to_dict(as_series=False)) + repr(zhejiang.unresolved)
        assert [entry.reason for entry in zhejiang.unresolved] == ["no_division"]
        assert "residence" not in read(path, resolver=zhejiang, needs=("pdx",)).columns
        assert open_file(path).header["residence"] == column


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("compressed", [False, True])
def test_encodings_and_compression_make_no_difference(
    tmp_path: Path, encoding: str, compressed: bool
) -> None:
    records = [
        HQMS_RECORD | {"A01": name, "B16C": ward}
        for name, ward in [("峃口镇卫生院", "內科"), ("新碶於𠮷", "-")]
    ]
    content = hqms(records).encode(encoding)
    path = written(tmp_path, gzip.compress(content) if compressed else content)
    reading = open_file(path)
    [raw] = reading.frames()
    assert reading.encoding == ("gb18030" if encoding == "gb18030" else "utf-8")
    assert raw.equals(read(written(tmp_path, hqms(records), "plain.csv")))
    assert raw["hospital"].to_list() == ["峃口镇卫生院", "新碶於𠮷"]


def test_narrow_lists_and_numbered_columns_are_the_same(tmp_path: Path) -> None:
    lists = read(written(tmp_path, "id,sex,dx,px\n1,2,A|B|C,x|y\n2,1,D,\n"))
    numbered = read(written(tmp_path, "ID,SEX,PDX,dx1,dx2,px1,px02\n1,2,A,B,C,x,y\n2,1,D,,,,\n"))
    apart = read(written(tmp_path, "id,sex,pdx,sdx,px\n1,2,A,B|C,x|y\n2,1,D,,\n"))
    columns = ["row", "id", "sex", "pdx", "dx01", "dx02", "px01", "px02"]
    assert lists.select(columns).equals(numbered.select(columns))
    assert lists.select(columns).equals(apart.select(columns))
    assert lists.select(columns).rows() == [
        (2, "1", "2", "A", "B", "C", "x", "y"),
        (3, "2", "1", "D", *[None] * 4),
    ]


@needs_drg_data
@pytest.mark.parametrize(("folder", "records"), [("chs-drg-1.1", 11990), ("ms-drg-v43", 10011)])
def test_vectors_are_a_narrow_file(folder: str, records: int) -> None:
    pages = typed(read(DATA / folder / "test_vectors.csv.gz"))
    assert len(pages) == records
    assert pages["pdx"].null_count() == pages["sex"].null_count() == pages["age_years"].null_count() == 0


def test_quoted_fields_may_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    records = [{"id": 'a"b', "pdx": "A", "department": "x,\ny"}, {"id": "2", "pdx": "B", "department": ""}]
    raw = read(written(tmp_path, table(["id", "pdx", "department"], records)))
    assert raw.select("row", "id", "pdx", "department").rows() == [
        (2, 'a"b', "A", "x,\ny"),
        (3, "2", "B", None),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n\r\n"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, ending: str, last: str) -> None:
    content = ending.join(
        [separator.join(row) for row in (["id", "pdx", "px1"], ["1", "A", ""], ["2", "B", "x"])]
    )
    raw = read(written(tmp_path, content + last))
    assert raw.rows() == [(2, "1", "A", None), (3, "2", "B", "x")]


def test_a_file_longer_than_a_frame_comes_in_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duikou.engines.casemix.layouts import reading, source

    monkeypatch.setattr(reading, "FRAME_ROWS", 7)
    monkeypatch.setattr(source, "PIECE", 64)
    content = "id,pdx,department\n" + "".join(f"{n},A{n},{'内科' * (n % 9)}\n" for n in range(50))
    whole = pl.read_csv(content.encode(), infer_schema=False)
    for encoding in ("utf-8", "gb18030"):
        frames = list(open_file(written(tmp_path, content, encoding=encoding)).frames())
        assert max(map(len, frames)) <= 7
        raw = pl.concat(frames)
        assert raw["row"].to_list() == list(range(2, 52))
        assert raw.select("id", "pdx", "department").equals(whole)


def test_a_file_can_be_read_again(tmp_path: Path) -> None:
    csv, xlsx, parquet = (tmp_path / f"pages.{kind}" for kind in ("csv", "xlsx", "parquet"))
    frame = pl.DataFrame({"id": ["1", "2"], "pdx": ["A", "B"]})
    frame.write_csv(csv)
    frame.write_excel(xlsx)
    frame.write_parquet(parquet)
    for path in (csv, xlsx, parquet):
        reading = open_file(path)
        first, second = list(reading.frames()), list(reading.frames())
        assert pl.concat(first).equals(pl.concat(second))
        assert reading.rows == 2


def test_a_few_chinese_cells_among_plain_ones_are_decoded_where_they_are(tmp_path: Path) -> None:
    dates = ["2024-03-01 08:30:00", "2024年3月1日 8时30分", "", "2024/03/02"]
    cells = [*dates, "C16.900", "Ｃ１６．９００", "内科", "㐂"]
    lines = [f"{n},A00,{cells[n % 8]},{cells[(n * 5 + n // 8) % 8]}" for n in range(200)]
    content = "id,pdx,admitted,department\n" + "\n".join(lines) + "\n"
    assert read(written(tmp_path, content, encoding="gb18030")).equals(read(written(tmp_path, content)))
