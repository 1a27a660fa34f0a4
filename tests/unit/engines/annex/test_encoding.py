"""Bytes to characters, and the place of the first byte that fits no encoding."""

from __future__ import annotations

import pytest

from duikou.engines.pairing.annex import AnnexError, read_annex
from duikou.engines.pairing.annex.encoding import decode
from tests.unit.engines.annex import builders

TABLE = "支援医院,支援数,受援医院\n甲市第一医院,1,新碶医院\n,2,大峃镇卫生院\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_usual_encoding_is_read(encoding: str) -> None:
    text, _ = decode(TABLE.encode(encoding))
    assert text == TABLE


def test_undecodable_bytes_are_shown_with_line_and_offset() -> None:
    content = TABLE.encode() + b"\xff\xff,3,\n"
    with pytest.raises(AnnexError) as caught:
        read_annex(content, "a.csv")
    error = caught.value
    assert error.code == "wrong_encoding"
    assert error.issue.where.row == 4
    assert error.issue.where.byte_offset == len(TABLE.encode())
    assert "bytes ff " in error.issue.found.en


def test_utf8_cut_inside_a_character() -> None:
    content = TABLE.encode() + "甲".encode()[:2]
    with pytest.raises(AnnexError) as caught:
        read_annex(content, "a.csv")
    assert caught.value.code == "wrong_encoding"
    assert caught.value.issue.where.row == 4


def test_a_mark_that_does_not_fit_the_bytes() -> None:
    with pytest.raises(AnnexError) as caught:
        read_annex(b"\xef\xbb\xbf" + TABLE.encode("gb18030"), "a.csv")
    assert caught.value.code == "wrong_encoding"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_nul_bytes(encoding: str) -> None:
    with pytest.raises(AnnexError) as caught:
        read_annex((TABLE + "乙医院,1,丙\x00医院\n").encode(encoding), "a.csv")
    assert caught.value.code == "nul_bytes"
    assert caught.value.issue.where.row == 4
    assert caught.value.issue.where.byte_offset


def test_a_foreign_encoding_that_passes_as_gb18030_is_hinted_at() -> None:
    content = ("支援醫院,受援醫院\n" + "臺灣大學醫學院附設醫院,國立醫院\n" * 20).encode("big5")
    with pytest.raises(AnnexError) as caught:
        read_annex(content, "a.csv")
    assert caught.value.code in ("no_table", "wrong_encoding")
    assert "big5" in caught.value.message.en.lower() or "950" in caught.value.message.en


def test_a_character_lost_earlier_is_reported_where_it_stands() -> None:
    reading = read_annex(builders.simple_csv("甲医院,1,大\ufffd镇医院"), "a.csv")
    assert [(i.code, i.where.row, i.where.column) for i in reading.issues] == [
        ("replacement_characters", 2, "C")
    ]
    assert not reading.ok
