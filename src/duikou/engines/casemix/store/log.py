"""The table's own log: which submissions each commit brought.

Commits are read from their files, never from checkpoints (which keep no metadata), and a
commit never changes, so each is read once. The store forbids Delta to clean old ones up.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from duikou.engines.casemix.store.model import METADATA, Commit, Landed, Unit


class Log:
    """The commits of one table, read as far as anybody has asked."""

    def __init__(self, table: Path) -> None:
        self._folder = table / "_delta_log"
        self._known: list[Commit] = []
        self._reading = threading.Lock()  # a web process asks from several threads

    def until(self, version: int) -> list[Commit]:
        """Return the commits 0…`version`, in order."""
        with self._reading:
            while len(self._known) <= version:
                self._known.append(self._read(len(self._known)))
            return self._known[: version + 1]

    def after(self, version: int, last: int) -> list[Commit]:
        """Return the commits `version`+1…`last` without reading the older ones."""
        if len(self._known) > version:
            return self.until(last)[version + 1 :]
        return [self._read(number) for number in range(version + 1, last + 1)]

    def landed_after(self, version: int, last: int) -> bool:
        """Return whether any of the commits `version`+1…`last` brought a submission."""
        return any(self._read(number).landed for number in range(version + 1, last + 1))

    def paths(self, last: int) -> set[Path]:
        """Return each data file that any commit up to `last` ever added."""
        return {
            self._folder.parent / unquote(action["add"]["path"])
            for number in range(last + 1)
            for action in self._actions(number)
            if "add" in action
        }

    def _read(self, number: int) -> Commit:
        info: dict[str, Any] = {}
        for action in self._actions(number):
            info = action.get("commitInfo", info)
        landed = tuple(
            Landed(Unit(unit["hospital"], unit["month"]), unit["version"], unit["batch"], number)
            for unit in json.loads(info.get(METADATA, "[]"))
        )
        at = dt.datetime.fromtimestamp(info.get("timestamp", 0) / 1000, dt.UTC)
        return Commit(number, at, info.get("operation", ""), landed)

    def _actions(self, number: int) -> Iterator[dict[str, Any]]:
        with (self._folder / f"{number:020}.json").open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
