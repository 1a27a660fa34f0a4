"""Small files of front pages for tests, in any layout and encoding. Every value is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from duikou.engines.casemix.layouts import open_file
from duikou.engines.casemix.layouts.definition import layout

HQMS_RECORD: Mapping[str, str] = {
    "A01": "演示001",
    "A48": "000123",
    "A49": "1",
    "B12": "2024-03-01 08:00:00",
    "B15": "2024-03-09 10:30:00",
    "A46C": "2",
    "A11": "演示姓名",
    "A12C": "1",
    "A13": "1960-05-06",
    "A14": "63",
    "A20": "000000000000000000",
    "A26": "演示省演示市演示县某路1号",
    "B11C": "1",
    "B13C": "0301",
    "B16C": "0301",
    "B20": "8",
    "C01C": "J18.900",
    "C02N": "肺炎",
    "C03C": "J18.900",
    "C04N": "肺炎",
    "C05C": "1",
    "C06x01C": "I10.x00x002",
    "C06x02C": "E11.900",
    "C14x01C": "45.2300",
    "C15x01N": "结肠镜检查",
    "C35x01C": "88.7200",
    "B34C": "1",
    "D01": "12345.67",
    "D09": "345.60",
    "D11": "100.00",
    "D34": "0.5",
}

N041_RECORD: Mapping[str, str] = {
    "USERNAME": "演示县人民医院",
    "BAH": "000123",
    "ZYCS": "1",
    "XM": "演示姓名",
    "XB": "2",
    "CSRQ": "19600506",
    "NL": "63",
    "XZZ": "演示省演示市演示县某路1号",
    "RYTJ": "1",
    "RYSJ": "20240301",
    "RYSJS": "8",
    "CYSJ": "20240309",
    "CYSJS": "10",
    "CYKB": "0301",
    "SJZYTS": "8",
    "JBDM": "J18.900",
    "RYBQ": "1",
    "JBDM1": "I10.x00x002",
    "JBDM8": "E11.900",
    "SSJCZBM1": "45.2300",
    "LYFS": "1",
    "ZFY": "12345.67",
    "ZFJE": "345.60",
    "YLFUF": "100.00",
    "QTF": "0.5",
}


def table(headings: Sequence[str], records: Sequence[Mapping[str, str]], separator: str = ",") -> str:
    """The text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([record.get(heading, "") for heading in headings] for record in records)
    return text.getvalue()


def hqms(records: Sequence[Mapping[str, str]] = (HQMS_RECORD,), year: int = 2020) -> str:
    """A file of HQMS."""
    return table(layout(f"hqms-{year}").columns, records)


def n041(records: Sequence[Mapping[str, str]] = (N041_RECORD,)) -> str:
    """A file of table N041."""
    return table(layout("n041").columns, records)


def written(folder: Path, content: str | bytes, name: str = "pages.csv", encoding: str = "utf-8") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(path: Path, **options: object) -> pl.DataFrame:
    """All records of a file."""
    return pl.concat(list(open_file(path, **options).frames()), how="diagonal")  # type: ignore[arg-type]
