"""A sentence in both languages: what every engine answers with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages of the product."""

    zh: str
    en: str
