"""Verification codes and their QR codes."""

from __future__ import annotations

import struct
import zlib

import pytest
import qrcode

from duikou.wings.agreements.documents import new_code, qr, typed_code
from duikou.wings.agreements.documents.verification import ALPHABET, LENGTH
from tests.wings.agreements.documents.samples import ADDRESS, CODE


def test_codes_are_short_and_not_to_be_guessed() -> None:
    drawn = {new_code() for _ in range(500)}
    assert len(drawn) == 500
    assert len(ALPHABET) ** LENGTH == 2**80
    for code in drawn:
        assert len(code) == 19
        assert typed_code(code) == code
    for place in (0, 1, 7, 18):  # every letter of every place can differ
        assert len({code[place] for code in drawn}) == len(ALPHABET)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (CODE, CODE),
        ("7k3m9qpt02xahb5n", CODE),
        (" 7K3M 9QPT O2XA HB5N ", CODE),
        ("7K3M-9QPT-02XA-HB5I", "7K3M-9QPT-02XA-HB51"),
        ("7K3M-9QPT-02XA-HB5", None),
        ("7K3M-9QPT-02XA-HB5NN", None),
        ("7K3M-9QPT-02XA-HB5U", None),
        ("七K3M-9QPT-02XA-HB5N", None),
        ("", None),
    ],
)
def test_a_typed_code_is_put_into_its_form(typed: str, meant: str | None) -> None:
    assert typed_code(typed) == meant


def test_picture_and_drawing_show_the_same_modules() -> None:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(ADDRESS)
    code.make()
    rows = qr.modules(ADDRESS)
    inner = [row[qr.QUIET : -qr.QUIET] for row in rows[qr.QUIET : -qr.QUIET]]
    assert inner == [[bool(dark) for dark in row] for row in code.get_matrix()]
    assert not any(any(row) for row in rows[: qr.QUIET])
    assert unpacked(qr.png(ADDRESS)) == rows
    dark = sum(map(sum, rows))
    assert qr.svg(ADDRESS).count("h1v1h-1z") == dark


def unpacked(png: bytes) -> list[list[bool]]:
    """The modules of a picture, each from the middle of its square; checks every chunk's sum."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, place = {}, 8
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", png, place + 8 + length) == (zlib.crc32(kind + content),)
        chunks[kind] = content
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    size, height, depth, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert (height, depth, colour) == (size, 1, 0)
    raw = zlib.decompress(chunks[b"IDAT"])
    width = 1 + (size + 7) // 8
    assert len(raw) == width * size
    lines = [raw[line * width + 1 : (line + 1) * width] for line in range(3, size, 6)]
    return [[not line[x // 8] >> (7 - x % 8) & 1 for x in range(3, size, 6)] for line in lines]
