"""Slides opened for cutting: a few stay open in each process, as opening costs more than a tile."""

from __future__ import annotations

import io
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from openslide import OpenSlide
from openslide.deepzoom import DeepZoomGenerator

TILE = 256  # with overlap 0: the tiles of most files, so that one decoded tile gives one tile
QUALITY = 80
OPEN = 24


def place_of(root: Path, number: str) -> Path:
    """The folder of a slide: its file and its overview."""
    return root / number[:2] / number


def file_of(root: Path, number: str) -> Path:
    """The slide's file as it came, under a name that says nothing."""
    return place_of(root, number) / "slide"


class Pyramids:
    """Open slides of a process, which cuts one tile at a time.

    OpenSlide may be asked by several threads at once, but cutting is work for a processor: threads of one
    process that cut together wait for each other within every tile, and on a busy machine many clients then
    get less than one did. More processes cut more; more threads only wait for slow lines.
    """

    def __init__(self, root: Path, most: int = OPEN) -> None:
        self.root, self.most = root, most
        self._open: OrderedDict[str, DeepZoomGenerator] = OrderedDict()
        self._lock, self._cutting = Lock(), Lock()

    def tile(self, number: str, level: int, column: int, row: int) -> bytes | None:
        """A tile as JPEG; None where the slide has none."""
        pyramid = self._pyramid(number)
        if pyramid is None or not 0 <= level < pyramid.level_count:
            return None
        columns, rows = pyramid.level_tiles[level]
        if not (0 <= column < columns and 0 <= row < rows):
            return None
        memory = io.BytesIO()
        with self._cutting:
            pyramid.get_tile(level, (column, row)).save(memory, "JPEG", quality=QUALITY)
        return memory.getvalue()

    def _pyramid(self, number: str) -> DeepZoomGenerator | None:
        with self._lock:
            if (found := self._open.get(number)) is not None:
                self._open.move_to_end(number)
                return found
            path = file_of(self.root, number)
            if not path.is_file():
                return None
            made = DeepZoomGenerator(OpenSlide(path), tile_size=TILE, overlap=0, limit_bounds=False)
            self._open[number] = made
            if len(self._open) > self.most:
                self._open.popitem(last=False)  # closed when the last tile of it is cut
            return made
