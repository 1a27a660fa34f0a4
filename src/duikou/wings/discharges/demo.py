"""Demonstration data (演示数据): invented front pages of the register's hospitals, through the real engine.

Every submission of it is marked. The pages are checked, grouped and committed by the same
rooms as a hospital's own file, only for all hospitals of a month at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.discharges import demo_settlements, files, identity, months, reference, storage
from duikou.wings.discharges.actions.schemes import register_starter
from duikou.wings.discharges.figures import refresh
from duikou.wings.discharges.models import Scheme, Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.discharges.queries.boards import first_figures
from duikou.wings.discharges.queries.weights import all_in_use
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.models import Division

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.generate.province import Province

    Made = tuple[Submission, pl.DataFrame]  # a submission with its facts

RECORDS = 150_000
YEARS = 3  # of discharges: the list of needs looks at three years
KEPT_WITH = "demo"  # folder of the accepted pages, one file for each month
TIERS = {"provincial": "province", "municipal": "city", "county": "county"}


def load(*, seed: int = 2014, records: int = RECORDS) -> dict[str, int]:
    """Invent front pages of three years up to last month; the same seed gives the same pages.

    Hospitals and months with a submission of their own are left alone. Returns how much was
    made. Raises Conflict when demonstration data are there already.
    """
    if Submission.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    maker = Maker(register_starter())
    with act("demo.loaded", actor=SYSTEM, permission="discharge.submit") as event:
        made: list[Made] = []
        for month, raw in _months(seed, records, months.before(months.this_month())):
            made += maker.submitted(month, raw)
        Submission.objects.bulk_create([submission for submission, _facts in made], batch_size=500)
        version = storage.put_many(made)
        Submission.objects.filter(demonstration=True).update(
            state="committed", store_version=version, committed_at=timezone.now()
        )
        counts = {
            "submissions": len(made),
            "stays": sum(submission.accepted for submission, _facts in made),
            "settlements": demo_settlements.load((facts for _submission, facts in made), seed=seed),
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    refresh(first_figures, all_in_use())
    return counts


def _months(seed: int, records: int, last: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """Invented pages as text, by month of discharge, in order."""
    import polars as pl

    from duikou.engines.casemix.generate import pages

    province = _province(seed, last // 100 - YEARS + 1)
    raw = pl.concat(list(pages(records, seed, within=province)), how="vertical_relaxed").with_columns(
        month=(pl.col("discharged").str.slice(0, 4) + pl.col("discharged").str.slice(5, 2)).cast(pl.Int32)
    )
    for month, part in raw.partition_by(
        "month", as_dict=True, maintain_order=True, include_key=False
    ).items():
        if (number := int(str(month[0]))) <= last:
            yield number, part


class Maker:
    """Makes the submissions of all hospitals of a month: checked, grouped and counted like any file."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.known = {one.key: one for one in Hospital.objects.select_related("division__parent")}
        rows = Submission.objects.filter(state__in=(*IN_FORCE, "signed"))
        self.own = set(rows.values_list("hospital__key", "month"))
        last = Submission.objects.values_list("hospital__key", "month").annotate(last=Max("number"))
        self.numbers = {(key, month): number for key, month, number in last}
        self.places = identity.all_hospitals_frame()

    def submitted(self, month: int, raw: pl.DataFrame) -> list[Made]:
        """The submissions of one month, each with its facts; the accepted pages go into one file."""
        import polars as pl

        from duikou.engines.casemix import checks, facts, grouper, layouts

        taken = [key for key, own in self.own if own == month]
        raw = raw.filter(~pl.col("hospital").is_in(taken))
        pages = layouts.typed(raw)
        checked = checks.run(raw, pages, expected_month=month)
        accepted = checked.accepted(pages)
        accepted.write_parquet(files.shared_pages(KEPT_WITH, month), compression="zstd")
        made = facts.facts_of(
            accepted,
            grouper.group(accepted, reference.loaded(self.scheme)),
            hospitals=self.places,
            major_diseases=reference.major_diseases(),
        )
        rejected = dict(checked.set_apart(raw)["hospital"].value_counts().iter_rows())
        scores = {row["hospital"]: row for row in checked.completeness.iter_rows(named=True)}
        parts = made.partition_by("hospital", as_dict=True, maintain_order=True)
        return [
            (self._submission(month, str(key), part, rejected.get(key, 0), scores[str(key)]), part)
            for (key,), part in parts.items()
        ]

    def _submission(
        self, month: int, key: str, part: pl.DataFrame, rejected: int, score: Mapping[str, Any]
    ) -> Submission:
        hospital, expected = self.known[key], score["expected"]
        return Submission(
            hospital=hospital,
            scope_path=hospital.scope_path,
            month=month,
            number=self.numbers.get((key, month), 0) + 1,
            state="signed",
            demonstration=True,
            filename=f"演示数据-{key}-{months.shown(month)}.csv",
            size=0,
            layout="narrow",
            encoding="utf-8",
            rows=len(part) + rejected,
            accepted=len(part),
            rejected=rejected,
            grouped=int(part["grouped"].sum()),
            completeness=score["filled"] * 10_000 // expected if expected else None,
            residence_unknown=part["residence"].null_count(),
            scheme=self.scheme,
            signed_at=timezone.now(),
        )


