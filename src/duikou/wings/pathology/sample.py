"""Invented slides: stained-looking cells on glass, as pyramidal TIFF. For demonstrations and tests."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pylopdf_fonts_zh_cn import sans_path

TILE = 256
ASCII, SHORT, LONG, RATIONAL = 2, 3, 4, 5  # kinds of values in a TIFF
FORMATS = {ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "I"}
Tags = dict[int, tuple[int, list[int]]]
GLASS, TISSUE, CELL, STAMP = (243, 240, 244), (231, 180, 208), (96, 62, 140), (150, 20, 20)


def picture(width: int, height: int, *, seed: int = 7, blur: float = 0.0) -> Image.Image:
    """A patch of tissue with cells. The four corners of the glass stay free."""
    chance = np.random.default_rng(seed)
    drawn = Image.new("RGB", (width, height), GLASS)
    draw = ImageDraw.Draw(drawn)
    draw.ellipse((width * 0.06, height * 0.06, width * 0.94, height * 0.94), fill=TISSUE)
    for x, y, r in zip(
        chance.uniform(0.15, 0.85, 1400) * width,
        chance.uniform(0.15, 0.85, 1400) * height,
        chance.uniform(4, 11, 1400),
        strict=True,
    ):
        shade = int(chance.integers(-24, 24))
        draw.ellipse((x - r, y - r * 0.8, x + r, y + r * 0.8), fill=tuple(c + shade for c in CELL))
    grain = chance.integers(-7, 8, (height, width, 1), dtype=np.int16)
    noisy = np.clip(np.asarray(drawn, dtype=np.int16) + grain, 0, 255).astype(np.uint8)
    made = Image.fromarray(noisy)
    return made.filter(ImageFilter.GaussianBlur(blur)) if blur else made


def stamped(made: Image.Image, words: str = "演示数据") -> Image.Image:
    """The same picture with words burned into its pixels, so that no copy of it passes for a real one."""
    marked = made.copy()
    draw = ImageDraw.Draw(marked)
    size = max(24, made.width // 18)
    font = ImageFont.truetype(str(sans_path()), size)
    for part in (0.12, 0.5, 0.84):
        draw.text((made.width * 0.5, made.height * part), words, fill=STAMP, font=font, anchor="mm")
    return marked


def write(
    path: Path,
    base: Image.Image,
    *,
    mpp: float | None = 0.5,
    levels: int = 3,
    label: Image.Image | None = None,
) -> None:
    """Write a picture as a tiled pyramid with JPEG tiles, as scanners export it.

    With a label the file is of the Aperio kind, with a photograph of the label in it.
    """
    told = f"Aperio Image Library v12\r\n{base.width}x{base.height}" if label is not None else ""
    if told and mpp:
        told += f"|MPP = {mpp}"
    with path.open("wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, 0))
        pointer = 4  # where the offset of the next directory is to be written
        for level in range(levels):
            size = (max(1, base.width >> (2 * level)), max(1, base.height >> (2 * level)))
            small = base if level == 0 else base.resize(size, Image.Resampling.BOX)
            tags = _tiled(file, small, told, first=level == 0, mpp=mpp)
            pointer = _directory(file, pointer, tags)
        if label is not None:
            tags = _strip(
                file, label.convert("RGB"), f"Aperio Image Library v12\r\nlabel {label.width}x{label.height}"
            )
            _directory(file, pointer, tags)


def _tiled(file: BinaryIO, level: Image.Image, told: str, *, first: bool, mpp: float | None) -> Tags:
    offsets, sizes = [], []
    for tile in _tiles(level):
        offsets.append(file.tell())
        sizes.append(len(tile))
        file.write(tile)
    tags: Tags = {
        254: (LONG, [0 if first or told else 1]), 256: (LONG, [level.width]), 257: (LONG, [level.height]),
        258: (SHORT, [8, 8, 8]), 259: (SHORT, [7]), 262: (SHORT, [6]), 277: (SHORT, [3]), 284: (SHORT, [1]),
        322: (SHORT, [TILE]), 323: (SHORT, [TILE]), 324: (LONG, offsets), 325: (LONG, sizes),
        530: (SHORT, [2, 2]),
    }  # fmt: skip
    if told:
        tags[270] = (ASCII, list(told.encode() + b"\0"))
    if first and mpp:  # pixels a centimetre
        scale = [round(1e4 / mpp * 1000), 1000]
        tags |= {282: (RATIONAL, scale), 283: (RATIONAL, scale), 296: (SHORT, [3])}
    return tags


def _strip(file: BinaryIO, picture: Image.Image, told: str) -> Tags:
    content = picture.tobytes()
    offset = file.tell()
    file.write(content)
    return {
        254: (LONG, [1]), 256: (LONG, [picture.width]), 257: (LONG, [picture.height]),
        258: (SHORT, [8, 8, 8]), 259: (SHORT, [1]), 262: (SHORT, [2]),
        270: (ASCII, list(told.encode() + b"\0")),
        273: (LONG, [offset]), 277: (SHORT, [3]), 278: (LONG, [picture.height]), 279: (LONG, [len(content)]),
        284: (SHORT, [1]),
    }  # fmt: skip


def _directory(file: BinaryIO, pointer: int, tags: Tags) -> int:
    """Write a directory (TIFF 6.0, section 2) and name it at `pointer`; where the next is to be named."""
    entries = b""
    for tag, (kind, values) in sorted(tags.items()):
        content = b"".join(struct.pack(f"<{FORMATS[kind]}", value) for value in values)
        count = len(values) // (2 if kind == RATIONAL else 1)
        if len(content) > 4:
            at = file.tell() + file.tell() % 2
            file.seek(at)
            file.write(content)
            content = struct.pack("<I", at)
        entries += struct.pack("<HHI", tag, kind, count) + content.ljust(4, b"\0")
    start = file.tell() + file.tell() % 2
    file.seek(start)
    file.write(struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0))
    end = file.tell()
    file.seek(pointer)
    file.write(struct.pack("<I", start))
    file.seek(end)
    return end - 4


def _tiles(level: Image.Image) -> Iterator[bytes]:
    for top in range(0, level.height, TILE):
        for left in range(0, level.width, TILE):
            tile = Image.new("RGB", (TILE, TILE), GLASS)
            tile.paste(level.crop((left, top, min(left + TILE, level.width), min(top + TILE, level.height))))
            memory = io.BytesIO()
            tile.save(memory, "JPEG", quality=85, subsampling=2)
            yield memory.getvalue()
