"""The consent text in force, and who has agreed to it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import QuerySet

from duikou.engines.text import Text
from duikou.wings.presence.models import Consent


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of the text."""

    version: str
    text: Text


@cache
def current() -> ConsentText:
    """The latest version."""
    path = Path(__file__).parent / "data" / "consent.toml"
    last = max(tomllib.loads(path.read_text("utf-8"))["text"], key=lambda one: one["since"])
    return ConsentText(last["version"], Text(last["zh"].strip(), last["en"].strip()))


def given_by(user_id: int | None) -> Consent | None:
    """The consent of an account that is in force; one to an older text is not."""
    return Consent.objects.filter(user=user_id, withdrawn_at=None, text_version=current().version).first()


def history_of(user_id: int | None) -> QuerySet[Consent]:
    """Everything that an account agreed to or took back."""
    return Consent.objects.filter(user=user_id)
