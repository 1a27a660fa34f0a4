"""The store of all stays, as this wing writes and reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from duikou.wings.discharges import files
from duikou.wings.discharges.models import Submission

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.store import Store

Place = tuple[str, int]  # key of a hospital, month


def store() -> Store:
    """The installation's store; an empty one before the first commit."""
    from duikou.engines.casemix.store import Store

    return Store(files.store_folder())


def put(submission: Submission) -> int:
    """Let a submission's rows be all of its hospital and month; returns the store's version.

    The very same batch again changes nothing.
    """
    import polars as pl

    facts = pl.read_parquet(files.facts(submission))
    outcome = store().replace(
        submission.hospital.key, submission.month, facts, submission.batch, version=submission.number
    )
    return outcome.version


def put_many(submissions: Iterable[tuple[Submission, pl.DataFrame]]) -> int:
    """The same for many submissions, in one commit; facts come with them, not from their files."""
    from duikou.engines.casemix.store import Submission as Unit

    units = (Unit(one.hospital.key, one.month, one.number, one.batch, facts) for one, facts in submissions)
    return store().replace_many(units, force=True).version


def empty_many(submissions: Iterable[Submission]) -> int:
    """Leave the hospitals and months of these submissions without rows, in one commit."""
    import polars as pl

    from duikou.engines.casemix.columns import FACTS
    from duikou.engines.casemix.store import Submission as Unit

    nothing = pl.DataFrame(schema=dict(FACTS))
    units = (
        Unit(one.hospital.key, one.month, one.number, taken_out(one.batch), nothing) for one in submissions
    )
    return store().replace_many(units, force=True).version


def take_out(submission: Submission) -> int:
    """Leave a hospital and month without rows; returns the store's version."""
    import polars as pl

    from duikou.engines.casemix.columns import FACTS

    outcome = store().replace(
        submission.hospital.key,
        submission.month,
        pl.DataFrame(schema=dict(FACTS)),
        taken_out(submission.batch),
        version=submission.number,
        force=True,
    )
    return outcome.version


def taken_out(batch: str) -> str:
    """The name of the commit that takes a batch out."""
    return f"{batch}-out"


def batches() -> dict[Place, str]:
    """Which batch each hospital and month stands in; months that were taken out are left out."""
    return {
        (unit.hospital, unit.month): landed.batch
        for unit, landed in store().standing().items()
        if not landed.batch.endswith("-out")
    }
