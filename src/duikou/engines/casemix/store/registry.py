"""The application's registry of batches against the store's log, after a crash.

The application writes "begun", lets the store commit, and then writes "stored". A process
killed in between leaves a registry that says less than the log. The log is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from duikou.engines.casemix.store.model import Landed, Unit


@dataclass(frozen=True, slots=True)
class Row:
    """One submission as the application's registry has it."""

    unit: Unit
    version: int
    batch: str
    commit: int | None  # version of the table that it made; None: begun, end not known


class Need(StrEnum):
    """What the application has to do about one submission."""

    CONFIRM = "confirm"  # it is in the store: note the commit
    REPEAT = "repeat"  # it never got there: submit it again, or say that it failed
    MISSING = "missing"  # noted as stored, but the store has no such commit: an older folder was restored
    ADOPT = "adopt"  # in the store, unknown to the registry: an older database was restored


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing to be done so that registry and log agree."""

    need: Need
    unit: Unit
    version: int
    batch: str
    commit: int | None  # as the log has it


def reconcile(rows: Iterable[Row], landed: Iterable[Landed]) -> list[Repair]:
    """Return what makes the registry agree with the log: nothing when it does."""
    # A forced older version may have landed twice; what counts is the last time.
    log = {(one.unit, one.version, one.batch): one.commit for one in landed}
    repairs = []
    for row in rows:
        key = row.unit, row.version, row.batch
        commit = log.pop(key, None)
        if commit is None:
            repairs.append(Repair(Need.REPEAT if row.commit is None else Need.MISSING, *key, None))
        elif commit != row.commit:
            repairs.append(Repair(Need.CONFIRM, *key, commit))
    repairs += [Repair(Need.ADOPT, *key, commit) for key, commit in log.items()]
    return sorted(repairs, key=lambda one: (one.unit, one.version, one.batch))
