"""How the cost of an invented stay is spread over the fee items of the front page.

Every amount is whole fen, and the total is the sum of its items: nothing is rounded twice.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from duikou.engines.casemix.columns import FEES

Amounts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MEDICAL, SURGICAL = 0, 1
PROFILE: Final = {  # share of the cost without and with an operation; how often the item is used at all
    "service": (9.0, 6.0, 1.0),
    "treatment": (7.0, 5.0, 1.0),
    "nursing": (4.0, 3.0, 1.0),
    "service_other": (0.3, 0.3, 0.4),
    "pathology": (0.4, 1.6, 0.35),
    "laboratory": (17.0, 11.0, 1.0),
    "imaging": (13.0, 8.0, 0.9),
    "clinical_diagnosis": (4.0, 3.0, 0.8),
    "non_surgical": (5.0, 2.5, 0.7),
    "surgical": (0.0, 22.0, 1.0),
    "rehabilitation": (1.5, 1.0, 0.15),
    "chinese_medicine": (1.5, 0.6, 0.2),
    "western_drugs": (28.0, 17.0, 1.0),
    "chinese_patent_drugs": (4.0, 1.5, 0.5),
    "chinese_herbs": (1.5, 0.6, 0.15),
    "blood": (0.8, 1.6, 0.07),
    "albumin": (1.0, 1.0, 0.06),
    "globulin": (0.8, 0.4, 0.02),
    "coagulation": (0.2, 0.3, 0.02),
    "cytokines": (0.3, 0.2, 0.02),
    "examination_materials": (1.5, 1.5, 0.8),
    "treatment_materials": (5.0, 6.0, 1.0),
    "surgical_materials": (0.0, 14.0, 0.9),
    "other": (0.5, 0.4, 0.3),
}
PARTS: Final = {  # items that are contained in another one, and their share of it
    "physiotherapy": ("non_surgical", 0.35),
    "anaesthesia": ("surgical", 0.3),
    "operation": ("surgical", 0.6),
    "antimicrobials": ("western_drugs", 0.25),
}


def split(
    chance: np.random.Generator, cost: Floats, operated: npt.NDArray[np.bool_]
) -> tuple[Amounts, Amounts]:
    """Return the items in the order of `FEES` ([item, record], fen) and their sum, about `cost` yuan."""
    size = len(cost)
    weights = {}
    for name, (medical, surgical, used) in PROFILE.items():
        drawn = chance.random(size)
        weight = np.where(operated, surgical, medical) * (0.6 + 0.8 * drawn)
        if used < 1:
            weight *= chance.random(size) < used
        weights[name] = weight
    scale = cost * 100 / sum(weights.values())
    items = {name: (weight * scale).astype(np.int64) for name, weight in weights.items()}
    total = sum(items.values(), np.zeros(size, dtype=np.int64))
    for name, (whole, share) in PARTS.items():
        items[name] = (items[whole] * share).astype(np.int64)
    return np.stack([items[name] for name in FEES]), total
