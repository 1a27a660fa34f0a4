"""Line numbers of the keys of a TOML text.

The standard library's parser keeps no positions, so this index walks the text once
and notes on which line each table header and each key begins. It knows comments,
multi-line strings and multi-line arrays, which is all that a pack uses. Inline tables
that are elements of an array have lines of their own; whatever is nested deeper is
reported on the line of its key or element.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_ARRAY_HEADER = re.compile(rf"^\s*\[\[\s*({_DOTTED})\s*\]\]")
_TABLE_HEADER = re.compile(rf"^\s*\[\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"^\s*({_DOTTED})\s*=")
_PIECE = re.compile(_KEY)


class LineIndex:
    """Where each key of one TOML text stands."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._scan(text)

    def line(self, *path: str | int) -> int | None:
        """Return the line (from 1) of a path, or of its nearest enclosing table."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(path[:length])
            if found is not None:
                return found
        return None

    def _scan(self, text: str) -> None:
        table: Path = ()
        key: Path = ()
        state = _Value()
        for number, line in enumerate(text.splitlines(), start=1):
            if state.open:
                self._note_elements(key, state, line, number)
                continue
            if match := _ARRAY_HEADER.match(line):
                table = self._enter_array(_split(match.group(1)))
                self._note(table, number)
            elif match := _TABLE_HEADER.match(line):
                table = self._resolve(_split(match.group(1)))
                self._note(table, number)
            elif match := _ASSIGNMENT.match(line):
                key = (*table, *_split(match.group(1)))
                self._note(key, number)
                state = _Value()
                self._note_elements(key, state, line[match.end() :], number)

    def _note_elements(self, key: Path, state: _Value, text: str, number: int) -> None:
        first = state.elements
        state.read(text)
        for place in range(first, state.elements):
            self._note((*key, place), number)

    def _note(self, path: Path, number: int) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], number)

    def _resolve(self, names: list[str]) -> Path:
        """Turn header names into a path through the last element of each array."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _enter_array(self, names: list[str]) -> Path:
        path: Path = (*self._resolve(names[:-1]), names[-1])
        self._counts[path] = self._counts.get(path, 0) + 1
        return (*path, self._counts[path] - 1)


class _Value:
    """A value being read: is it still open, and how many tables of its array have begun."""

    def __init__(self) -> None:
        self.elements = 0
        self._brackets = ""
        self._quote = ""

    @property
    def open(self) -> bool:
        return bool(self._brackets or self._quote)

    def read(self, text: str) -> None:
        position = 0
        while position < len(text):
            if self._quote:
                position = self._close_quote(text, position)
                continue
            character = text[position]
            if character == "#":
                return
            if text.startswith(('"""', "'''"), position):
                self._quote = text[position : position + 3]
                position += 3
                continue
            if character in "\"'":
                position = _end_of_string(text, position)
                continue
            if character in "[{":
                self.elements += character == "{" and self._brackets == "["
                self._brackets += character
            elif character in "]}":
                self._brackets = self._brackets[:-1]
            position += 1

    def _close_quote(self, text: str, position: int) -> int:
        end = text.find(self._quote, position)
        if end < 0:
            return len(text)
        position = end + len(self._quote)
        self._quote = ""
        return position


def _end_of_string(text: str, start: int) -> int:
    """Return the position after the one-line string that begins at `start`."""
    quote = text[start]
    position = start + 1
    while position < len(text) and text[position] != quote:
        position += 2 if quote == '"' and text[position] == "\\" else 1
    return position + 1


def _split(dotted: str) -> list[str]:
    return [piece.strip("\"'") for piece in _PIECE.findall(dotted)]
