"""Find registered names that look like a printed one.

Names are compared without their divisions, only inside a block (same county, else
same city, else anywhere with two characters in common), so that a national register
of thousands stays quick. The score mixes shared character pairs with edit distance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duikou.engines.pairing import resolve_texts as texts
from duikou.engines.pairing.divisions import Divisions
from duikou.engines.pairing.model import Hospital, HospitalKind
from duikou.engines.pairing.names import ParsedName, parse
from duikou.engines.pairing.writing import folded
from duikou.engines.text import Text

_LEAST_SCORE = 0.5
_MOST_CANDIDATES = 5
# Names outside the block compete by shared character pairs for this many comparisons.
_SHORT_LIST = 40
# 0.1 each for place and kind, the rest for the letters.
_LETTERS, _PLACE, _KIND = 0.8, 0.12, 0.08


@dataclass(frozen=True, slots=True)
class Similar:
    """A registered hospital with a similar name; score 0 to 1, never quite 1."""

    hospital: Hospital
    score: float
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    hospital: Hospital
    rest: str
    pairs: frozenset[str]


def edit_distance(one: str, other: str) -> int:
    """Return how many characters must be inserted, removed or replaced (Levenshtein)."""
    if len(one) < len(other):
        one, other = other, one
    above = list(range(len(other) + 1))
    for row, mark in enumerate(one, start=1):
        line = [row]
        for column, other_mark in enumerate(other, start=1):
            cost = above[column - 1] + (mark != other_mark)
            line.append(min(cost, above[column] + 1, line[-1] + 1))
        above = line
    return above[-1]


def _pairs(text: str) -> frozenset[str]:
    """Return the character pairs of a text, its ends marked, each occurrence once."""
    marked = f"^{text}$"
    return frozenset(marked[at : at + 2] for at in range(len(marked) - 1))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Dice coefficient of two sets of pairs."""
    return 2 * len(one & other) / (len(one) + len(other))


class SimilarNames:
    """Registered names indexed for similarity. Immutable after construction."""

    def __init__(self, hospitals: Iterable[Hospital], divisions: Divisions) -> None:
        self._of_unit: dict[str, list[_Known]] = {}
        self._of_city: dict[str, list[_Known]] = {}
        self._of_pair: dict[str, list[_Known]] = {}
        for hospital in hospitals:
            rest = folded(parse(hospital.name, divisions, city_code=hospital.city_code).rest)
            known = _Known(hospital, rest, _pairs(rest))
            if hospital.unit_code:
                self._of_unit.setdefault(hospital.unit_code, []).append(known)
            if hospital.city_code:
                self._of_city.setdefault(hospital.city_code, []).append(known)
            for pair in known.pairs:
                self._of_pair.setdefault(pair, []).append(known)

    def nearest(self, parsed: ParsedName, kind: HospitalKind, city_code: str | None) -> tuple[Similar, ...]:
        """Return the most similar hospitals, best first, or nothing when none is similar enough."""
        rest = folded(parsed.rest)
        pairs = _pairs(rest)
        city = parsed.city_code or city_code
        ranked: list[Similar] = []
        for known in self._block(parsed, pairs, city):
            dice = _alike(pairs, known.pairs)
            distance = edit_distance(rest, known.rest)
            letters = (dice + 1 - distance / max(len(rest), len(known.rest), 1)) / 2
            place = _nearness(known.hospital, parsed, city)
            same_kind = known.hospital.kind is kind
            score = round(_LETTERS * letters + _PLACE * place + _KIND * same_kind, 3)
            if score >= _LEAST_SCORE and letters >= _LEAST_SCORE:
                reasons = _reasons(letters, distance, place, same_kind)
                ranked.append(Similar(known.hospital, min(score, 0.99), reasons))
        ranked.sort(key=lambda similar: (-similar.score, similar.hospital.name, similar.hospital.key))
        return tuple(ranked[:_MOST_CANDIDATES])

    def _block(self, parsed: ParsedName, pairs: frozenset[str], city: str | None) -> list[_Known]:
        """Return the names worth comparing: the county's, and the likest of the city or the country."""
        near = {
            known.hospital.key: known for code in parsed.unit_codes for known in self._of_unit.get(code, ())
        }
        if city is not None:
            wider: Iterable[_Known] = self._of_city.get(city, ())
        else:
            # The rarest pairs tell most; common ones (医院) would bring in everything.
            rare = sorted(
                (pair for pair in pairs if pair in self._of_pair), key=lambda p: (len(self._of_pair[p]), p)
            )
            wider = (known for pair in rare[:3] for known in self._of_pair[pair])
        likest = sorted(
            {known.hospital.key: known for known in wider if known.hospital.key not in near}.values(),
            key=lambda known: (-_alike(pairs, known.pairs), known.hospital.key),
        )
        return [*near.values(), *likest[:_SHORT_LIST]]


def _nearness(hospital: Hospital, parsed: ParsedName, city: str | None) -> float:
    """Return 1 for the same county, 0.5 for the same city, 0 for elsewhere."""
    if hospital.unit_code in parsed.unit_codes:
        return 1.0
    return 0.5 if city is not None and hospital.city_code == city else 0.0


def _reasons(letters: float, distance: int, place: float, same_kind: bool) -> tuple[Text, ...]:
    where = texts.SAME_UNIT if place == 1 else texts.SAME_CITY if place else texts.OTHER_CITY
    alike = texts.ONE_LETTER if distance == 1 else texts.similarity(round(100 * letters))
    return alike, where, texts.SAME_KIND if same_kind else texts.OTHER_KIND
