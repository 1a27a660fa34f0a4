"""Judge a clause that was found: what is gone, what became weaker, what was hung on to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from duikou.engines.clauses import phrases
from duikou.engines.clauses.figures import lowered_numbers, lowered_ranks, ranks_satisfied
from duikou.engines.clauses.gaps import gap_of
from duikou.engines.clauses.matching import Demand, Segment
from duikou.engines.clauses.model import Party, Reason
from duikou.engines.clauses.pieces import Piece, Whose, is_fresh, pieces_of
from duikou.engines.clauses.reasons import other_party, reason
from duikou.engines.clauses.units import Unit, units
from duikou.engines.clauses.words import words

LOOK_AHEAD = 8  # weight of new words between a softening word and the duty that it softens


def weaknesses(demand: Demand, segments: Sequence[Segment]) -> tuple[Reason, ...]:
    """Every way in which a clause is weaker than the template's; none: kept or extended."""
    pieces = [p for part in demand.parts for p in pieces_of(segments[part], part, demand.number)]
    found: list[Reason] = []
    satisfied = ranks_satisfied(demand, segments, pieces)
    satisfied |= _otherwise(demand, segments, pieces)
    lost = _lost(demand, satisfied)
    found += _cut(demand, lost)
    gone = {token for unit in lost for token in unit.tokens}
    found += _strong_words_gone(demand, segments, gone | satisfied)
    found += lowered_numbers(demand, segments, pieces, gone)
    found += lowered_ranks(demand, segments, pieces, gone)
    found += _party(demand, segments, pieces)
    found += _swapped(demand, segments)
    found += _weak_words(demand, segments, pieces)
    found += _hung_on(demand, segments, pieces)
    unique = {(one.kind, one.wanted, one.found): one for one in found}
    return tuple(unique.values())


# --- what is gone


def _otherwise(demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece]) -> frozenset[int]:
    """Words that are there though cut otherwise (建立 in 建立健全), or said once where the template says them
    twice."""
    there = "".join(p.text for p in pieces if p.whose is Whose.OWN)
    tokens = demand.row.tokens
    said = {tokens[n].word for n in demand.found}
    satisfied = set()
    for number, token in enumerate(tokens):
        if number in demand.found or token.weight < 2 or token.number is not None:
            continue
        text = demand.row.quote([number])
        if there.count(text) >= demand.row.text.count(text) or (token.word == "负责" and token.word in said):
            satisfied.add(number)
    return frozenset(satisfied)


def _lost(demand: Demand, satisfied: frozenset[int]) -> list[Unit]:
    strict = not demand.clause.points
    tokens = demand.row.tokens
    lost = []
    for unit in units(demand.clause, demand.row):
        covered = sum(tokens[n].weight for n in unit.tokens if n in demand.found or n in satisfied)
        if unit.lost(covered, strict=strict):
            lost.append(unit)
        elif strict or unit.point:
            lost += [Unit(run, 0, unit.point) for run in _gone_words(demand, unit, satisfied)]
    return lost


def _gone_words(demand: Demand, unit: Unit, satisfied: frozenset[int]) -> Iterator[tuple[int, ...]]:
    """Words of a part that were found nowhere; those whose absence has a name of its own are told apart."""
    tokens = demand.row.tokens
    run: list[int] = []
    for number in (*unit.tokens, -1):
        missing = number >= 0 and number not in demand.found and number not in satisfied
        if missing and tokens[number].party is None and tokens[number].number is None:
            if tokens[number].word in words().strong or tokens[number].word in words().ranks:
                continue
            run.append(number)
            continue
        if sum(tokens[n].weight for n in run) >= 2:
            yield tuple(run)
        run = []


def _cut(demand: Demand, lost: Sequence[Unit]) -> Iterator[Reason]:
    """Lost parts that stand side by side are one loss."""
    group: list[int] = []
    for unit in lost:
        if group and unit.tokens[0] - group[-1] > 4:
            yield reason("cut", wanted=demand.row.quote(group))
            group = []
        group += unit.tokens
    if group:
        yield reason("cut", wanted=demand.row.quote(group))


def _strong_words_gone(demand: Demand, segments: Sequence[Segment], gone: set[int]) -> Iterator[Reason]:
    strong = words().strong
    for number, token in enumerate(demand.row.tokens):
        kind = strong.get(token.word)
        if kind is None or number in demand.found or number in gone:
            continue
        segment, between = gap_of(demand, number, segments)
        there = [segment.row.tokens[n] for n in between] if segment else []
        if any(strong.get(t.word) == kind for t in there):
            continue
        if token.word in words().when_replaced and not any(t.weight for t in there):
            continue
        if kind == "negated" and segment and any(c in segment.row.quote(between) for c in "不未无非免勿禁"):
            continue
        yield reason(kind, wanted=demand.row.quote([number]))


# --- whose duty


