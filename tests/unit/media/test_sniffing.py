"""What a file is by its bytes: videos pass, everything that pretends to be one is named."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from duikou.wings.media import sniffing
from duikou.wings.media.feeding import CLUSTER, header_of


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


FTYP = box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2")
FILM = FTYP + box(b"moov", b"\x00" * 64) + box(b"mdat", b"\x11" * 512)
WEBM = b"\x1a\x45\xdf\xa3" + b"\x00" * 600
ZIP_END = b"PK\x05\x06" + b"\x00" * 18


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (FILM, ""),
        (FTYP + box(b"free", b"\x00" * 32) + FILM[len(FTYP) :], ""),
        (WEBM, ""),
        (b"RIFF\x00\x01\x00\x00AVI LIST" + b"\x00" * 99, ""),
        ((b"\x47" + b"\x00" * 187) * 9, ""),
        ((b"\x00\x00\x00\x00\x47" + b"\x00" * 187) * 9, ""),
        (b"", "unknown"),
        (b"hello", "unknown"),
        (b"\xff\xd8\xff\xe0 a picture", "unknown"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd", "playlist"),
        (b"\xef\xbb\xbf  #EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd", "playlist"),
        (b"[playlist]\nFile1=x", "playlist"),
        (b"<!DOCTYPE html><script>", "markup"),
        (b"\n <svg xmlns='x'/>", "markup"),
        (b"<?xml version='1.0'?><MPD/>", "markup"),
        (b"PK\x03\x04" + b"\x00" * 99, "archive"),
        (b"\x1f\x8b\x08" + b"\x00" * 99, "archive"),
        (FILM + b"PK\x03\x04" + b"\x00" * 40 + ZIP_END, "archive"),
        (FILM + box(b"mdat", b"x" * 30 + ZIP_END), "archive"),
        (WEBM + ZIP_END, "archive"),
        (FILM + b"<html><script>alert(1)</script>", "mixed"),
        (FTYP + box(b"free", b"<script>x</script>") + FILM[len(FTYP) :], "mixed"),
        (FILM + box(b"skip", b"\x00" * 5000 + b"<HTML>"), "mixed"),
        (FTYP + box(b"free", b"%PDF-1.7") + FILM[len(FTYP) :], "mixed"),
        (FILM + box(b"evil", b"x"), "mixed"),
        (FILM + b"\x00\x00", "mixed"),
        (FTYP + box(b"mdat", b"x" * 64), "damaged"),
        (FILM[:-20], "damaged"),
        (FTYP + struct.pack(">I4s", 4, b"moov"), "damaged"),
    ],
)
def test_files(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sniffing.fault_of(path) == fault


def test_the_header_of_a_take_ends_before_its_pictures() -> None:
    assert header_of(b"head" + CLUSTER + b"pictures" + CLUSTER) == b"head"
    assert header_of(b"all head") == b"all head"
