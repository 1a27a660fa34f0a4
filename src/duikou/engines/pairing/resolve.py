"""Match printed hospital names with the register, and say how sure the match is.

`Register.resolve` tries, in this order: the registered name; the known aliases; the
same name in another usual form (中医院 for 中医医院, the city before the district left
out or added, 市/县/区 missing, a former name of the county); similarity. Similarity
only ever proposes: a *guess* carries candidates and no hospital, because a wrong
pairing is worse than an open question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from duikou.engines.pairing import resolve_texts as texts
from duikou.engines.pairing.divisions import Divisions
from duikou.engines.pairing.model import Hospital, HospitalKind, Resolution
from duikou.engines.pairing.names import ParsedName, classify, infer_kind, parse
from duikou.engines.pairing.similar import SimilarNames
from duikou.engines.pairing.writing import folded, index_form, normalise
from duikou.engines.text import Text

AliasKind = Literal["typo", "short", "old", "variant", "full", "same_as"]

_RESOLUTION_OF_ALIAS: Mapping[str, Resolution] = {
    "typo": Resolution.TYPO,
    "short": Resolution.SHORT,
    "old": Resolution.OLD,
    "variant": Resolution.VARIANT,
    "full": Resolution.VARIANT,
    "same_as": Resolution.VARIANT,
}
# A weaker reading never displaces a stronger one of the same hospital.
_ALIAS_ORDER = ("full", "variant", "short", "old", "same_as", "typo")

# How sure each step is, 0 to 1. Set by hand: the order matters, not the second digit.
_SURE_EXACT, _SURE_ALIAS, _SURE_OTHER_TIME = 1.0, 0.97, 0.9
_SURE_WRITING, _SURE_FORM, _SURE_IN_CITY = 0.95, 0.9, 0.8
_SURE_OF_NAME = 0.5

# What remains of a name that could belong to any county: it must not be looked for in a whole city.
_ORDINARY = re.compile(
    r"(?:第\d+)?(?:人民|中心|中医|中西医结合|妇幼保健|妇女儿童|儿童|口腔|精神病|红十字会|总|协和)*"
    r"(?:医院|院|卫生院|中心卫生院|保健院)(?:分院)?"
)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a hospital, in use from `valid_from` until the day before `valid_to`."""

    name: str
    kind: AliasKind
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in _RESOLUTION_OF_ALIAS:
            raise ValueError(
                f"alias {self.name!r}: kind {self.kind!r} is unknown; use one of "
                f"{', '.join(sorted(_RESOLUTION_OF_ALIAS))}"
            )

    def holds(self, on: date) -> bool:
        """Tell whether the name was in use on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A hospital of the register with its other names."""

    hospital: Hospital
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Where a name is printed: table, heading city (None in the province's table)."""

    table: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hospital that a name may stand for, with a score of 0 to 1 and why."""

    hospital: Hospital
    score: float
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What a printed name was matched with.

    `hospital` is None for GUESS and NONE. `candidates` are ranked, best first; a sure
    match has exactly one.
    """

    printed: str
    hospital: Hospital | None
    resolution: Resolution
    confidence: float
    candidates: tuple[Candidate, ...]

    @property
    def sure(self) -> bool:
        """Whether the match needs no person to confirm it."""
        return self.hospital is not None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way in which a name leads to a hospital."""

    hospital: Hospital
    resolution: Resolution
    confidence: float
    reason: Text


_Place = tuple[str, str, str]  # level, code of the division, folded rest of the name


class Register:
    """The hospitals known, indexed once, asked many times. Immutable after construction.

    `entries` must have different hospital keys (ValueError otherwise). The same input
    gives the same answers, whatever the order of the entries.
    """

    def __init__(self, entries: Iterable[Entry], divisions: Divisions) -> None:
        self.divisions = divisions
        self.entries: dict[str, Entry] = {}
        for entry in sorted(entries, key=lambda entry: entry.hospital.key):
            if entry.hospital.key in self.entries:
                raise ValueError(f"two hospitals of the register have the key {entry.hospital.key!r}")
            self.entries[entry.hospital.key] = entry
        self._names: dict[str, list[Hospital]] = {}
        self._aliases: dict[str, list[tuple[Hospital, Alias]]] = {}
        self._writings: dict[str, list[Hospital]] = {}
        self._places: dict[_Place, dict[str, tuple[Hospital, str]]] = {}
        self._in_city: dict[tuple[str, str], dict[str, Hospital]] = {}
        for entry in self.entries.values():
            self._index(entry)
        self._similar = SimilarNames((entry.hospital for entry in self.entries.values()), divisions)

    def _index(self, entry: Entry) -> None:
        hospital = entry.hospital
        self._names.setdefault(normalise(hospital.name), []).append(hospital)
        self._writings.setdefault(index_form(hospital.name), []).append(hospital)
        # Every name but a misspelling may be met in one of its usual other forms.
        names = [hospital.name, *(alias.name for alias in entry.aliases if alias.kind != "typo")]
        for alias in entry.aliases:
            self._aliases.setdefault(index_form(alias.name), []).append((hospital, alias))
        for name in names:
            parsed = parse(name, self.divisions, city_code=hospital.city_code)
            rest = folded(parsed.rest)
            for place in self._places_of(parsed, rest, hospital):
                self._places.setdefault(place, {}).setdefault(hospital.key, (hospital, name))
            if hospital.city_code and not _ORDINARY.fullmatch(rest):
                self._in_city.setdefault((hospital.city_code, rest), {}).setdefault(hospital.key, hospital)

    @staticmethod
    def _places_of(parsed: ParsedName, rest: str, hospital: Hospital) -> list[_Place]:
        """Return the places under which a registered name may be looked up.

        A name's own division decides the level: 杭州市第二人民医院 must not meet
        余杭区第二人民医院. A name without any is placed by the register.
        """
        if parsed.level == "unit":
            code = hospital.unit_code if hospital.unit_code in parsed.unit_codes else parsed.unit_code
            return [("unit", code, rest)] if code else []
        if parsed.city_code:
            return [("city", parsed.city_code, rest)]
        if parsed.province:
            return [("province", parsed.province, rest)]
        return [("unit", hospital.unit_code, rest)] if hospital.unit_code else []

    def resolve(self, printed: str, on: date, context: Context | None = None) -> Match:
        """Match one printed name as it is to be understood on a day and in its table."""
        heading = context.city if context else None
        city_code = self.divisions.city_code(heading)
        parsed = parse(printed, self.divisions, city_code=city_code)
        steps: tuple[Callable[[], list[_Reading]], ...] = (
            lambda: self._by_name(parsed),
            lambda: self._by_alias(parsed, on),
            lambda: self._by_writing(parsed),
            lambda: self._by_place(parsed, on, city_code),
            lambda: self._by_rest_in_city(parsed, city_code),
        )
        for step in steps:
            readings = step()
            if not readings:
                continue
            readings = _of_city(readings, parsed.city_code or city_code)
            if len(readings) == 1:
                return _sure(printed, readings[0])
            return _several(printed, readings)
        return self._by_similarity(printed, parsed, city_code)

    def _by_name(self, parsed: ParsedName) -> list[_Reading]:
        return [
            _Reading(hospital, Resolution.EXACT, _SURE_EXACT, texts.REGISTERED_NAME)
            for hospital in self._names.get(parsed.text, ())
        ]

    def _by_alias(self, parsed: ParsedName, on: date) -> list[_Reading]:
        """Read the name as an alias; a former name that still held on the day was then the name itself."""
        found: dict[str, _Reading] = {}
        pairs = self._aliases.get(index_form(parsed.text), ())
        for hospital, alias in sorted(pairs, key=lambda pair: _ALIAS_ORDER.index(pair[1].kind)):
            holds = alias.holds(on)
            if alias.kind == "old" and alias.valid_to is not None and holds:
                reading = _Reading(hospital, Resolution.EXACT, _SURE_EXACT, texts.NAME_OF_THE_TIME)
            else:
                reading = _Reading(
                    hospital,
                    _RESOLUTION_OF_ALIAS[alias.kind],
                    _SURE_ALIAS if holds or alias.kind == "old" else _SURE_OTHER_TIME,
                    texts.alias(alias.kind, alias.valid_from, alias.valid_to),
                )
            found.setdefault(hospital.key, reading)
        return list(found.values())

    def _by_writing(self, parsed: ParsedName) -> list[_Reading]:
        return [
            _Reading(hospital, Resolution.VARIANT, _SURE_WRITING, texts.OTHER_WRITING)
            for hospital in self._writings.get(index_form(parsed.text), ())
        ]

    def _by_place(self, parsed: ParsedName, on: date, city_code: str | None) -> list[_Reading]:
        """Read the name as the same rest in the same division, however the division is written."""
        rest = folded(parsed.rest)
        found = {
            key: pair
            for place in self._printed_places(parsed, rest, city_code)
            for key, pair in self._places.get(place, {}).items()
        }
        return [self._place_reading(parsed, hospital, name, on) for hospital, name in found.values()]

    @staticmethod
    def _printed_places(parsed: ParsedName, rest: str, city_code: str | None) -> list[_Place]:
        if parsed.level == "unit":
            return [("unit", code, rest) for code in parsed.unit_codes]
        if parsed.city_code:
            return [("city", parsed.city_code, rest)]
        if parsed.province:
            return [("province", parsed.province, rest)]
        # No division at all: in a city's table the city itself is meant.
        return [("city", city_code, rest)] if city_code else []

    def _place_reading(self, parsed: ParsedName, hospital: Hospital, name: str, on: date) -> _Reading:
        former = parsed.former
        if former and former.valid_to and parsed.outdated(on):
            unit = self.divisions.units[former.unit_code]
            reason = texts.former_division(former.name, unit.name, former.valid_to)
            return _Reading(hospital, Resolution.OLD, _SURE_FORM, reason)
        registered = parse(name, self.divisions, city_code=hospital.city_code)
        same_rest = index_form(registered.rest) == index_form(parsed.rest)
        if same_rest and len(parsed.text) < len(registered.text):
            return _Reading(hospital, Resolution.SHORT, _SURE_FORM, texts.SHORTER_DIVISION)
        reason = texts.OTHER_DIVISION if same_rest else texts.OTHER_WORDING
        return _Reading(hospital, Resolution.VARIANT, _SURE_FORM, reason)

    def _by_rest_in_city(self, parsed: ParsedName, city_code: str | None) -> list[_Reading]:
        """Read 练市医院 in 湖州's table as that city's only hospital of this uncommon name."""
        city, rest = parsed.city_code or city_code, folded(parsed.rest)
        if city is None or parsed.level == "unit" or _ORDINARY.fullmatch(rest):
            return []
        return [
            _Reading(hospital, Resolution.SHORT, _SURE_IN_CITY, texts.ONLY_ONE_IN_CITY)
            for hospital in self._in_city.get((city, rest), {}).values()
        ]

    def _by_similarity(self, printed: str, parsed: ParsedName, city_code: str | None) -> Match:
        kind: HospitalKind = infer_kind(parsed.rest)[0]
        candidates = tuple(
            Candidate(similar.hospital, similar.score, similar.reasons)
            for similar in self._similar.nearest(parsed, kind, city_code)
        )
        if not candidates:
            return Match(printed, None, Resolution.NONE, 0.0, ())
        return Match(printed, None, Resolution.GUESS, candidates[0].score, candidates)


def infer(printed: str, on: date, context: Context | None, divisions: Divisions) -> Match:
    """Match a name with the hospital that the name itself describes, for want of a register.

    Always sure of itself and never of the facts: kind and county are read off the name
    (see `classify`), so the confidence is low and the reason says so.
    """
    city_code = divisions.city_code(context.city if context else None)
    outdated = parse(printed, divisions, city_code=city_code).outdated(on)
    hospital = classify(printed, divisions, city_code=city_code, on=on)
    resolution = Resolution.OLD if outdated else Resolution.EXACT
    return _sure(printed, _Reading(hospital, resolution, _SURE_OF_NAME, texts.NAME_ALONE))


def _of_city(readings: list[_Reading], city_code: str | None) -> list[_Reading]:
    """Keep the readings of the city in question, where that leaves any."""
    if city_code is None or len(readings) == 1:
        return readings
    return [reading for reading in readings if reading.hospital.city_code == city_code] or readings


def _sure(printed: str, reading: _Reading) -> Match:
    candidate = Candidate(reading.hospital, reading.confidence, (reading.reason,))
    return Match(printed, reading.hospital, reading.resolution, reading.confidence, (candidate,))


def _several(printed: str, readings: list[_Reading]) -> Match:
    """Several hospitals have equal right to the name: a person must choose."""
    readings = sorted(readings, key=lambda reading: (-reading.confidence, reading.hospital.key))
    score = round(readings[0].confidence / len(readings), 3)
    candidates = tuple(
        Candidate(reading.hospital, score, (reading.reason, texts.several(len(readings))))
        for reading in readings
    )
    return Match(printed, None, Resolution.GUESS, score, candidates)
