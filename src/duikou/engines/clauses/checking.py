"""The whole check: match, judge, look for what overrules, check the form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from duikou.engines.clauses import flags
from duikou.engines.clauses.cutting import cut
from duikou.engines.clauses.forms import check_form, term_line
from duikou.engines.clauses.judging import weaknesses
from duikou.engines.clauses.matching import Demand, Segment, match
from duikou.engines.clauses.model import (
    Check,
    Flag,
    Form,
    Judgement,
    Paper,
    Place,
    Reason,
    Template,
    Verdict,
    Where,
)
from duikou.engines.clauses.overrides import Override, overrides
from duikou.engines.clauses.reasons import reason
from duikou.engines.clauses.tokens import RECIPIENT, SUPPORTER, Tokeniser

LEAST_NEW = 6  # weight of a passage that counts as a new clause
_PREAMBLE = re.compile(r"(?:订立|签订|签署|达成).{0,8}协议")
MOST_OVERRIDES = 50  # that are told one by one; a single one refuses
LEAST_EXTENSION = 3  # weight of new words that make a kept clause an extended one


def check(paper: Paper, template: Template, form: Form | None = None) -> Check:
    """Judge an agreement by its template; `form` says what it must tell of itself."""
    form = form or Form()
    tokeniser = Tokeniser(
        {
            SUPPORTER: [name for name in (form.supporter, *form.supporter_aliases) if name],
            RECIPIENT: [name for name in (form.recipient, *form.recipient_aliases) if name],
        }
    )
    segments = [Segment(clause, tokeniser.row(clause.text)) for clause in cut(paper)]
    demands = [
        Demand(number, clause, tokeniser.row(clause.text)) for number, clause in enumerate(template.clauses)
    ]
    match(demands, segments)
    overruling = list(islice(overrides(demands, segments, tokeniser), MOST_OVERRIDES))
    against: dict[int, list[Override]] = defaultdict(list)
    for one in overruling:
        if one.demand is not None:
            against[one.demand].append(one)
    judgements = [_judge(demand, segments, paper, against[demand.number]) for demand in demands]
    judgements += _new(segments, paper)
    found = [
        *paper.flags,
        *_hidden_places(demands, segments, paper),
        *(
            Flag("override", flags.override(one.text), _place(segments[one.segment], paper))
            for one in overruling
        ),
        *check_form(paper, form, template.minimum_years),
    ]
    return Check(template, tuple(judgements), tuple(found))


def _judge(
    demand: Demand, segments: Sequence[Segment], paper: Paper, against: Iterable[Override]
) -> Judgement:
    clause = demand.clause
    if not demand.row.weight:
        return Judgement(Verdict.KEPT, clause, "", None)
    if not demand.parts:
        line = term_line(paper) if clause.form else None
        if line is None:
            return Judgement(Verdict.MISSING, clause, "", None)
        return Judgement(Verdict.KEPT, clause, line.text, line.place)
    why: tuple[Reason, ...] = (
        *weaknesses(demand, segments),
        *(reason("overridden", found=one.text) for one in against),
    )
    text = _text(demand, segments)
    place = _place(segments[demand.parts[0]], paper)
    if why:
        return Judgement(Verdict.WEAKENED, clause, text, place, why)
    fresh = sum(
        token.weight
        for part in demand.parts
        for token, owner in zip(segments[part].row.tokens, segments[part].owner, strict=True)
        if owner < 0
    )
    return Judgement(Verdict.EXTENDED if fresh >= LEAST_EXTENSION else Verdict.KEPT, clause, text, place)


def _text(demand: Demand, segments: Sequence[Segment]) -> str:
    """The text of the agreement that answers to a clause; of a shared paragraph only its sentences."""
    texts = []
    for part in sorted(demand.parts):
        segment = segments[part]
        if any(owner not in (-1, demand.number) for owner in segment.owner):
            mine = [
                t.sentence
                for t, o in zip(segment.row.tokens, segment.owner, strict=True)
                if o == demand.number
            ]
            chosen = [n for n, t in enumerate(segment.row.tokens) if mine[0] <= t.sentence <= mine[-1]]
            texts.append(segment.row.quote(chosen))
        else:
            texts.append(segment.clause.text)
    return "\n".join(texts)


def _place(segment: Segment, paper: Paper) -> Place:
    return paper.passages[segment.clause.passages[0]].place


def _new(segments: Sequence[Segment], paper: Paper) -> list[Judgement]:
    return [
        Judgement(Verdict.NEW, None, segment.clause.text, _place(segment, paper))
        for position, segment in enumerate(segments)
        if segment.row.weight >= LEAST_NEW
        and all(owner < 0 for owner in segment.owner)
        and _place(segment, paper).where not in (Where.HEADER, Where.FOOTER)
        and not (position == 0 and _PREAMBLE.search(segment.clause.text))
    ]


def _hidden_places(demands: Sequence[Demand], segments: Sequence[Segment], paper: Paper) -> list[Flag]:
    """Words in text boxes, headers, footers and notes, where they can be moved or overlooked."""
    found = []
    used = {part for demand in demands for part in demand.parts}
    for number, segment in enumerate(segments):
        place = _place(segment, paper)
        if place.where in (Where.BODY, Where.TABLE):
            continue
        if number in used:
            found.append(Flag("clause_outside_body", flags.outside(place, segment.clause.text), place))
        elif place.where is Where.TEXT_BOX and segment.row.weight >= LEAST_NEW:
            found.append(Flag("text_box", flags.text_box(segment.clause.text), place, refuses=False))
    return found
