"""The store of all stays, as this wing writes and reads it.

What is to stand next gets the version after the one that stands: whoever writes in between is
noticed by the store, which refuses a version that is there. A batch is replaced or taken out
only where it is known to stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.wings.discharges import files
from duikou.wings.discharges.models import Submission

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.store import Store

Place = tuple[str, int]  # key of a hospital, month
OUT = "-out"  # ends the name of the commit that takes a batch out


def store() -> Store:
    """The installation's store; an empty one before the first commit."""
    from duikou.engines.casemix.store import Store

    return Store(files.store_folder())


def put(submission: Submission) -> int:
    """Let a submission's rows be all of its hospital and month; returns the store's version.

    The very same batch again changes nothing.
    """
    import polars as pl

    return _replace(submission, submission.batch, pl.read_parquet(files.facts(submission)))


def take_out(submission: Submission) -> int:
    """Leave a hospital and month without rows; returns the store's version. Repeating it changes nothing."""
    return _replace(submission, taken_out(submission.batch), _nothing())


def _replace(submission: Submission, batch: str, facts: pl.DataFrame) -> int:
    whole = store()
    key, month = submission.hospital.key, submission.month
    standing = whole.standing_version(key, month) or 0
    if standing and whole.stands(key, month, batch):
        return whole.version()
    return whole.replace(key, month, facts, batch, version=standing + 1).version


def put_many(submissions: Iterable[tuple[Submission, pl.DataFrame]]) -> int:
    """The same for many submissions, in one commit; facts come with them, not from their files.

    Raises Conflict where another batch stands: nobody's rows are replaced by many at once.
    """
    from duikou.engines.casemix.store import Submission as Unit

    whole = store()
    standing = {tuple(unit): landed for unit, landed in whole.standing().items()}
    units = []
    for one, facts in submissions:
        present = standing.get((one.hospital.key, one.month))
        if present and not present.batch.endswith(OUT):
            raise Conflict(
                _("%(hospital)s %(month)s 在库中已有另一批数据，没有写入。请先核对登记与存储。")
                % {"hospital": one.hospital, "month": one.period}
            )
        version = present.version + 1 if present else 1
        units.append(Unit(one.hospital.key, one.month, version, one.batch, facts))
    return whole.replace_many(units).version


def empty_many(submissions: Iterable[Submission]) -> int:
    """Leave the hospitals and months in which these very submissions stand without rows, in one commit."""
    from duikou.engines.casemix.store import Submission as Unit

    whole, nothing = store(), _nothing()
    standing = {tuple(unit): landed for unit, landed in whole.standing().items()}
    units = []
    for one in submissions:
        present = standing.get((one.hospital.key, one.month))
        if present and present.batch == one.batch:
            out = taken_out(one.batch)
            units.append(Unit(one.hospital.key, one.month, present.version + 1, out, nothing))
    return whole.replace_many(units).version if units else whole.version()


def _nothing() -> pl.DataFrame:
    import polars as pl

    from duikou.engines.casemix.columns import FACTS

    return pl.DataFrame(schema=dict(FACTS))


def taken_out(batch: str) -> str:
    """The name of the commit that takes a batch out."""
    return f"{batch}{OUT}"


def batches() -> dict[Place, str]:
    """Which batch each hospital and month stands in; months that were taken out are left out."""
    return {
        (unit.hospital, unit.month): landed.batch
        for unit, landed in store().standing().items()
        if not landed.batch.endswith(OUT)
    }
