"""Bytes of a text file to characters: UTF-8, UTF-16 and GB 18030, with and without byte-order mark.

The plan's names need all of GB 18030 (峃 and 碶 are outside GB 2312), so GBK and GB 2312 files
are read as GB 18030, which contains both.
"""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from duikou.engines.pairing.annex.model import AnnexError, SourceRef
from duikou.engines.pairing.annex.wording import refusal

MAX_TEXT = 8 * 1024 * 1024  # bytes; 10,000 pairs take about 1 MB
MAX_OPINION = 64 * 1024  # bytes given to the statistical detector, which is slow

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the same bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes) -> tuple[str, str]:
    """Text and encoding of a file; `AnnexError` wrong_encoding or nul_bytes with line and byte."""
    if len(content) > MAX_TEXT:
        size = f"{len(content) / 2**20:.1f}"
        raise refusal("file_too_large", limit=MAX_TEXT >> 20, size=size)
    marked = next((codec for mark, codec in _MARKS if content.startswith(mark)), None)
    candidates = [marked] if marked else [*_unmarked_utf16(content), "utf-8", "gb18030"]
    failures: list[tuple[int, str, UnicodeDecodeError]] = []
    for codec in candidates:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError as error:
            failures.append((error.start, codec, error))
            continue
        _refuse_nul(text, codec, content)
        return text, codec
    raise _undecodable(content, failures)


def _unmarked_utf16(content: bytes) -> list[str]:
    """UTF-16 without a mark shows as line ends or tabs with a zero byte on one and the same side."""
    if len(content) % 2 or b"\x00" not in content:
        return []
    little = sum(content[i : i + 2] in (b"\n\x00", b"\t\x00", b",\x00") for i in range(0, len(content), 2))
    big = sum(content[i : i + 2] in (b"\x00\n", b"\x00\t", b"\x00,") for i in range(0, len(content), 2))
    if little == big:
        return []
    codec = "utf-16-le" if little > big else "utf-16-be"
    try:
        return [codec] if "\x00" not in content.decode(codec) else []
    except UnicodeDecodeError:
        return []


def _refuse_nul(text: str, codec: str, content: bytes) -> None:
    position = text.find("\x00")
    if position >= 0:
        line = text.count("\n", 0, position) + 1
        offset = len(text[:position].encode(codec)) if codec.startswith("utf-16") else content.find(b"\x00")
        raise refusal("nul_bytes", SourceRef(row=line, byte_offset=offset))


def _undecodable(content: bytes, failures: list[tuple[int, str, UnicodeDecodeError]]) -> AnnexError:
    """The refusal tells the place in the encoding that got furthest: the likeliest one."""
    start, codec, error = max(failures, key=lambda failure: failure[0])
    line = content.count(b"\n", 0, start) + 1
    guess = opinion(content)
    return refusal(
        "wrong_encoding",
        SourceRef(row=line, byte_offset=start),
        codec=codec.upper(),
        bytes=content[start : max(error.end, start + 1)][:4].hex(" "),
        opinion_zh=f"（看上去像 {guess}）" if guess else "",
        opinion_en=f" (it looks like {guess})" if guess else "",
    )


def opinion(content: bytes) -> str | None:
    """What a statistical detector thinks the encoding is, for messages only."""
    best = from_bytes(content[:MAX_OPINION]).best()
    return best.encoding if best else None