def _party(demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece]) -> Iterator[Reason]:
    wanted = demand.clause.party
    if wanted is None:
        return
    for part in demand.parts:
        segment = segments[part]
        there = _subject(demand, segment, [p for p in pieces if p.segment == part]) or segment.clause.party
        if there is not None and there != wanted:
            yield other_party(wanted, there, segment.clause.text)
            return
    yield from _by_other(wanted, segments, pieces)


def _by_other(wanted: Party, segments: Sequence[Segment], pieces: Sequence[Piece]) -> Iterator[Reason]:
    """由乙方自行建立, where the template lets party A do it."""
    for piece in pieces:
        if piece.whose is not Whose.OWN:
            continue
        segment = segments[piece.segment]
        tokens = segment.row.tokens
        for place, number in enumerate(piece.tokens[:-2]):
            who, what = tokens[piece.tokens[place + 1]], piece.tokens[place + 2 : place + 7]
            if (
                tokens[number].word == "由" and segment.owner[number] < 0
                and who.party not in (None, wanted)
                and any(segment.owner[n] >= 0 and tokens[n].weight for n in what)
            ):  # fmt: skip
                yield reason("moved_party", found=piece.text)


def _subject(demand: Demand, segment: Segment, pieces: Sequence[Piece]) -> Party | None:
    """The party that the first piece names as the one who acts, when the template does not name it there."""
    own = next((p for p in pieces if p.whose is Whose.OWN), None)
    if own is None:
        return None
    tokens = segment.row.tokens
    heavy = [n for n in own.tokens if tokens[n].weight]
    if len(heavy) < 2:
        return None
    first, second = heavy[0], heavy[1]
    party = tokens[first].party
    if party is None or segment.owner[first] >= 0:
        return None
    between = segment.row.text[tokens[first].end : tokens[second].start]
    owned = segment.owner[second] == demand.number
    return party if "的" not in between and (owned or any(c in between for c in "应须需")) else None


def _swapped(demand: Demand, segments: Sequence[Segment]) -> Iterator[Reason]:
    """甲方 where the template has 乙方."""
    for number, token in enumerate(demand.row.tokens):
        if token.party is None or number in demand.found:
            continue
        segment, between = gap_of(demand, number, segments)
        if segment is None:
            continue
        there = [n for n in between if segment.row.tokens[n].weight]
        parties = [n for n in there if segment.row.tokens[n].party not in (None, token.party)]
        if parties and len(there) <= 3 and not any(segment.row.tokens[n].party == token.party for n in there):
            around = [n for n in range(parties[0] - 2, parties[0] + 3) if 0 <= n < len(segment.row.tokens)]
            yield reason("moved_party", wanted=demand.row.quote([number]), found=segment.row.quote(around))


# --- what was put in


def _weak_words(demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece]) -> Iterator[Reason]:
    weak = words().weak
    for piece in pieces:
        if piece.whose is not Whose.OWN:
            continue
        segment = segments[piece.segment]
        tokens = segment.row.tokens
        for place, number in enumerate(piece.tokens):
            if segment.owner[number] >= 0:
                continue
            token = tokens[number]
            kind = weak.get(segment.row.text[token.start : token.end]) or weak.get(token.word)
            if kind == "negated" and any(tokens[n].word == "不得" for n in piece.tokens[place + 1 :]):
                continue  # 未 … 不得: what must be done first
            if kind and _modifies(demand, segment, piece.tokens, place):
                yield reason(kind, found=piece.text)
    yield from _bare_softeners(segments, pieces)


def _modifies(demand: Demand, segment: Segment, tokens: Sequence[int], place: int) -> bool:
    """Whether the word at a place bears on words of the template, soon after it or, at the end, before it."""
    fresh = owned = 0
    for number in tokens[place + 1 :]:
        token = segment.row.tokens[number]
        if segment.owner[number] == demand.number and token.party is None:
            owned += token.weight
            if owned >= 2:
                return True
            continue
        fresh += token.weight if token.party is None else 0
        if fresh > LOOK_AHEAD:
            return False
    before = [n for n in tokens[:place] if segment.row.tokens[n].weight]
    return fresh <= 2 and bool(before) and segment.owner[before[-1]] == demand.number


def _bare_softeners(segments: Sequence[Segment], pieces: Sequence[Piece]) -> Iterator[Reason]:
    """原则上，… and …，视情况安排: pieces of their own that only soften."""
    weak = words().weak
    for number, piece in enumerate(pieces):
        if piece.whose is not Whose.ADDED or not piece.lean:
            continue
        tokens = segments[piece.segment].row.tokens
        if not any(weak.get(tokens[n].word) == "softened" for n in piece.tokens):
            continue
        beside = [pieces[n] for n in (number - 1, number + 1) if 0 <= n < len(pieces)]
        if any(
            p.whose is Whose.OWN and p.segment == piece.segment and p.sentence == piece.sentence
            for p in beside
        ):
            yield reason("softened", found=piece.text)


