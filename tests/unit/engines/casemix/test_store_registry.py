"""After a crash the registry of batches is brought to what the log says."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.engines.casemix.store import Landed, Need, Repair, Row, Store, Unit, reconcile
from tests.unit.engines.casemix.stays import facts

UNIT = Unit("H1", 202501)
LANDED = Landed(UNIT, 1, "b1", 7)

# what the registry has (commit), what the log has (commit), what is to be done
CASES = [
    ([Row(UNIT, 1, "b1", 7)], [LANDED], []),
    ([Row(UNIT, 1, "b1", None)], [LANDED], [Repair(Need.CONFIRM, UNIT, 1, "b1", 7)]),
    ([Row(UNIT, 1, "b1", 6)], [LANDED], [Repair(Need.CONFIRM, UNIT, 1, "b1", 7)]),
    ([Row(UNIT, 1, "b1", None)], [], [Repair(Need.REPEAT, UNIT, 1, "b1", None)]),
    ([Row(UNIT, 1, "b1", 7)], [], [Repair(Need.MISSING, UNIT, 1, "b1", None)]),
    ([], [LANDED], [Repair(Need.ADOPT, UNIT, 1, "b1", 7)]),
    ([Row(UNIT, 1, "b1", 9)], [LANDED, Landed(UNIT, 1, "b1", 9)], []),
    (
        [Row(UNIT, 1, "b0", None)],
        [LANDED],
        [Repair(Need.REPEAT, UNIT, 1, "b0", None), Repair(Need.ADOPT, UNIT, 1, "b1", 7)],
    ),
]


@pytest.mark.parametrize(("rows", "landed", "repairs"), CASES)
def test_each_difference_has_its_repair(rows: list[Row], landed: list[Landed], repairs: list[Repair]) -> None:
    assert reconcile(rows, landed) == repairs


def test_a_crash_between_commit_and_registry_is_found_in_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path)
    commit = store.replace("H1", 202501, facts("H1", 202501, 3), "b1").version
    begun = [Row(UNIT, 1, "b1", None), Row(Unit("H2", 202501), 1, "b2", None)]
    assert store.reconcile(begun) == [
        Repair(Need.CONFIRM, UNIT, 1, "b1", commit),
        Repair(Need.REPEAT, Unit("H2", 202501), 1, "b2", None),
    ]
