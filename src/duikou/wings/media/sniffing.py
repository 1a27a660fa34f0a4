"""What a file is by its bytes, before any program for video reads it.

A file that two programs read differently (a video that is an archive or a page as well) is refused: whoever
fetches the original later should get a video and nothing else.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

HEAD = 4096
TAIL = 66_000  # where the end of an archive's table lies
MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<smil", b"<mpd")
PLAYLIST = (b"#extm3u", b"[playlist]", b"ffconcat version", b"#extinf")
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08")
OTHERS = (b"%PDF-", b"\x7fELF", b"MZ\x90\x00")
BOXES = frozenset(
    b"ftyp moov mdat free skip wide moof mfra sidx styp uuid meta udta pnot emsg prft pdin mfro ssix".split()
)
SCANNED = 512 * 1024  # bytes of a filling box that are looked through


def fault_of(path: Path) -> str:
    """A code of `catalogue.FAULTS`; empty when the bytes look like a video."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(HEAD)
        file.seek(max(0, size - TAIL))
        tail = file.read(TAIL)
        if fault := _by_start(head):
            return fault
        kind = _kind(head)
        if not kind:
            return "unknown"
        if b"PK\x05\x06" in tail:
            return "archive"
        if _foreign(head):
            return "mixed"
        return _fault_of_boxes(file, size) if kind == "mp4" else ""


def _by_start(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()[:512]
    if text.startswith(PLAYLIST):
        return "playlist"
    if text.startswith(MARKUP):
        return "markup"
    return "archive" if head.startswith(ARCHIVES) else ""


def _kind(head: bytes) -> str:
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    for offset, packet in ((0, 188), (4, 192)):
        marks = head[offset : offset + packet * 8 : packet]
        if len(marks) == 8 and set(marks) == {0x47}:
            return "mpegts"
    return ""


def _foreign(part: bytes) -> bool:
    lower = part.lower()
    return any(mark in lower for mark in (*MARKUP, *PLAYLIST)) or any(
        mark in part for mark in (*ARCHIVES[:4], *OTHERS[:2])
    )


def _fault_of_boxes(file: BinaryIO, size: int) -> str:
    """Walk the outermost boxes: known kinds, exactly to the end, nothing foreign in the filling."""
    at, has_index = 0, False
    while at < size:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return "mixed"
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        elif length == 0:
            length = size - at
        if kind not in BOXES or length < 8:
            return "mixed" if has_index else "damaged"
        if at + length > size:
            return "damaged"
        if kind in (b"free", b"skip", b"wide", b"uuid"):
            file.seek(at)
            if _foreign(file.read(min(length, SCANNED))):
                return "mixed"
        has_index = has_index or kind == b"moov"
        at += length
    return "" if has_index else "damaged"
