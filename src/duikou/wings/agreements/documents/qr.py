"""The QR code of each page, as a picture for Word and as a drawing for PDF."""

from __future__ import annotations

import struct
import zlib

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # light modules around the code, which readers need (ISO/IEC 18004)
_SCALE = 6  # pixels of a module in the picture: sharp on a printed page of 600 dpi


def modules(text: str) -> list[list[bool]]:
    """The dark and light squares of a text's code, with its quiet border."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def png(text: str) -> bytes:
    """The code as a black and white PNG picture."""
    rows = modules(text)
    size = len(rows) * _SCALE
    lines = b"".join((b"\0" + _packed(row)) * _SCALE for row in rows)
    header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)  # one bit for each pixel, grey
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _packed(row: list[bool]) -> bytes:
    bits = "".join(("0" if dark else "1") * _SCALE for dark in row)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def svg(text: str) -> str:
    """The code as one path of an SVG drawing."""
    rows = modules(text)
    path = "".join(
        f"M{column} {line}h1v1h-1z"
        for line, row in enumerate(rows)
        for column, dark in enumerate(row)
        if dark
    )
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{path}"/></svg>'
    )
