"""Find a supporter, a recipient or a county by its key or by any of its names."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.model import BadProblem, Problem
from duikou.engines.pairing.writing import index_form
from duikou.engines.text import Text

_COLONS = (":", "：")
_LIKE = 5  # so many similar names are offered


class Names:
    """The hospitals of one side by key and by every name; different writings of a name count as equal."""

    def __init__(self, side: Text, closed: Iterable[str] = ()) -> None:
        self._side = side
        self._keys: dict[str, int] = {}
        self._by_name: dict[str, dict[int, str]] = defaultdict(dict)
        self._closed = {index_form(name) for name in closed}

    def add(self, at: int, key: str, names: Iterable[str]) -> None:
        """Let the hospital at index `at` be found."""
        self._keys[key] = at
        for name in names:
            self._by_name[index_form(name)].setdefault(at, name)

    def find(self, text: str) -> int:
        """Index of the hospital; BadProblem when there is none or more than one."""
        text = text.strip()
        if text in self._keys:
            return self._keys[text]
        found = self._by_name.get(index_form(text), {})
        if len(found) > 1:
            keys = sorted(key for key, at in self._keys.items() if at in found)
            raise BadProblem(texts.several_hospitals(text, self._side, keys))
        if found:
            return next(iter(found))
        if index_form(text) in self._closed:
            raise BadProblem(texts.closed_hospital(text, self._side))
        raise BadProblem(texts.unknown_hospital(text, self._side, self._like(text)))

    def knows(self, text: str) -> bool:
        """Whether some hospital of this side has the key or name."""
        return text.strip() in self._keys or index_form(text) in self._by_name

    def _like(self, text: str) -> list[str]:
        return like(text, [name for found in self._by_name.values() for name in found.values()])


def like(text: str, names: Iterable[str]) -> list[str]:
    """The names that resemble a text most, best first."""
    return difflib.get_close_matches(text, list(dict.fromkeys(names)), n=_LIKE, cutoff=0.5)


def names_of(problem: Problem) -> tuple[Names, Names]:
    """Supporters and recipients of a problem by key and registered name."""
    supporters, recipients = Names(texts.SUPPORTER), Names(texts.RECIPIENT)
    for at, supporter in enumerate(problem.supporters):
        supporters.add(at, supporter.key, [supporter.name])
    for at, recipient in enumerate(problem.recipients):
        recipients.add(at, recipient.key, [recipient.name])
    return supporters, recipients


def split_pair(text: str, what: Text) -> tuple[str, str]:
    """The two names of "supporter:recipient", cut at the first colon; BadProblem when one is missing."""
    cut = min((at for colon in _COLONS if (at := text.find(colon)) >= 0), default=-1)
    left, right = text[: max(cut, 0)].strip(), text[cut + 1 :].strip()
    if not left or not right:
        raise BadProblem(texts.no_pair(text, what))
    return left, right


def find_county(text: str, codes: Mapping[str, int], names: Mapping[str, list[int]]) -> int:
    """Index of a county by code or name; BadProblem when there is none, or more than one of the name."""
    text = text.strip()
    if text in codes:
        return codes[text]
    found = names.get(text, [])
    if len(found) == 1:
        return found[0]
    if found:
        keys = [code for code, at in codes.items() if at in found]
        raise BadProblem(texts.several_counties(text, keys))
    raise BadProblem(texts.unknown_county(text, like(text, names)))