def _province(seed: int, first_year: int) -> Province:
    """The register's own counties and hospitals; who supports whom from when on is invented."""
    from duikou.engines.casemix.generate.places import County, fields_of, invented_support
    from duikou.engines.casemix.generate.places import Hospital as Place
    from duikou.engines.casemix.generate.province import province

    today = timezone.localdate()
    units = list(
        Division.objects.on(today)
        .filter(level=Division.Level.COUNTY)
        .select_related("parent")
        .order_by("code")
    )
    counties = [County(unit.code, unit.parent.code if unit.parent else unit.code) for unit in units]
    begins = dict(
        zip(
            (unit.code for unit in units),
            invented_support(seed, len(units), first_year, YEARS),
            strict=True,
        )
    )
    hospitals = []
    for one in (
        Hospital.objects.filter(state=Hospital.State.ACTIVE).select_related("division").order_by("key")
    ):
        if one.division.code not in begins:
            continue
        supported = one.tier == Hospital.Tier.COUNTY and one.role == Hospital.Role.RECIPIENT
        hospitals.append(
            Place(
                key=one.key,
                name=one.name,
                county=one.division.code,
                tier=TIERS[one.tier],
                level=one.level,
                fields=fields_of(one.kind, one.field),
                support_from=begins[one.division.code] if supported else None,
            )
        )
    return province(seed, counties, hospitals, first_year=first_year, years=YEARS)


def clear() -> dict[str, int]:
    """Remove all demonstration data and nothing else; returns how many submissions went."""
    rows = Submission.objects.filter(demonstration=True)
    with act("demo.cleared", actor=SYSTEM, permission="discharge.submit") as event:
        gone = list(rows.select_related("hospital"))
        if Submission.objects.filter(demonstration=False, store_version__isnull=False).exists():
            storage.empty_many(gone)
        else:  # nothing of anybody was ever stored: not even the history has to stay
            shutil.rmtree(files.store_folder(), ignore_errors=True)
        Submission.objects.filter(replaced_by__in=rows).update(state="withdrawn", replaced_by=None)
        rows.filter(replaced_by__isnull=False).update(state="withdrawn", replaced_by=None)
        rows.delete()
        shutil.rmtree(files.shared_folder(KEPT_WITH), ignore_errors=True)
        shutil.rmtree(files.root() / "figures", ignore_errors=True)
        removed = {"submissions": len(gone), "settlements": demo_settlements.clear()}
        event.note(label="演示数据", before=removed)
    return removed
