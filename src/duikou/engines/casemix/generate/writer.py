"""Frames of text into one csv file of any size: complete or not there, same frames, same bytes."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO, Final, cast

import polars as pl

ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030")
GZIP_LEVEL: Final = 6


def write(path: Path, frames: Iterable[pl.DataFrame], *, encoding: str = "utf-8") -> int:
    """Write frames without their `row` as csv (gzip when the name ends in .gz); return the number of records.

    The file appears under its name when it is complete.
    """
    if encoding not in ENCODINGS:
        raise ValueError(f"encoding {encoding!r} is none of {', '.join(ENCODINGS)}")
    unfinished = path.with_name(f".{path.name}.part")
    records = 0
    try:
        with ExitStack() as stack:
            file: IO[bytes] = stack.enter_context(unfinished.open("wb"))
            if path.suffix == ".gz":  # without name and time: the same frames give the same bytes
                packed = gzip.GzipFile("", "wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0)
                file = stack.enter_context(closing(cast(IO[bytes], packed)))
            for frame in frames:
                _append(file, frame, encoding, header=not records)
                records += len(frame)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return records


def _append(file: IO[bytes], frame: pl.DataFrame, encoding: str, *, header: bool) -> None:
    buffer = io.BytesIO()
    frame.drop("row", strict=False).write_csv(buffer, include_header=header)
    if encoding == "utf-8":
        file.write(buffer.getbuffer())
    else:
        file.write(
            buffer.getvalue().decode().encode("utf-8" if not header and encoding == "utf-8-sig" else encoding)
        )
