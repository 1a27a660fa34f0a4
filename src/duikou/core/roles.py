"""Roles as readable data: `roles.toml` says who may do what, in words a person can check."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.utils.translation import get_language

ORG_KINDS = ("nation", "province", "city", "county", "hospital", "department")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Something with a name in both languages."""

    id: str
    zh: str
    en: str

    @property
    def label(self) -> str:
        """The name in the language of the request."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Permission(Labelled):
    """One thing that may be allowed, e.g. `pairing.import`."""


@dataclass(frozen=True, slots=True)
class Role(Labelled):
    """A job with its permissions; `kinds` are the organisation levels where it can be granted."""

    about_zh: str
    about_en: str
    kinds: tuple[str, ...]
    permissions: frozenset[str]

    @property
    def about(self) -> str:
        """What the role is for, in the language of the request."""
        return self.about_en if (get_language() or "").startswith("en") else self.about_zh


@cache
def _catalogue() -> tuple[Mapping[str, Permission], Mapping[str, Role]]:
    raw = tomllib.loads(resources.files("duikou.core").joinpath("roles.toml").read_text("utf-8"))
    permissions = {key: Permission(key, *names) for key, names in raw["permissions"].items()}
    found = {}
    for key, entry in raw["roles"].items():
        allowed = frozenset(entry["permissions"])
        if unknown := allowed - permissions.keys():
            raise ValueError(f"roles.toml: role {key} lists unknown permissions {sorted(unknown)}")
        if strange := set(entry["kinds"]) - set(ORG_KINDS):
            raise ValueError(f"roles.toml: role {key} lists unknown levels {sorted(strange)}")
        found[key] = Role(
            key,
            entry["zh"],
            entry["en"],
            entry["about_zh"],
            entry["about_en"],
            tuple(entry["kinds"]),
            allowed,
        )
    return permissions, found


def permissions() -> Mapping[str, Permission]:
    """All permissions by id."""
    return _catalogue()[0]


def roles() -> Mapping[str, Role]:
    """All roles by id."""
    return _catalogue()[1]
