"""Seeded problems of some size with every side rule: too hard for trying everything, and for a relaxation."""

from __future__ import annotations

import numpy as np

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    UNBROKEN,
    Candidates,
    County,
    Level,
    Problem,
    Recipient,
    Supporter,
)
from duikou.engines.text import Text

DEPARTMENTS = ("儿科", "产科", "骨科", "心内科", "神经内科", "重症", "病理", "肿瘤科")


def hard_problem(
    seed: int, supporters: int = 20, recipients: int = 45, *, max_changes: int | None = None
) -> Problem:
    """Person-months and departments decide, and do not fit well."""
    random = np.random.default_rng(seed)
    counties = recipients // 2

    def some(most: int) -> list[str]:
        return [
            DEPARTMENTS[i] for i in random.choice(len(DEPARTMENTS), random.integers(2, most), replace=False)
        ]

    pairs = [(s, r) for s in range(supporters) for r in range(recipients) if random.random() < 0.5]
    n = len(pairs)
    no = np.zeros(n, dtype=np.bool_)
    return Problem(
        [
            Supporter(
                f"s{i}", f"城市{i}医院", HospitalKind.GENERAL, None, "12"[i % 2], GENERAL_LOAD, 2, 3, 4, 5,
                capacity_months=int(random.integers(20, 45)), strengths=frozenset(some(5)),
            )
            for i in range(supporters)
        ],
        [
            Recipient(
                f"r{i}", f"县{i}医院", HospitalKind.GENERAL, i % counties, 1, 2,
                months=int(random.integers(5, 19)),
                needs={name: int(random.integers(1, 9)) for name in some(6)},
            )
            for i in range(recipients)
        ],
        [County(f"c{i}", f"县{i}", UnitKind.COUNTY, "3301", 1, 1) for i in range(counties)],
        Candidates(
            np.array([s for s, _ in pairs], dtype=np.int32),
            np.array([r for _, r in pairs], dtype=np.int32),
            random.random(n) < 0.1,
            no,
            no,
        ),
        [
            _level("coverage", prices={COVERAGE: 1, CITY_TABLE: 1}),
            _level("quotas", prices={GENERAL_LOAD: 1, DUPLICATE: 1, UNBROKEN: 1}),
            _level("fit", coverage=1),
            _level("travel", cost=random.integers(20, 400, n)),
        ],
        max_changes=max_changes,
    )  # fmt: skip


def _level(name: str, **what: object) -> Level:
    return Level(name, Text(name, name), Text("单位", "units"), **what)  # type: ignore[arg-type]
