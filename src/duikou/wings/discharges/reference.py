"""What readings and groupings stand on: the scheme in force, mappings of codes, major diseases."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from duikou.wings.discharges import files
from duikou.wings.discharges.models import CodeMapping, Scheme

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix import scheme as engine
    from duikou.engines.casemix.major_diseases import MajorDiseases
    from duikou.engines.casemix.specialties import Specialties

STARTER = "starter"  # key under which our own scheme is registered


def scheme_in_force(day: dt.date | None = None) -> Scheme | None:
    """The scheme by which discharges are grouped now (or on a day); None before the first is registered."""
    day = day or timezone.localdate()
    return Scheme.objects.filter(active_from__lte=day).order_by("-active_from").first()


def scheme_folder(scheme: Scheme) -> Path:
    """Where a scheme's tables lie: our own with the program, imported ones in the wing's folder."""
    if scheme.key == STARTER:
        from duikou.engines.casemix.data import STARTER as folder

        return folder
    return files.scheme_folder(scheme.key)


def loaded(scheme: Scheme) -> engine.Scheme:
    """A scheme ready to group with; read once per process and checksum."""
    return _loaded(scheme_folder(scheme), scheme.checksum)


@lru_cache(maxsize=4)
def _loaded(folder: Path, checksum: str) -> engine.Scheme:
    from duikou.engines.casemix import scheme as engine

    return engine.load(folder)


def mapped(pages: pl.DataFrame) -> tuple[pl.DataFrame, int | None]:
    """Pages with their codes in the edition that the scheme knows, and how many codes have no counterpart.

    Without any mapping in use the pages stay as they are, and nothing is counted (None).
    """
    from duikou.engines.casemix.codes import CodeKind, Mapping

    rows = list(CodeMapping.objects.filter(active=True).order_by("kind"))
    if not rows:
        return pages, None
    unmapped = 0
    for row in rows:
        pages, found = Mapping.load(files.mapping_file(row.pk), kind=CodeKind(row.kind)).apply(pages)
        unmapped += found.total
    return pages, unmapped


@cache
def major_diseases() -> MajorDiseases:
    """The 20 major diseases with their codes, in the narrow reading."""
    from duikou.engines.casemix.major_diseases import load

    return load()


@cache
def specialties() -> Specialties:
    """Departments with the diseases that they treat."""
    from duikou.engines.casemix.specialties import load

    return load()
