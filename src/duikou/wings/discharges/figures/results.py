"""Figures, computed once for each state of the data and then read back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duikou.wings.discharges import files
from duikou.wings.discharges.figures.basis import Basis, current

if TYPE_CHECKING:
    from duikou.engines.casemix.indicators import Definition
    from duikou.wings.discharges.models import WeightTable

KEPT = 3  # states of the data whose figures stay on the disk


@dataclass(frozen=True)
class Figure:
    """The rows of one indicator over the whole store, with everything that made them.

    Rows are for the wing alone: what a person sees of them is narrowed to their area.
    """

    id: str
    settings: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    sql: str
    basis: Basis
    weights: WeightTable | None = None  # the imported weights that it was computed with

    @property
    def definition(self) -> Definition:
        """What the indicator is, from where, and what can be set."""
        from duikou.engines.casemix.indicators import definition_of

        return definition_of(self.id)

    def value(self, row: Mapping[str, Any]) -> float | None:
        """The value of a row in its unit; None where it is not shown."""
        found = row["value"]
        return None if found is None else found / 10**self.definition.decimals


class Reader:
    """Reads the figures of one state of the data; what is not there yet is computed on one connection.

    Weighed figures stand on the imported weights that are given, unless they ask for others.
    """

    def __init__(self, basis: Basis | None = None, *, weights: WeightTable | None = None) -> None:
        self.basis = basis or current()
        self._weights = weights
        self._stack = ExitStack()
        self._opened: tuple[Any, Any] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def figure(self, name: str, *, disease: str = "", **parameters: Any) -> Figure:
        """One indicator; with `disease` of its stays alone. Raises BadParameter of the engine."""
        from duikou.engines.casemix.indicators import definition_of

        definition = definition_of(name)
        if self._weights is not None and "weights" in definition.defaults:
            parameters = {"weights": "imported", **parameters}
        settings = {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in definition.settings(parameters).items()
        }
        weights = self._weights if settings.get("weights") == "imported" else None
        if self.basis.empty:
            return Figure(name, settings, (), "", self.basis, weights)
        said = {**settings, "disease": disease} if disease else settings
        if weights is not None:
            said = {**said, "weights": weights.sha256}
        path = self.basis.folder / "results" / f"{_digest(name, definition.version, said)}.json"
        kept = read_kept(path)
        if kept is None:
            kept = self._compute(name, parameters, disease)
            write_kept(path, kept)
        return Figure(name, settings, tuple(kept["rows"]), kept["sql"], self.basis, weights)

    def _compute(self, name: str, parameters: Mapping[str, Any], disease: str) -> dict[str, Any]:
        from duikou.engines.casemix.indicators.compute import result
        from duikou.wings.discharges.figures.sums import only, tables
        from duikou.wings.discharges.figures.weighing import weight_cells

        if self._opened is None:
            self._opened = self._stack.enter_context(tables(self.basis))
        connection, known = self._opened
        known = only(known, disease) if disease else known
        if parameters.get("weights") == "imported" and self._weights is not None:
            known = replace(known, weights=weight_cells(connection, self._weights))
        found = result(connection, name, known, parameters)
        return {"rows": found.rows.to_dicts(), "sql": found.sql}


def _digest(name: str, version: int, settings: Mapping[str, Any]) -> str:
    said = json.dumps([name, version, settings], sort_keys=True, ensure_ascii=False)
    return f"{name}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def read_kept(path: Path) -> dict[str, Any] | None:
    """What was kept; None where nothing (or half of it) is there."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found


def write_kept(path: Path, kept: Mapping[str, Any]) -> None:
    """Keep it, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    os.replace(draft, path)


def refresh(
    wanted: Callable[[Basis], Iterable[tuple[str, Mapping[str, Any]]]], weighed: Iterable[WeightTable] = ()
) -> Basis:
    """Compute what pages show first, by each way of weighing, and forget the figures of states long past."""
    basis = current()
    for weights in (None, *weighed):
        with Reader(basis, weights=weights) as reader:
            if not basis.empty:
                for name, parameters in wanted(basis):
                    reader.figure(name, **parameters)
    _forget(basis)
    return basis


def _forget(basis: Basis) -> None:
    folder = files.root() / "figures"
    known = sorted(folder.glob("v*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in known[KEPT:]:
        if path != basis.folder:
            shutil.rmtree(path, ignore_errors=True)
