"""Specialties and techniques of the policy pack, as the register uses them."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.engines.text import Text
from duikou.policy import Pack, load_pack
from duikou.policy.model import MilestoneYear, Specialty, Technique

OTHER = "other"  # a department outside the named specialties


def pack() -> Pack:
    """The pack whose catalogues the register uses."""
    return load_pack(settings.DEFAULT_ROUND_PACK)


def words(text: Text | None) -> str:
    """A text of the pack in the language of the request."""
    if text is None:
        return ""
    return text.en if (get_language() or "").startswith("en") else text.zh


def specialties() -> tuple[Specialty, ...]:
    """The named specialties in the order of the document."""
    return tuple(sorted(pack().specialties.values(), key=lambda specialty: specialty.order))


def specialty_choices() -> list[tuple[str, str]]:
    """Named specialties, then "other", for form fields."""
    return [(each.id, words(each.title)) for each in specialties()] + [(OTHER, _("其他专业"))]


def specialty_label(specialty: str) -> str:
    """Name of a specialty; its id where the pack has none such (any more)."""
    return dict(specialty_choices()).get(specialty, specialty)


def title_label(title: str) -> str:
    """A professional title in the language of the request; as written where the pack has no other words."""
    if not (get_language() or "").startswith("en"):
        return title
    found = pack().title_named(title)
    name = words(found.title if found else pack().word(title))
    return name[:1].upper() + name[1:]


def techniques() -> Mapping[str, Technique]:
    """The techniques of all milestone years by id."""
    return pack().techniques


def technique_label(technique: str) -> str:
    """Name of a technique; its id where the pack has none such (any more)."""
    found = techniques().get(technique)
    return words(found.title) if found else technique


def techniques_by_year() -> list[tuple[MilestoneYear, list[Technique]]]:
    """Milestone years with their techniques, in order."""
    found = pack()
    return [
        (year, [each for each in found.techniques.values() if each.year == year.year])
        for year in sorted(found.milestone_years.values(), key=lambda year: year.year)
    ]
