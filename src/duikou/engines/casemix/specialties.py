"""From diseases and groups to departments: what a county that sends patients away would have to build.

The assignments are inferred and kept as data (`data/specialties.toml`), for a province to settle.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from duikou.engines.casemix.codes.ranges import spread
from duikou.engines.casemix.data import FOLDER
from duikou.engines.text import Text

TABLE: Final = FOLDER / "specialties.toml"
_SURGICAL: Final = frozenset("ABCDEFGHIJ")  # second character of a base group (ADRG)


@dataclass(frozen=True, slots=True)
class Specialty:
    """A department with the diseases and major categories that it treats."""

    id: str
    title: Text
    named: bool  # one of the 22 of the plan
    supports: bool  # serves other departments and has no diseases of its own
    main: frozenset[str]
    shares: frozenset[str]
    medical: str  # letters of major categories, groups without operation
    surgical: str


@dataclass(frozen=True, slots=True)
class Department:
    """A department that is needed, and the diseases that say so, in the order in which they came."""

    specialty: Specialty
    main: tuple[str, ...]
    shares: tuple[str, ...]


class BadSpecialties(ValueError):
    """A table of specialties that cannot be used."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh, en)


@dataclass(frozen=True)
class Specialties:
    """All specialties in the order of the table."""

    all: tuple[Specialty, ...]
    mark: str
    by_id: Mapping[str, Specialty] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {specialty.id: specialty for specialty in self.all})

    @cached_property
    def _main(self) -> Mapping[str, Specialty]:
        found: dict[str, Specialty] = {}
        for specialty in self.all:
            for category in sorted(specialty.main):
                other = found.setdefault(category, specialty)
                if other is not specialty:
                    raise BadSpecialties(
                        f"{category} 同时归 {other.title.zh} 和 {specialty.title.zh}",
                        f"{category} belongs to {other.id} and to {specialty.id}",
                    )
        return found

    def of_code(self, code: str) -> tuple[Specialty, ...]:
        """Return the departments that treat a diagnosis, the main one first; none where no one does."""
        category = code[:3]
        first = self._main.get(category)
        others = tuple(specialty for specialty in self.all if category in specialty.shares)
        return ((first,) if first else ()) + tuple(one for one in others if one is not first)

    def of_group(self, mdc: str, adrg: str) -> Specialty | None:
        """Return the department of a base group, by the letter of its category and whether it operates."""
        letter = mdc[-1:]
        surgical = adrg[1:2] in _SURGICAL
        return next(
            (one for one in self.all if letter and letter in (one.surgical if surgical else one.medical)),
            None,
        )

    def departments(self, codes: Iterable[str]) -> tuple[Department, ...]:
        """Turn a list of diseases, the most pressing first, into the departments that would treat them.

        Those that a disease belongs to come first, in the order of the diseases; then those that
        only share one.
        """
        main: dict[str, list[str]] = {}
        shares: dict[str, list[str]] = {}
        for code in dict.fromkeys(codes):
            for specialty in self.of_code(code):
                to = main if code[:3] in specialty.main else shares
                to.setdefault(specialty.id, []).append(code)
        return tuple(
            Department(self.by_id[one], tuple(main.get(one, ())), tuple(shares.get(one, ())))
            for one in dict.fromkeys([*main, *shares])
        )


def load(path: Path = TABLE) -> Specialties:
    """Read the table of specialties. Raises `BadSpecialties`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        specialties = tuple(
            Specialty(
                id=entry["id"],
                title=Text(entry["zh"], entry["en"]),
                named=entry.get("named", True),
                supports=entry.get("supports", False),
                main=frozenset(spread(entry.get("main", ""))),
                shares=frozenset(spread(entry.get("shares", ""))),
                medical=entry.get("medical", ""),
                surgical=entry.get("surgical", ""),
            )
            for entry in table["specialty"]
        )
        loaded = Specialties(specialties, table["mark"])
        _ = loaded._main  # tells of a category with two departments now, not when it is asked for
    except BadSpecialties:
        raise
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadSpecialties(
            f"专科对照表 {path.name} 不能读取：{error}", f"the table of specialties {path.name}: {error}"
        ) from error
    return loaded