def _hung_on(demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece]) -> Iterator[Reason]:
    """Exceptions and conditions, in the template's own pieces or in added ones that cling to them."""
    holder = demand.clause.party
    last: Piece | None = None  # the last piece that says something of its own
    for number, piece in enumerate(pieces):
        segment = segments[piece.segment]
        if piece.whose in (Whose.EMPTY, Whose.OTHER):
            last = piece if piece.whose is Whose.OTHER else last
            continue
        if piece.whose is Whose.OWN:
            for one in (
                phrases.main_exception(piece.text),
                phrases.tail_exception(piece.text),
                phrases.shift(piece.text, holder),
                phrases.condition(piece.text, holder),
            ):
                if one and _new_here(segment, piece, one):
                    yield reason(one.kind, found=piece.text)
            last = piece
            continue
        clings = last is not None and last.whose is Whose.OWN and last.segment == piece.segment
        same = clings and last is not None and last.sentence == piece.sentence
        kind = _added(piece, pieces[number + 1 :], demand, clings=clings, same=same)
        if kind:
            yield reason(kind, found=piece.text)
        elif not phrases.condition(piece.text, holder) and not piece.text.endswith(
            ("的", "时", "者", "的话")
        ):
            last = piece


def _new_here(segment: Segment, piece: Piece, found: phrases.Found) -> bool:
    offset = segment.row.text.find(piece.text, piece.start)
    return is_fresh(segment, offset + found.start, offset + found.end)


def _added(piece: Piece, after: Sequence[Piece], demand: Demand, *, clings: bool, same: bool) -> str | None:
    """What an added piece does to the duty that it clings to: a kind of weakening, or None."""
    text, holder = piece.text, demand.clause.party
    figures = any(token.number is not None for token in demand.row.tokens)
    back = text.startswith(("但", "除", "其中", "所需", "上述", "该", "此", "以上", "前述", "例外", "不过"))
    if clings:
        if (found := phrases.main_exception(text)) and not _favours_other(text[: found.start], holder):
            return "exception"
        if (
            (same or back)
            and phrases.tail_exception(text)
            and not (_details(text, figures) or _as_other_says(text, holder))
        ):
            return "exception"
        if (same or back or _speaks_of(text, demand)) and phrases.shift(text, holder):
            return "moved_party"
        if phrases.way_out(text):
            return "exception"
        if (same or back) and holder is Party.SUPPORTER and _PAID_BACK.search(text):
            return "moved_party"
        if (
            same
            and text.startswith(("但", "且", "并须", "并需", "须", "需", "前提", "仅"))
            and phrases.condition(text, holder)
        ):
            return "condition"
    if phrases.condition(text, holder):
        follows = next(
            (
                p
                for p in after
                if p.whose in (Whose.OWN, Whose.OTHER) or not phrases.condition(p.text, holder)
            ),
            None,
        )
        if (
            follows and follows.whose is Whose.OWN and follows.segment == piece.segment
            and follows.sentence == piece.sentence
        ):  # fmt: skip
            return "condition"
    return None


def _speaks_of(text: str, demand: Demand) -> bool:
    """Whether a sentence names a thing of the clause again."""
    things = {
        demand.row.quote([n]) for n, t in enumerate(demand.row.tokens) if t.weight >= 2 and not t.number
    }
    return any(thing in text for thing in things - {"负责", "承担"})


_PAID_BACK = re.compile(
    r"(?:乙方|受援医院)[^，。；]{0,12}(?:返还|补偿|付给|给付|支付给甲方)[^，。；]{0,10}(?:元|费|款)?"
)


def _as_other_says(text: str, holder: Party | None) -> bool:
    """Whether it is for the other side to say (以乙方申报为准)."""
    other = {Party.SUPPORTER: ("以乙方", "以受援医院"), Party.RECIPIENT: ("以甲方", "以支援医院")}
    return holder is not None and any(words in text for words in other.get(holder, ()))


_SUBJECTS = (
    "具体",
    "人选",
    "名单",
    "地点",
    "日程",
    "细则",
    "方案",
    "办法",
    "课程",
    "安排表",
    "时间",
    "科室",
    "人数",
)


def _details(text: str, figures: bool) -> bool:
    """Whether the words only leave details of the duty open (具体名单由双方商定), and no figure of it."""
    if figures and any(
        word in text for word in ("人数", "时间", "期限", "次数", "数量", "标准", "例数", "金额")
    ):
        return False
    return text.startswith(_SUBJECTS)


def _favours_other(before: str, holder: Party | None) -> bool:
    """Whether it is the other side that is let off: 乙方可不另付 in a duty of party A takes nothing away."""
    supporter = max(before.rfind("甲方"), before.rfind("支援医院") if "受援医院" not in before else -1)
    recipient = max(before.rfind("乙方"), before.rfind("受援医院"))
    if supporter == recipient:
        return False
    named = Party.SUPPORTER if supporter > recipient else Party.RECIPIENT
    return holder in (Party.SUPPORTER, Party.RECIPIENT) and named is not holder
