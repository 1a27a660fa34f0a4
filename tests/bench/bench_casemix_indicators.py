"""Measure the indicators against SQL written by hand for the same figures; tell the cost per million stays.

    python tests/bench/bench_casemix_indicators.py                    # 1 million stays of three years
    python tests/bench/bench_casemix_indicators.py --stays 10000000

Stays are invented from a fixed seed and kept as Parquet, a file a month. Measured are, in CPU
seconds of one thread and interleaved rounds: seven indicators straight from the stays; the same
by hand in DuckDB's SQL; all indicators from yearly cells, these included; one more look at all of
them once the cells are there; and the way of the store, whose sums are made when a submission is
committed: making all sums, the seven and all indicators from them, which is what a page costs. Each
figure by hand must equal the expression's, and each from sums the one from stays, row by row, before
anything is timed. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import ibis.expr.types as ir  # noqa: E402
import polars as pl  # noqa: E402

from duikou.engines.casemix.indicators import DEFINITIONS, result  # noqa: E402
from duikou.engines.casemix.indicators.aggregates import AGGREGATES, sums  # noqa: E402
from duikou.engines.casemix.indicators.embedded import keeper, open_engine  # noqa: E402
from duikou.engines.casemix.indicators.places import located_sums  # noqa: E402
from duikou.engines.casemix.indicators.tables import Tables  # noqa: E402
from tests.bench.invented_stays import Province  # noqa: E402

MONTHS = [year * 100 + month for year in (2024, 2025, 2026) for month in range(1, 13)]
SECONDS_PER_MILLION = 0.75  # the seven, at 10 million stays
BY_HAND = 1.2  # times the cost of SQL by hand
ROUNDS = 5

WEIGHTS = """
    g AS (SELECT hospital, drg, count(*) n, sum(total) t, sum(stay_days) d, sum(died::INT) e FROM facts
          WHERE grouped GROUP BY ALL),
    r AS (SELECT drg, sum(n) n, sum(t) t, sum(d) d, sum(e) e FROM g GROUP BY drg),
    w AS (SELECT drg, floor((t::DOUBLE / n) / (SELECT sum(t)::DOUBLE / sum(n) FROM r) * 1e4 + 0.5) w
          FROM r WHERE n >= 5)"""

# One statement for each indicator: its units and its value, in the order of the units.
HAND: dict[str, str] = {
    "in_county_rate": """
        SELECT coalesce(residence, '') u, CASE WHEN residence IS NULL OR count(*) < 10 THEN NULL ELSE
            floor(count(*) FILTER (hospital_county = residence)::DOUBLE / count(*) * 1e6 + 0.5)::BIGINT END
        FROM facts GROUP BY residence ORDER BY u""",
    "out_referral_list": """
        SELECT residence u, disease, floor(n::DOUBLE / s * 1e6 + 0.5)::BIGINT FROM (
            SELECT residence, disease, n, sum(n) OVER (PARTITION BY residence) s,
                row_number() OVER (PARTITION BY residence ORDER BY n DESC, disease) k
            FROM (SELECT residence, disease, count(*) n FROM facts
                  WHERE residence <> hospital_county GROUP BY ALL))
        WHERE k <= 5 ORDER BY u, disease""",
    "cmi": f"""WITH {WEIGHTS}
        SELECT hospital u, floor(sum(w * n)::DOUBLE / sum(n) * 100 + 0.5)::BIGINT FROM g JOIN w USING (drg)
        GROUP BY hospital ORDER BY u""",
    "cost_index": f"""WITH {WEIGHTS}
        SELECT hospital u, floor(sum(floor((g.t::DOUBLE / g.n) / (r.t::DOUBLE / r.n) * 1e6 + 0.5) * g.n)
            / sum(g.n) + 0.5)::BIGINT
        FROM g JOIN r USING (drg) WHERE r.n >= 5 GROUP BY hospital ORDER BY u""",
    "low_risk_mortality": f"""WITH {WEIGHTS},
        l AS (SELECT drg, floor(ln(e::DOUBLE / n) * 1e4 + 0.5) x FROM r WHERE n >= 5 AND e > 0),
        c AS (SELECT floor(avg(x) + 0.5) - floor(stddev_samp(x) + 0.5) low FROM l)
        SELECT hospital u, CASE WHEN sum(g.n) >= 30
            THEN floor(sum(g.e)::DOUBLE / sum(g.n) * 1e6 + 0.5)::BIGINT END
        FROM g JOIN l USING (drg), c WHERE x < low GROUP BY hospital ORDER BY u""",
    "major_diseases_in_county": """
        SELECT residence u, major_disease, CASE WHEN count(*) >= 10 THEN
            floor(count(*) FILTER (hospital_county = residence)::DOUBLE / count(*) * 1e6 + 0.5)::BIGINT END
        FROM facts WHERE major_disease > 0 AND residence IS NOT NULL GROUP BY ALL ORDER BY u, 2""",
    "median_stay": """
        SELECT hospital u, floor(median(stay_days) * 1e6 + 0.5)::BIGINT FROM facts
        GROUP BY hospital ORDER BY u""",
}


def hand(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The seven by hand."""
    return {name: connection.con.execute(sql).fetchall() for name, sql in HAND.items()}


