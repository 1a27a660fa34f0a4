"""Why each pair of a plan is kept, begun or ended, as far as the two rounds and the rules tell.

Only facts are stated: what was broken before and no longer is. What another choice
would cost is told by `explain`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from duikou.engines.pairing.optimise import texts_reasons as texts
from duikou.engines.pairing.optimise.before_after import BeforeAfter
from duikou.engines.pairing.optimise.model import Problem
from duikou.engines.text import Text

_CITY = "2"


class Reasons:
    """The reasons of one plan's pairs, by candidate."""

    def __init__(self, problem: Problem, both: BeforeAfter) -> None:
        self._problem, self._both = problem, both
        self._new = Counter(int(problem.candidates.supporter[at]) for at in both.added)
        self._added_to: dict[int, list[int]] = defaultdict(list)  # by recipient
        for at in both.added:
            self._added_to[int(problem.candidates.recipient[at])].append(at)
        self._lost = {one.recipient_key: texts.LOST[one.why] for one in problem.lost}

    def kept(self, at: int) -> Text:
        """Why a present pair goes on."""
        giver = int(self._problem.candidates.supporter[at])
        supporter = self._problem.supporters[giver]
        parts = [texts.LOCKED] if self._problem.candidates.locked[at] else []
        load = self._both.after.load[giver]
        parts.append(texts.kept(load, supporter.rule, supporter.least, supporter.most))
        return texts.joined(parts)

    def added(self, at: int) -> Text:
        """Why a new pair begins."""
        return texts.joined(list(self._added(at)) or [texts.LEAST_CHANGES])

    def dropped(self, at: int) -> Text:
        """Why a present pair ends."""
        return texts.joined(list(self._dropped(at)) or [texts.LEAST_CHANGES])

    # ------------------------------------------------------------ parts

    def _added(self, at: int) -> Iterator[Text]:
        problem, before = self._problem, self._both.before
        giver, taker = self._pair(at)
        recipient = problem.recipients[taker]
        county = problem.counties[recipient.county]
        if problem.candidates.locked[at]:
            yield texts.LOCKED
        if before.supported[recipient.county] < county.least and not before.supporters_of[taker]:
            yield texts.covers(county.name, assumed=recipient.assumed)
        yield from self._reaches(at)
        if recipient.key in self._lost and not before.supporters_of[taker]:
            yield texts.support_ended([self._lost[recipient.key]])
        yield from self._raises(giver)
        if former := self._gone(taker):
            yield texts.instead_of([problem.supporters[one].name for one in former])
            for one in former:
                yield from self._lowers(one)

    def _dropped(self, at: int) -> Iterator[Text]:
        problem, before, after = self._problem, self._both.before, self._both.after
        giver, taker = self._pair(at)
        recipient = problem.recipients[taker]
        if problem.candidates.forbidden[at]:
            yield texts.FORBIDDEN
        had, have = before.supporters_of[taker], after.supporters_of[taker]
        stays = [problem.supporters[one].name for one in have if one in had]
        comes = [one for one in have if one not in had]
        if len(had) > recipient.most and stays:
            yield texts.one_of_several(len(had), recipient.most, stays)
        yield from self._lowers(giver)
        if comes:
            yield texts.goes_to([problem.supporters[one].name for one in comes])
            for one in comes:
                yield from self._raises(one)
            for new in self._added_to.get(taker, ()):
                yield from self._reaches(new)
        if not have:
            yield texts.nobody_left()

    def _reaches(self, at: int) -> Iterator[Text]:
        """A new pair by which the city's own table reaches a county."""
        giver, taker = self._pair(at)
        where = self._problem.recipients[taker].county
        county = self._problem.counties[where]
        city = self._problem.supporters[giver].table == _CITY
        if city and self._both.before.supported_by_city[where] < county.least_in_city_table:
            yield texts.covers_in_city_table(county.name)

    def _raises(self, giver: int) -> Iterator[Text]:
        supporter = self._problem.supporters[giver]
        had, has = self._both.before.load[giver], self._both.after.load[giver]
        if had < supporter.least and has > had:
            yield texts.raised(supporter.name, had, has, supporter.rule, supporter.least, supporter.most)
        elif had >= supporter.least > has - self._new[giver]:
            yield texts.filled(supporter.name, has, supporter.rule, supporter.least, supporter.most)

    def _lowers(self, giver: int) -> Iterator[Text]:
        supporter = self._problem.supporters[giver]
        had, has = self._both.before.load[giver], self._both.after.load[giver]
        if had > supporter.most and has < had:
            yield texts.lowered(supporter.name, had, has, supporter.rule, supporter.least, supporter.most)

    def _gone(self, taker: int) -> list[int]:
        """Supporters that a recipient had and has no more."""
        after = self._both.after.supporters_of[taker]
        return [one for one in self._both.before.supporters_of[taker] if one not in after]

    def _pair(self, at: int) -> tuple[int, int]:
        columns = self._problem.candidates
        return int(columns.supporter[at]), int(columns.recipient[at])
