"""Measure the dashboards over small and large stores: the real pages, asked for by a signed-in officer.

    python tests/bench/bench_casemix_board.py                   # 1 and 10 million stays
    python tests/bench/bench_casemix_board.py --stays 100000 1000000

Loads divisions and register into a database of its own, invents a year of stays of the
register's hospitals in each size (fixed seed), and stores it month by month. Then, in
interleaved rounds: one hospital-month is replaced and all figures of the dashboards are
computed, as the job of a commit does; the pages are opened; and the pages are opened once more
with nothing kept, as for a month that nobody has looked at yet. CPU seconds of the process with all
its threads. Before anything is measured, every figure must equal the one from the stays themselves.
Targets: a page takes as many queries over the large store as over the small one, and ≤ 2 × the time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

MONTHS = [202501 + number for number in range(12)]
ROUNDS = 3
OPENED = 5  # times in each round
PAGE_RATIO = 2.0
PARTIES = ("large", "small")


def set_up(home: Path) -> None:
    """Let Django find its settings and a database with divisions, hospitals and an officer."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "duikou.config.settings",
        "DUIKOU_HOME": str(home),
        "DUIKOU_TESTING": "1",
        "DUIKOU_HOSTS": "testserver",
    }
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command

    from duikou.wings.pairings import loading

    (home / "static").mkdir()
    call_command("migrate", verbosity=0)
    loading.load_everything()


def officer() -> Any:
    """A browser in which an officer of the province is signed in."""
    from django.test import Client

    from duikou.core.models import OrgUnit, RoleGrant, User

    user = User.objects.create(username="bench", display_name="演示")
    province = OrgUnit.objects.get(kind="province")
    since = dt.date(2014, 1, 1)
    RoleGrant.objects.create(user=user, role="provincial_officer", org=province, valid_from=since)
    client = Client()
    client.force_login(user)
    return client


def register() -> tuple[Any, dict[str, Any]]:
    """An invented province with the hospitals and counties of the register, large hospitals first."""
    from duikou.wings.hospitals.models import Hospital
    from duikou.wings.places.models import Division
    from tests.bench.invented_stays import Province

    order = {"provincial": 0, "municipal": 1, "county": 2}
    hospitals = sorted(
        Hospital.objects.filter(state=Hospital.State.ACTIVE).select_related("division"),
        key=lambda one: (order[one.tier], one.key),
    )
    counties = Division.objects.filter(level=Division.Level.COUNTY, valid_to=None).order_by("code")
    codes = tuple(counties.values_list("code", flat=True))
    province = Province(
        hospitals=len(hospitals),
        counties=len(codes),
        keys=tuple(one.key for one in hospitals),
        codes=codes,
        lie_in=tuple(codes.index(one.division.code) for one in hospitals),
    )
    return province, {one.key: one for one in hospitals}


@dataclass
class Site:
    """One installation: its folder of discharges. All sites share the database."""

    stays: int
    folder: Path
    loading: float = 0.0
    version: int = 0

    def enter(self) -> None:
        """Let the pages read this one."""
        from django.conf import settings

        settings.DISCHARGES = self.folder

    def load(self, province: Any) -> list[tuple[str, int, int, int]]:
        """Store the year; returns hospital, month, number of stays and the store's version of each part."""
        from duikou.engines.casemix.store import Submission
        from duikou.wings.discharges import storage
        from tests.bench.invented_stays import by_hospital

        self.enter()
        store, stored = storage.store(), []
        begun = time.process_time()
        for stays in province.stays(MONTHS, self.stays):
            month, parts = stays["month"][0], list(by_hospital(stays))
            outcome = store.replace_many(Submission(key, month, 1, f"{key}-1", part) for key, part in parts)
            stored += [(key, month, part.height, outcome.version) for key, part in parts]
        self.loading = time.process_time() - begun
        self.version = store.version()
        return stored

    def replace(self, key: str, month: int, stays: Any) -> None:
        """Replace one hospital-month in the store and in the registry, and compute the figures anew."""
        from duikou.wings.discharges import models, storage
        from duikou.wings.discharges.figures import refresh
        from duikou.wings.discharges.queries.boards import first_figures

        number = self.version + 1
        outcome = storage.store().replace(key, month, stays, f"{key}-{number}", version=number)
        self.version = outcome.version
        rows = models.Submission.objects.filter(hospital__key=key, month=month)
        rows.update(store_version=self.version)
        refresh(first_figures)

    def forget(self) -> None:
        """Leave no figure kept."""
        shutil.rmtree(self.folder / "figures", ignore_errors=True)


def enroll(stored: list[tuple[str, int, int, int]], hospitals: dict[str, Any]) -> None:
    """Write the registry of what was stored."""
    from django.utils import timezone

    from duikou.wings.discharges.models import Submission

    Submission.objects.bulk_create(
        [
            Submission(
                hospital=hospitals[key],
                scope_path=hospitals[key].scope_path,
                month=month,
                number=1,
                state="committed",
                demonstration=True,
                filename="演示数据.csv",
                size=0,
                rows=rows,
                accepted=rows,
                store_version=version,
                committed_at=timezone.now(),
            )
            for key, month, rows, version in stored
        ],
        batch_size=500,
    )


