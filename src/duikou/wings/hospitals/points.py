"""Hospitals as points of travel: a matrix may only name keys that are in the register."""

from __future__ import annotations

from duikou.wings.hospitals.models import Hospital
from duikou.wings.places import points


def register() -> None:
    """Let the places wing ask which hospital keys exist."""
    points.register("hospital", _known)


def _known(keys: set[str]) -> set[str]:
    return set(Hospital.objects.filter(key__in=keys).values_list("key", flat=True))
