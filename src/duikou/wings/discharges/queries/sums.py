"""Sums that provinces sent up, and the board of them: each province, and all together."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Missing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.discharges import files, months
from duikou.wings.discharges.figures.basis import crosswalk
from duikou.wings.discharges.figures.results import read_kept, write_kept
from duikou.wings.discharges.models import SumsFile, SumsSender

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.store.federated import Contribution

WORK: Final = ("cases", "grouping_rate", "cmi", "average_stay", "operation_share", "mortality")
"""Indicators of hospitals: a province's row is the sum of its hospitals' numerators and denominators."""

RESIDENTS: Final = ("in_county_rate", "out_of_county_rate")
"""Indicators of residents: a province's row is of its residents, wherever they were treated."""

MICRO: Final = 1_000_000
SCALE: Final = {"cases": 1, "cmi": 100}  # of a quotient, where it is not in millionths


def senders(actor: Actor) -> ScopedQuerySet:
    """Who sends to the actor's area."""
    found: ScopedQuerySet = SumsSender.objects.visible_to(actor)
    return found


def sums_files(actor: Actor) -> ScopedQuerySet:
    """Received files, newest first."""
    found: ScopedQuerySet = SumsFile.objects.visible_to(actor).select_related(
        "sender", "received_by", "replaced_by"
    )
    return found


def sums_file(actor: Actor, pk: int) -> SumsFile:
    """One file; raises Missing."""
    found = sums_files(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个汇总文件，或它不在您的范围内。"))
    return found


def contributions(rows: Iterable[SumsFile]) -> list[Contribution]:
    """What the files hold; each was checked when it came, and its digest is compared again."""
    return [_held(row) for row in rows]


def _held(row: SumsFile) -> Contribution:
    from duikou.engines.casemix.store import federated

    path = files.sums_file(row.sha256)
    if not path.is_file() or files.digest(path) != row.sha256:
        raise Conflict(
            _("汇总文件 %(file)s 已丢失或被改动，请从备份恢复或重新接收。") % {"file": row.filename}
        )
    return federated.unpacked(path)


# ---------------------------------------------------------------- the board


@dataclass(frozen=True, slots=True)
class Sum:
    """One indicator of one province, or of all."""

    numerator: int
    denominator: int
    value: int | None  # in units of 10^-decimals of the indicator


@dataclass(frozen=True)
class SumsBoard:
    """Each province's sums and the whole, for one period."""

    first: int  # months; 0: of everything that was sent
    last: int
    senders: list[SumsSender]
    rows: dict[str, dict[str, Sum]]  # name of a sender → indicator → its sum
    whole: dict[str, Sum]


def board(actor: Actor, first: int = 0, last: int = 0) -> SumsBoard:
    """Computed once for these files and this period, then read back."""
    rows = [row for row in sums_files(actor).order_by("pk") if row.state == SumsFile.State.IN_FORCE]
    known = {row.sender.name: row.sender for row in rows}
    if not rows:
        return SumsBoard(first, last, [], {}, {})
    said = json.dumps([[(row.sha256, row.sender.code) for row in rows], first, last])
    path = files.root() / "figures" / "sums" / f"{hashlib.sha256(said.encode()).hexdigest()[:24]}.json"
    kept = read_kept(path)
    if kept is None:
        kept = _computed(rows, first, last)
        write_kept(path, kept)
    present = {name: Sum(**one) for name, one in kept["whole"].items()}
    each = {
        sender: {name: Sum(**one) for name, one in found.items()} for sender, found in kept["rows"].items()
    }
    return SumsBoard(first, last, sorted(known.values(), key=lambda one: (one.code, one.name)), each, present)


def _computed(rows: Sequence[SumsFile], first: int, last: int) -> dict[str, Any]:
    from duikou.engines.casemix.indicators.compute import result
    from duikou.engines.casemix.indicators.embedded import open_engine, table_of
    from duikou.engines.casemix.indicators.tables import Tables
    from duikou.engines.casemix.store import federated

    held = contributions(rows)
    of_hospital = {
        hospital: row.sender.name
        for row, one in zip(rows, held, strict=True)
        for hospital in one.sums["groups"]["hospital"].unique()
    }
    of_code = {row.sender.code[:2]: row.sender.name for row in rows}
    connection = open_engine(threads=2)
    try:
        tables = Tables.of_sums(
            federated.together(held), crosswalk=table_of(connection, "crosswalk", _crosswalk(held))
        )
        period = {"from_month": first or None, "to_month": last or None}
        each: dict[str, dict[str, Sum]] = {row.sender.name: {} for row in rows}
        whole = {}
        for name in (*WORK, *RESIDENTS):
            unit = "hospital" if name in WORK else "residence"
            found = result(connection, name, tables, {"by": [unit], "minimum": 0, **period}).rows
            parts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
            for row in found.to_dicts():
                owner = of_hospital.get(row[unit]) if name in WORK else of_code.get(row[unit][:2])
                parts[owner or ""].append(row)
            for sender, some in parts.items():
                if sender:
                    each[sender][name] = _sum(name, some)
            whole[name] = _sum(name, [row for some in parts.values() for row in some])
    finally:
        connection.disconnect()
    return {
        "rows": {sender: {n: asdict(one) for n, one in found.items()} for sender, found in each.items()},
        "whole": {name: asdict(one) for name, one in whole.items()},
    }


def _crosswalk(held: Sequence[Contribution]) -> pl.DataFrame:
    """The register's divisions as they are today; a code that it does not know stands for itself."""
    import polars as pl

    from duikou.engines.casemix.indicators.lookups import CROSSWALK

    known = [asdict(span) for span in crosswalk(months.first_day(months.this_month()))]
    codes = {span["code"] for span in known}
    for one in held:
        for part in one.sums.values():
            for column in {"hospital_county", "residence"} & set(part.columns):
                codes_here = set(part[column].drop_nulls().unique()) - codes - {""}
                known += [
                    {
                        "code": code,
                        "valid_from": None,
                        "valid_to": None,
                        "county": code,
                        "city": f"{code[:4]}00",
                    }
                    for code in sorted(codes_here)
                ]
                codes |= codes_here
    return pl.DataFrame(known, schema=dict(CROSSWALK))


def _sum(name: str, rows: Iterable[Mapping[str, Any]]) -> Sum:
    """Numerators and denominators added up, and their quotient rounded half up."""
    found = [(row["numerator"], row["denominator"]) for row in rows]
    numerator, denominator = sum(one[0] for one in found), sum(one[1] for one in found)
    if name == "cases":
        return Sum(numerator, denominator, numerator)
    scale = SCALE.get(name, MICRO)
    value = (2 * numerator * scale + denominator) // (2 * denominator) if denominator else None
    return Sum(numerator, denominator, value)
