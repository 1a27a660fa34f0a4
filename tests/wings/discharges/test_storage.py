"""Many months at once: only what is known to stand is replaced, an emptied month is free again."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from duikou.core.errors import Conflict
from duikou.wings.discharges import files, storage
from duikou.wings.discharges.actions import signing
from duikou.wings.discharges.models import Submission
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_submissions import in_force, submit


def facts_of(submission: Submission) -> pl.DataFrame:
    return pl.read_parquet(files.facts(submission))


def test_many_never_replace_what_somebody_else_has_there(liaison: Any, hospital: Hospital) -> None:
    own = in_force(liaison, submit(liaison, hospital, csv(stays(20))))
    other = submit(liaison, hospital, csv(stays(30, seed=8)))
    version = storage.store().version()
    with pytest.raises(Conflict, match="另一批数据"):
        storage.put_many([(other, facts_of(other))])
    assert storage.empty_many([other]) == version  # it does not stand: nothing to take out
    assert storage.batches() == {(hospital.key, 202503): own.batch}


def test_a_month_that_was_emptied_is_free_for_any_number(liaison: Any, hospital: Hospital) -> None:
    first = submit(liaison, hospital, csv(stays(20)))
    storage.put_many([(first, facts_of(first))])
    storage.empty_many([first])
    assert storage.batches() == {}
    storage.put_many([(first, facts_of(first))])  # e.g. the same demonstration again
    storage.empty_many([first])
    first.delete()  # the registry forgets it, the store's history does not
    again = in_force(liaison, submit(liaison, hospital, csv(stays(30, seed=8))))
    assert again.number == 1
    assert storage.batches() == {(hospital.key, 202503): again.batch}


def test_repeating_a_step_writes_nothing(liaison: Any, hospital: Hospital) -> None:
    own = in_force(liaison, submit(liaison, hospital, csv(stays(20))))
    version = storage.store().version()
    assert storage.put(own) == version
    later = submit(liaison, hospital, csv(stays(30, seed=8)))
    signing.retract(actor=liaison, submission=own, reason="x")
    out = storage.take_out(own)
    assert out > version
    assert storage.take_out(own) == out
    signing.commit(submission_id=own.pk)
    assert storage.store().version() == out
    in_force(liaison, later)  # numbered before the other was taken out
    assert storage.batches() == {(hospital.key, 202503): later.batch}