def seven(connection: Any, tables: Tables) -> dict[str, list[tuple[Any, ...]]]:
    """The seven by their expressions, in the columns of those by hand."""
    found = {}
    for name in HAND:
        one = result(connection, name, tables)
        columns = [*one.settings["by"], *one.definition.detail, "value"]
        found[name] = one.rows.select(columns).rows()
    return found


def every(connection: Any, tables: Tables) -> dict[str, pl.DataFrame]:
    """The rows of all indicators."""
    return {name: result(connection, name, tables).rows for name in DEFINITIONS}


def summed(connection: Any, facts: ir.Table) -> Tables:
    """All sums over these stays, made anew, as the tables that the store would hand out."""
    kept = {}
    for name in AGGREGATES:
        connection.raw_sql(f"DROP TABLE IF EXISTS sums_{name}")
        kept[name] = connection.create_table(f"sums_{name}", sums(name, facts), temp=True)
    return Tables({name: located_sums(table, None) for name, table in kept.items()})


def cpu_seconds(work: Callable[[], Any]) -> float:
    """CPU time of one run."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stays", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count = 0
        for number, frame in enumerate(Province().stays(MONTHS, options.stays)):
            frame.write_parquet(Path(folder) / f"{number:02}.parquet")
            count += frame.height
        return measure(f"{folder}/*.parquet", count / 1e6, options.rounds)


def measure(pattern: str, millions: float, rounds: int) -> int:
    connection = open_engine(threads=1)
    facts = connection.read_parquet(pattern, table_name="facts")
    stays = Tables.of_facts(facts)
    expected, found = hand(connection), seven(connection, stays)
    for name in HAND:
        if expected[name] != found[name]:
            print(f"{name}: the expression differs from the SQL by hand")
            return 1
    cells = stays.kept(keeper(connection), by_year=True)
    of_sums = summed(connection, facts)
    for name, rows in every(connection, cells).items():
        if not rows.equals(result(connection, name, of_sums).rows):
            print(f"{name}: from the sums it is another than from the stays")
            return 1
    work: dict[str, Callable[[], Any]] = {
        "seven by hand": lambda: hand(connection),
        "seven": lambda: seven(connection, stays),
        "all, cells made": lambda: every(connection, stays.kept(keeper(connection), by_year=True)),
        "all, cells there": lambda: every(connection, cells),
        "seven, from sums": lambda: seven(connection, of_sums),
        "all, from sums": lambda: every(connection, of_sums),
        "sums made": lambda: summed(connection, facts),
    }
    took: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, one in work.items():
            took[name].append(cpu_seconds(one))
    median = {name: statistics.median(times) for name, times in took.items()}
    print(
        f"{millions:.2f} million stays, {len(DEFINITIONS)} indicators, median of {rounds} rounds, one thread"
    )
    for name, seconds in median.items():
        print(f"  {name:<18} {seconds:7.2f} CPU-s   {seconds / millions:6.3f} per million")
    ratio = median["seven"] / median["seven by hand"]
    reached = median["seven"] / millions <= SECONDS_PER_MILLION and ratio <= BY_HAND
    print(f"  seven / by hand    {ratio:7.2f} x   (targets: {BY_HAND}, {SECONDS_PER_MILLION} per million)")
    print("targets reached" if reached else "a target is missed")
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
