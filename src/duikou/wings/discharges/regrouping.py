"""A year grouped by two schemes, side by side: how many find a group, what moves, whose weight changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.engines.casemix import grouper
from duikou.wings.discharges import demo, files, months, reference
from duikou.wings.discharges.actions.schemes import register_starter
from duikou.wings.discharges.models import Regrouping, Submission
from duikou.wings.discharges.models.submissions import IN_FORCE

if TYPE_CHECKING:
    from duikou.engines.casemix.scheme import Scheme as Loaded

Progress = Callable[[int, int | None, str], None]
MOVES = 50  # pairs of base groups shown
SIDES = ("now", "then")


def regroup(*, regrouping_id: int, progress: Progress) -> Regrouping:
    """Compute and keep the comparison. Raises Missing."""
    found = Regrouping.objects.select_related("scheme").filter(pk=regrouping_id).first()
    if found is None:
        raise Missing(_("没有这个对照。"))
    rows = list(
        Submission.objects.filter(
            state__in=IN_FORCE,
            month__range=(found.year * 100 + 1, found.year * 100 + 12),
            scope_path__within=found.org_path,
        )
        .select_related("hospital")
        .order_by("month", "pk")
    )
    present = reference.scheme_in_force() or register_starter()
    schemes = reference.loaded(present), reference.loaded(found.scheme)
    parts = []
    for month in months.span(found.year * 100 + 1, found.year * 100 + 12):
        of_month = [row for row in rows if row.month == month]
        for pages in _pages(of_month):
            parts.append(_both(pages, schemes))
        progress(month % 100, 12, months.shown(month))
    both = pl.concat(parts) if parts else pl.DataFrame(schema=_COLUMNS)
    found.result = {"present": str(present), **compared(both)}
    found.basis = hashlib.sha256("".join(row.batch for row in rows).encode()).hexdigest()
    found.save(update_fields=["result", "basis", "requested_at"])
    return found


_COLUMNS = {
    "hospital": pl.String, "total": pl.Int64, "now": pl.String, "then": pl.String,
    "adrg_now": pl.String, "adrg_then": pl.String,
}  # fmt: skip


def _pages(rows: Sequence[Submission]) -> Iterator[pl.DataFrame]:
    """The accepted pages of the submissions of a month, the hospital by its key."""
    invented = {row.hospital.key for row in rows if row.demonstration}
    if invented:
        path = files.shared_pages(demo.KEPT_WITH, rows[0].month)
        if path.exists():
            yield pl.read_parquet(path).filter(pl.col("hospital").is_in(sorted(invented)))
    for row in rows:
        if not row.demonstration and files.pages(row).exists():
            yield pl.read_parquet(files.pages(row)).with_columns(hospital=pl.lit(row.hospital.key))


def _both(pages: pl.DataFrame, schemes: tuple[Loaded, Loaded]) -> pl.DataFrame:
    pages, _unmapped = reference.mapped(pages)
    now, then = (grouper.group(pages, scheme) for scheme in schemes)

    def group_of(side: pl.DataFrame, column: str) -> pl.Series:
        return side.select(pl.when(pl.col("status") == "grouped").then(pl.col(column)))[column]

    return pl.DataFrame(
        {
            "hospital": pages["hospital"],
            "total": pages["total"].fill_null(0),
            "now": group_of(now, "drg"),
            "then": group_of(then, "drg"),
            "adrg_now": group_of(now, "adrg"),
            "adrg_then": group_of(then, "adrg"),
        },
        schema=_COLUMNS,
    )


def compared(both: pl.DataFrame) -> dict[str, Any]:
    """The comparison as plain values: both sides in figures, moves between base groups, hospitals."""
    sides = {side: _side(both, side) for side in SIDES}
    moved = both.filter(pl.col("adrg_now").ne_missing(pl.col("adrg_then")))
    moves = (
        moved.group_by("adrg_now", "adrg_then")
        .agg(stays=pl.len(), total=pl.col("total").sum())
        .sort(["stays", "adrg_now", "adrg_then"], descending=[True, False, False], nulls_last=True)
        .head(MOVES)
    )
    hospitals = _weights(both, "now").join(_weights(both, "then"), on="hospital", how="full", coalesce=True)
    return {
        "stays": both.height,
        "sides": sides,
        "moved": moved.height,
        "moves": moves.to_dicts(),
        "hospitals": hospitals.sort("hospital").to_dicts(),
    }


def _side(both: pl.DataFrame, side: str) -> dict[str, Any]:
    """One scheme: grouped stays, groups, and how much of the variance of cost the groups explain."""
    grouped = both.drop_nulls(side)
    cost = pl.col("total").cast(pl.Float64)
    spread = grouped.select(
        inside=((cost - cost.mean().over(side)) ** 2).sum(), whole=((cost - cost.mean()) ** 2).sum()
    ).row(0)
    return {
        "grouped": grouped.height,
        "groups": grouped[side].n_unique(),
        "explained": 1 - spread[0] / spread[1] if spread[1] else None,
    }


def _weights(both: pl.DataFrame, side: str) -> pl.DataFrame:
    """Case-mix index of each hospital, by weights from these very stays, in 1e-4."""
    grouped = both.drop_nulls(side)
    mean = pl.col("total").mean()
    weighed = grouped.with_columns(weight=mean.over(side) / mean)
    return weighed.group_by("hospital").agg(
        (pl.col("weight").mean() * 10_000).round().cast(pl.Int64).alias(f"cmi_{side}"),
        pl.len().alias(f"stays_{side}"),
    )
