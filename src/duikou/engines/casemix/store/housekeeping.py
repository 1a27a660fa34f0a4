"""Upkeep of a store, none of which changes what a reader sees: merging, sweeping, freezing."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Final

from deltalake import DeltaTable, WriterProperties

from duikou.engines.casemix.store.log import Log
from duikou.engines.casemix.store.model import Refused
from duikou.engines.casemix.store.parquet import exists, read
from duikou.engines.casemix.store.table import Store
from duikou.engines.text import Text

GRACE: Final = 24 * 3600
"""Files younger than this many seconds are left alone: a writer elsewhere may be about to commit them."""


def compact(store: Store) -> int:
    """Merge the files of every partition that has more than one; return how many partitions had."""
    with store.exclusive():
        counted = Counter(
            (file.partition["month"], file.partition["city"]) for file in read(store.path).files
        )
        crowded = [part for part, count in sorted(counted.items()) if count > 1]
        if crowded:
            DeltaTable(store.path).optimize.compact(writer_properties=WriterProperties(compression="ZSTD"))
    return len(crowded)


def sweep(store: Store, *, grace: float = GRACE) -> list[Path]:
    """Remove what killed processes left behind: data files that no commit ever named.

    Every version stays readable. Sums by definitions that are no longer in use go as well.
    """
    with store.exclusive():
        oldest = time.time() - grace
        stray = []
        for table in (store.path, store.sums_path):
            if exists(table):
                stray += [path for path in _unnamed(table) if path.stat().st_mtime <= oldest]
        for path in stray:
            path.unlink()
        for other in sorted(store.sums_path.parent.glob("sums-*")):
            if other != store.sums_path:
                shutil.rmtree(other)
                stray.append(other)
    return stray


def _unnamed(table: Path) -> list[Path]:
    named = Log(table).paths(read(table).version)
    return sorted(
        path
        for path in table.rglob("*.parquet")
        if path.is_file() and not path.relative_to(table).parts[0].startswith("_") and path not in named
    )


def freeze(store: Store, name: str, version: int | None = None) -> int:
    """Pin a version under a name, such as a reporting year; a name once given stays what it is."""
    with store.exclusive():
        pins = frozen(store)
        pinned = store.version() if version is None else version
        if not 0 <= pinned <= store.version():
            raise Refused(
                Text(
                    f"不能固定版本 {pinned}：病例库现有版本为 0 至 {store.version()}。",
                    f"Version {pinned} cannot be frozen: the store has 0 to {store.version()}.",
                )
            )
        if pins.setdefault(name, pinned) != pinned:
            raise Refused(
                Text(
                    f"“{name}”已固定为版本 {pins[name]}，不能改为 {pinned}。请另取名称。",
                    f"{name} is frozen at version {pins[name]} and cannot become {pinned}. "
                    "Choose another name.",
                )
            )
        _write_whole(store.folder / "frozen.json", json.dumps(pins, ensure_ascii=False, indent=1))
    return pinned


def frozen(store: Store) -> dict[str, int]:
    """Return the pinned versions by their names."""
    path = store.folder / "frozen.json"
    found: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one or the new one."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
