"""Invented front pages, frame by frame: RAW frames as a file of the narrow layout would give them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from duikou.engines.casemix.columns import FRAME_ROWS
from duikou.engines.casemix.generate.narrow import narrow
from duikou.engines.casemix.generate.places import invented_places
from duikou.engines.casemix.generate.province import Province, province
from duikou.engines.casemix.generate.stays import Drawer, Stays

STREAM = 1  # of chance


def pages(
    records: int, seed: int, *, within: Province | None = None, checked: bool = True
) -> Iterator[pl.DataFrame]:
    """Invent so many front pages, in frames of at most 262,144; the same for the same seed.

    Without a province one is invented whose counties and hospitals do not exist. Without
    `checked` the columns that only the checks read and the single fees are left out.
    """
    drawer = Drawer(within or invented_province(seed))
    for stays in frames(drawer, records, seed):
        yield narrow(stays, drawer.province, checked=checked)


def frames(drawer: Drawer, records: int, seed: int) -> Iterator[Stays]:
    """The same before they become text."""
    for number, first in enumerate(range(0, records, FRAME_ROWS)):
        chance = np.random.Generator(np.random.PCG64([seed, STREAM, number]))
        yield drawer.draw(chance, min(FRAME_ROWS, records - first), first)


def invented_province(seed: int, *, first_year: int = 2023, years: int = 3, effect: float = 0.04) -> Province:
    """A province that does not exist; six of ten counties are supported from some year after the first."""
    counties, hospitals = invented_places(seed, first_year=first_year, years=years)
    return province(seed, counties, hospitals, first_year=first_year, years=years, effect=effect)
