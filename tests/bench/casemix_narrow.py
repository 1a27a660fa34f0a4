"""Seeded narrow files of random records for the benches of grouping: 32 columns, any number of rows.

Codes are drawn from the scheme that is measured: the principal diagnosis evenly over all
codes that open a category, 0 to 15 other diagnoses (mean 4.1, 30 % of them complications),
0 to 8 operations (mean 1.9); half of the records are aimed at a rule of the scheme.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.scheme import Scheme
from duikou.engines.casemix.scheme.conditions import Has, Kind, Where, walk

OTHERS, OPERATIONS = 15, 8
AIMED, COMPLICATED = 0.5, 0.3
Texts = npt.NDArray[np.object_]


def narrow(records: int, seed: int, scheme: Scheme) -> pl.DataFrame:
    """Make records as text: 9 columns of facts, the diagnoses, the operations."""
    random = np.random.default_rng(seed)
    principal = _codes(scheme.principal or frozenset().union(*scheme.lists[Kind.DX].values()))
    operations = _codes(frozenset().union(*scheme.lists[Kind.PX].values()))
    weighing = _codes(scheme.complications.mcc | scheme.complications.cc)
    pdx = random.choice(principal, records)
    main = random.choice(operations, records)
    _aim(pdx, main, scheme, random)
    days = np.where(
        random.random(records) < 0.06, random.integers(0, 365, records), random.integers(365, 36_500, records)
    )
    newborn = days < 60
    discharged = np.datetime64("2025-01-01") + random.integers(0, 365, records).astype("timedelta64[D]")
    columns: dict[str, Any] = {
        "id": np.char.add("R", np.arange(records).astype(str)),
        "hospital": np.char.add("H", random.integers(100, 300, records).astype(str)),
        "discharged": discharged.astype(str),
        "sex": random.integers(1, 3, records).astype(str),
        "age_years": (days // 365).astype(str),
        "age_days": days.astype(str),
        "weight_g": np.where(newborn, random.integers(700, 4_500, records).astype(str), ""),
        "stay_days": random.integers(1, 40, records).astype(str),
        "pdx": pdx,
    }
    number = np.minimum(random.geometric(1 / 5.2, records) - 1, OTHERS)
    for place in range(OTHERS):
        drawn = np.where(
            random.random(records) < COMPLICATED,
            random.choice(weighing, records),
            random.choice(principal, records),
        )
        columns[f"dx{place + 1:02}"] = np.where(number > place, drawn, "")
    number = np.where(main == "", 0, np.minimum(random.geometric(1 / 2.9, records) - 1, OPERATIONS))
    columns["px01"] = np.where(number > 0, main, "")
    for place in range(1, OPERATIONS):
        columns[f"px{place + 1:02}"] = np.where(number > place, random.choice(operations, records), "")
    texts = {name: pl.Series(values.tolist(), dtype=pl.String) for name, values in columns.items()}
    return pl.DataFrame(texts).with_columns(pl.all().replace("", None))


def _aim(pdx: Texts, main: Texts, scheme: Scheme, random: np.random.Generator) -> None:
    """Let half of the records fit the main positions of a rule drawn evenly."""
    aims = np.where(
        random.random(len(pdx)) < AIMED, random.integers(0, sum(1 for _ in scheme.rules()), len(pdx)), -1
    )
    for number, (section, rule) in enumerate(scheme.rules()):
        rows = np.flatnonzero(aims == number)
        for condition in (section.gate, rule.condition):
            for part in walk(condition):
                if (
                    isinstance(part, Has)
                    and part.where is Where.MAIN
                    and (held := scheme.lists[part.kind][part.codes])
                ):
                    (pdx if part.kind is Kind.DX else main)[rows] = random.choice(_codes(held), len(rows))


def _codes(codes: frozenset[str]) -> Texts:
    return np.array(sorted(code for code in codes if not code.endswith("*")), dtype=object)
