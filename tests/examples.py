"""How many examples a property is tried with."""

from __future__ import annotations

import os

PROFILE = os.environ.get("DUIKOU_HYPOTHESIS", "duikou")
IN_EVERY_RUN = 4  # of so many, one is tried by `make test`: it tries the same ones each time
ORDINARY = 100


def examples(thorough: int) -> int:
    """The number for this run: all of them where counter-examples are looked for (`make fuzz`)."""
    return thorough if PROFILE == "fuzz" else max(thorough // IN_EVERY_RUN, 10)
