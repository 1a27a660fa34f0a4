"""The CSV tables of a scheme's folder: rows with their place, refusals that name it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from duikou.engines.casemix.scheme import texts
from duikou.engines.casemix.scheme.model import BadScheme
from duikou.engines.text import Text

SUFFIXES = (".csv", ".csv.gz")
VECTORS = ("test_vectors",)  # records to try a scheme on are not part of it


class Row:
    """A line of a table; cells are without spaces around them, absent ones are empty."""

    __slots__ = ("_cells", "_places", "line", "table")

    def __init__(self, table: str, line: int, places: Mapping[str, int], cells: list[str]) -> None:
        self.table = table
        self.line = line
        self._places = places
        self._cells = cells

    @property
    def where(self) -> str:
        """Name the place for a person."""
        return f"{self.table}:{self.line}"

    def __getitem__(self, column: str) -> str:
        try:
            return self._cells[self._places[column]].strip()
        except LookupError:
            return ""

    def need(self, column: str) -> str:
        """Return a cell that must not be empty."""
        if not (value := self[column]):
            raise self.refused(texts.empty_cell(column))
        return value

    def whole(self, column: str) -> int:
        """Return a cell as a whole number."""
        try:
            return int(self[column])
        except ValueError:
            raise self.refused(texts.not_whole(column, self[column])) from None

    def refused(self, text: Text) -> BadScheme:
        """Return the refusal of this line."""
        return BadScheme(texts.at(self.where, text))


class Tables:
    """The tables of a folder, each read once when it is asked for."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BadScheme(texts.no_folder(folder))
        self.folder = folder
        self.paths: dict[str, Path] = {}
        self._rows: dict[str, list[Row]] = {}
        for path in sorted(folder.iterdir()):
            for suffix in SUFFIXES:
                if path.name.endswith(suffix) and path.is_file():
                    self.paths.setdefault(path.name.removesuffix(suffix), path)

    def __contains__(self, name: str) -> bool:
        return name in self.paths

    def rows(self, name: str, columns: Sequence[str], *, optional: bool = False) -> list[Row]:
        """Read a table that must have these columns; an optional one may be absent."""
        if name not in self.paths:
            if optional:
                return []
            raise BadScheme(texts.missing_table(name))
        if name not in self._rows:
            self._rows[name] = list(self._read(self.paths[name], columns))
        return self._rows[name]

    def checksum(self) -> str:
        """Return the SHA-256 over the unpacked tables, by name."""
        digest = hashlib.sha256()
        for name, path in sorted(self.paths.items()):
            if name not in VECTORS:
                content = _content(path)
                digest.update(f"{name}\0{len(content)}\0".encode())
                digest.update(content)
        return digest.hexdigest()

    def _read(self, path: Path, columns: Sequence[str]) -> Iterator[Row]:
        try:
            text = _content(path).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadScheme(texts.not_utf8(path.name)) from None
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [cell.strip() for cell in next(reader, [])]
            if missing := [column for column in columns if column not in header]:
                raise BadScheme(texts.missing_columns(path.name, missing, header))
            name, places = path.name, {column: place for place, column in enumerate(header)}
            for cells in reader:
                if any(cells):
                    yield Row(name, reader.line_num, places, cells)
        except csv.Error as error:
            raise BadScheme(texts.bad_table(f"{path.name}:{reader.line_num}", str(error))) from None


def _content(path: Path) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise BadScheme(texts.broken_gzip(path.name)) from None