def differing(site: Site) -> list[str]:
    """Names of figures of the dashboards that are not those of the stays themselves."""
    from duikou.engines.casemix.indicators.compute import result
    from duikou.engines.casemix.indicators.tables import Tables
    from duikou.wings.discharges import storage
    from duikou.wings.discharges.figures import Reader, sums
    from duikou.wings.discharges.queries.boards import first_figures

    site.enter()
    found = []
    with Reader() as reader, sums.tables(reader.basis) as (connection, _known):
        facts = storage.store().facts(connection, reader.basis.version)
        crosswalk, county_hospitals = (connection.table(name) for name in ("crosswalk", "county_hospitals"))
        whole = Tables.of_facts(facts, crosswalk=crosswalk, county_hospitals=county_hospitals)
        for name, parameters in first_figures(reader.basis):
            expected = result(connection, name, whole, parameters).rows.to_dicts()
            if list(reader.figure(name, **parameters).rows) != expected or not expected:
                found.append(name)
    return found


def cpu_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


class Pages:
    """The three dashboards, opened by one officer."""

    def __init__(self, hospitals: dict[str, Any]) -> None:
        self._client = officer()
        county = next(one for one in hospitals.values() if one.tier == "county")
        self.paths = {
            "hospital": f"/app/discharges/hospitals/{county.pk}/",
            "county": f"/app/discharges/counties/{county.division.code}/",
            "province": "/app/discharges/province/",
        }

    def open(self, name: str) -> None:
        """Ask for a page."""
        answer = self._client.get(self.paths[name])
        if answer.status_code != 200:
            sys.exit(f"bench_casemix_board: {self.paths[name]} answered {answer.status_code}")

    def queries(self, name: str) -> int:
        """Number of queries of one page."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            self.open(name)
        return len(captured)


@dataclass
class Taken:
    """Seconds of each site, by what was done."""

    anew: list[list[float]]
    opened: dict[str, list[list[float]]]
    first: dict[str, list[list[float]]]
    queries: dict[str, list[int]]


def measure(sites: list[Site], pages: Pages, province: Any) -> Taken:
    """Rounds of all sites in turn."""
    import polars as pl

    from tests.bench.invented_stays import by_hospital

    other = [dict(by_hospital(province.month(202612, site.stays // 12))) for site in sites]
    key = province.keys[100]
    taken = Taken(
        [[] for _ in sites],
        {name: [[] for _ in sites] for name in pages.paths},
        {name: [[] for _ in sites] for name in pages.paths},
        {name: [] for name in pages.paths},
    )
    for number in range(ROUNDS):
        month = MONTHS[2 * number]
        for place, site in enumerate(sites):
            site.enter()
            stays = other[place][key].with_columns(month=pl.lit(month, pl.Int32))
            taken.anew[place].append(cpu_seconds(lambda s=site, m=month, f=stays: s.replace(key, m, f)))
            for name in pages.paths:
                pages.open(name)
                times = [cpu_seconds(lambda n=name: pages.open(n)) for _ in range(OPENED)]
                taken.opened[name][place].append(statistics.median(times))
                if number == 0:
                    taken.queries[name].append(pages.queries(name))
                site.forget()
                taken.first[name][place].append(cpu_seconds(lambda n=name: pages.open(n)))
    return taken


def report(sites: list[Site], taken: Taken) -> int:
    """Print medians and ratios; exit code 1 when a target is missed."""
    missed = []
    anew = [statistics.median(times) for times in taken.anew]
    print(f"one hospital-month replaced and all figures anew: {_compared(anew)}")
    for name, opened in taken.opened.items():
        pages = [statistics.median(times) for times in opened]
        first = [statistics.median(times) for times in taken.first[name]]
        queries = taken.queries[name]
        print(f"page of a {name}: {_compared(pages)}, {' and '.join(map(str, queries))} queries")
        print(f"  with nothing kept: {_compared(first)}")
        if len(set(queries)) > 1:
            missed.append(f"the {name} page takes {queries[-1]} queries instead of {queries[0]}")
        if pages[-1] > PAGE_RATIO * pages[0]:
            missed.append(f"the {name} page takes more than {PAGE_RATIO} × the time of the small store")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    for target in missed:
        print(f"target missed: {target}", file=sys.stderr)
    return 1 if missed else 0


def _compared(seconds: list[float]) -> str:
    return f"{' and '.join(f'{one:.3f}' for one in seconds)} s CPU, {seconds[-1] / seconds[0]:.2f} ×"


def main() -> int:
    """Exit code 1 when figures differ or a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stays", type=int, nargs=2, default=[1_000_000, 10_000_000])
    sizes = parser.parse_args().stays
    home = Path(tempfile.mkdtemp(prefix="duikou-bench-board."))
    try:
        set_up(home)
        province, hospitals = register()
        sites = [Site(stays, home / str(stays)) for stays in sizes]
        stored = [site.load(province) for site in sites]
        if len({tuple((*one[:2], one[3]) for one in parts) for parts in stored}) > 1:
            sys.exit("bench_casemix_board: too few stays: a hospital has a month without any")
        enroll(stored[-1], hospitals)
        print(f"{platform.python_version()}, {os.cpu_count()} cores; {len(hospitals)} hospitals")
        for site, parts in zip(sites, stored, strict=True):
            count = sum(one[2] for one in parts)
            print(f"{count:>10,} stays stored in {site.loading:.1f} s CPU, by {len(parts)} hospital-months")
        for site in sites:
            if names := differing(site):
                print(f"figures differ between sums and stays: {', '.join(names)}", file=sys.stderr)
                return 1
        return report(sites, measure(sites, Pages(hospitals), province))
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    raise SystemExit(main())
