"""The audit chain: whoever touches a stored event is found out, and the database refuses to be touched."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from duikou.core import audit, triggers
from duikou.core.models import AuditEvent, AuditHead
from duikou.core.scope import SYSTEM

pytestmark = pytest.mark.django_db

TABLE = "core_auditevent"


def append(label: str, **values: object) -> AuditEvent:
    with transaction.atomic():
        return audit.append(
            actor=SYSTEM, action="test.act", target_type="", target_id="", target_label=label, scope_path="",
            **values,  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.fixture
def chain() -> list[int]:
    """Numbers of five fresh events at the end of the chain."""
    return [append(f"事件{n}", before={"n": n}, after={"n": n + 1}).number for n in range(5)]


@pytest.fixture
def tamper(chain: list[int]) -> Callable[..., None]:
    """Somebody with all rights on the database: removes the triggers and runs SQL."""

    def run(sql: str, *parameters: object) -> None:
        with connection.cursor() as cursor:
            for name in triggers.NAMES.values():
                on = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
            cursor.execute(sql, parameters)

    return run


def first_broken() -> int | None:
    broken = audit.verify()
    return broken.number if broken else None


def test_it_works(chain: list[int]) -> None:
    assert audit.verify() is None
    assert chain == list(range(chain[0], chain[0] + 5))
    assert AuditHead.objects.get().number == chain[-1]


def test_the_loaded_data_were_audited_as_whole_loads() -> None:
    assert 0 < AuditEvent.objects.count() < 50
    assert audit.verify() is None


@pytest.mark.parametrize(
    "column",
    [
        "action",
        "target_type",
        "target_id",
        "target_label",
        "scope_path",
        "reason",
        "request_id",
        "actor_label",
    ],
)
def test_one_changed_byte_is_found(chain: list[int], tamper: Callable[..., None], column: str) -> None:
    tamper(f"UPDATE {TABLE} SET {column} = {column} || 'x' WHERE number = %s", chain[2])
    assert first_broken() == chain[2]


@pytest.mark.parametrize("column", ["before", "after"])
def test_one_changed_value_is_found(chain: list[int], tamper: Callable[..., None], column: str) -> None:
    tamper(f'UPDATE {TABLE} SET "{column}" = \'{{"n": 7}}\' WHERE number = %s', chain[1])
    assert first_broken() == chain[1]


def test_another_actor_or_time_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    tamper(f"UPDATE {TABLE} SET actor_id = 999 WHERE number = %s", chain[3])
    assert first_broken() == chain[3]
    tamper(f"UPDATE {TABLE} SET at = '2014-01-26 00:00:00+00' WHERE number = %s", chain[2])
    assert first_broken() == chain[2]


def test_a_changed_digest_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    tamper(f"UPDATE {TABLE} SET digest = %s WHERE number = %s", "0" * 64, chain[4])
    assert first_broken() == chain[4]


def test_a_removed_event_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    tamper(f"DELETE FROM {TABLE} WHERE number = %s", chain[2])
    assert first_broken() == chain[2]


def test_a_removed_event_with_closed_ranks_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    tamper(f"DELETE FROM {TABLE} WHERE number = %s", chain[2])
    for number in chain[3:]:
        tamper(f"UPDATE {TABLE} SET number = number - 1 WHERE number = %s", number)
    assert first_broken() == chain[2]


def test_a_cut_off_tail_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    tamper(f"DELETE FROM {TABLE} WHERE number >= %s", chain[3])
    assert first_broken() == chain[3]


def test_a_cut_off_tail_with_a_forged_head_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    tamper(f"DELETE FROM {TABLE} WHERE number > %s", chain[3])
    digest = AuditEvent.objects.get(number=chain[3]).digest
    AuditHead.objects.update(number=chain[3], digest=digest)  # without the key the seal cannot be made
    assert first_broken() == chain[3]


def test_an_inserted_event_is_found(chain: list[int], tamper: Callable[..., None]) -> None:
    last = AuditEvent.objects.get(number=chain[4])
    AuditEvent.objects.create(
        number=chain[4] + 1, at=last.at, actor_label="系统", action="test.forged", previous=last.digest,
        digest="f" * 64,
    )  # fmt: skip
    assert first_broken() == chain[4] + 1


def test_reordered_events_are_found(chain: list[int], tamper: Callable[..., None]) -> None:
    one, two, aside = chain[1], chain[2], chain[4] + 100
    for old, new in ((one, aside), (two, one), (aside, two)):
        tamper(f"UPDATE {TABLE} SET number = %s WHERE number = %s", new, old)
    assert first_broken() == one


def test_a_missing_head_is_found(chain: list[int]) -> None:
    AuditHead.objects.all().delete()
    assert audit.verify() is not None


def test_another_key_finds_every_event_wrong(chain: list[int], settings: object) -> None:
    settings.AUDIT_KEY = b"another"  # type: ignore[attr-defined]
    assert first_broken() == 1


@pytest.mark.parametrize("statement", [f"UPDATE {TABLE} SET reason = 'x'", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_changes(chain: list[int], statement: str) -> None:
    count = AuditEvent.objects.count()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.count() == count
    assert audit.verify() is None


def test_the_orm_is_refused_as_well(chain: list[int]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(number=chain[0]).update(reason="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(number=chain[0]).delete()


def test_missing_triggers_are_noticed_and_put_back(tamper: Callable[..., None]) -> None:
    assert triggers.missing() == []
    tamper("SELECT 1")
    assert set(triggers.missing()) == set(triggers.NAMES.values())
    triggers.install()
    triggers.install()  # safe to repeat
    assert triggers.missing() == []


def test_an_event_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(TransactionManagementError):
        audit.append(actor=SYSTEM, action="x", target_type="", target_id="", target_label="", scope_path="")


def test_values_come_back_as_they_were_digested(chain: list[int]) -> None:
    import datetime as dt
    from decimal import Decimal

    value = {"day": dt.date(2014, 2, 15), "sum": Decimal("1.10"), "名": "龙湾区", "rare": "𠮷", "n": None}
    event = append("values", after=value)
    event.refresh_from_db()
    assert event.after == {"day": "2014-02-15", "sum": "1.10", "名": "龙湾区", "rare": "𠮷", "n": None}
    assert audit.verify() is None
