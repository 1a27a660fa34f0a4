"""The process that is killed: it keeps replacing random hospital-months of a store."""

from __future__ import annotations

import random
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from duikou.engines.casemix.store import Store
from tests.unit.engines.casemix.stays import facts

HOSPITALS = ("H1", "H2", "H3")
MONTHS = (202501, 202502)


def content(hospital: str, month: int, version: int) -> pl.DataFrame:
    """The stays that this version of this hospital-month has, and no other version."""
    stays = random.Random(f"{hospital} {month} {version}").randint(0, 40)
    return facts(hospital, month, stays, seed=version, county="330122")


def submit(store: Store, hospital: str, month: int) -> tuple[str, int, int]:
    """Submit the next version of a hospital-month."""
    version = (store.standing_version(hospital, month) or 0) + 1
    batch = f"{hospital}-{month}-{version}"
    store.replace(hospital, month, content(hospital, month, version), batch, version=version)
    return hospital, month, version


def replace_for_ever(folder: Path, seed: int, told: Connection) -> None:
    """Replace until killed; tell of each submission only after the store took it."""
    chance = random.Random(seed)
    store = Store(folder)
    told.send(None)
    while True:
        told.send(submit(store, chance.choice(HOSPITALS), chance.choice(MONTHS)))


def replace_some(folder: Path, hospital: str, times: int) -> None:
    """Submit versions of one hospital, each month in turn."""
    store = Store(folder)
    for number in range(times):
        submit(store, hospital, MONTHS[number % len(MONTHS)])
