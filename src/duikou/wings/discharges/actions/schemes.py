"""Grouping schemes: registered, brought into force."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.text import slugify

from duikou.core.actions import act
from duikou.core.scope import SYSTEM
from duikou.wings.discharges import reference
from duikou.wings.discharges.models import Scheme

if TYPE_CHECKING:
    from duikou.engines.casemix import scheme as engine

LONG_AGO = dt.date(2000, 1, 1)  # our own scheme is in force until another one is


def register_starter() -> Scheme:
    """Register the scheme that comes with the program; one that is there already follows its tables."""
    from duikou.engines.casemix import scheme as engine
    from duikou.engines.casemix.data import STARTER

    known = Scheme.objects.filter(key=reference.STARTER).first()
    loaded = engine.load(STARTER)
    if known and known.checksum == loaded.checksum:
        return known
    with act("scheme.register", actor=SYSTEM, permission="discharge.manage") as event:
        scheme, _made = Scheme.objects.update_or_create(
            key=reference.STARTER, defaults={**_described(loaded), "active_from": LONG_AGO}
        )
        event.note(scheme, after={"checksum": scheme.checksum})
    return scheme


def _described(loaded: engine.Scheme) -> dict[str, object]:
    return {
        "name": loaded.name,
        "edition": loaded.version,
        "title_zh": loaded.title.zh,
        "title_en": loaded.title.en,
        "checksum": loaded.checksum,
        "source": loaded.source[:300],
        "official": loaded.official,
        "counts": {
            "mdc": len({section.mdc for section in loaded.sections}),
            "adrg": len({rule.adrg for _section, rule in loaded.rules()}),
            "drg": len(loaded.drgs()),
        },
    }


def key_of(name: str, edition: str) -> str:
    """The key (and folder) of a scheme: its name and version in letters, digits and hyphens."""
    return slugify(f"{name}-{edition}".replace(".", "-"), allow_unicode=False)[:80]
