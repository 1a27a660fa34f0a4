"""`--explain`: each pair of a plan with its scores, what binds it and what would come in its place."""

from __future__ import annotations

from collections.abc import Iterator

from duikou.cli.output import progress_bar
from duikou.engines.pairing.optimise.before_after import BeforeAfter
from duikou.engines.pairing.optimise.counties import breach_cards
from duikou.engines.pairing.optimise.explain import PairCard, pair_cards
from duikou.engines.pairing.optimise.measures import amount
from duikou.engines.pairing.optimise.model import Plan, Problem
from duikou.engines.pairing.optimise.prices import rule_prices
from duikou.engines.pairing.optimise.reasons import Reasons
from duikou.engines.pairing.optimise.solve import solve
from duikou.engines.text import Text

SOLVED_AGAIN = 400  # pairs up to which the cost of each is found by solving without it
SHOWN = 2  # alternatives on either side

LOCKED = Text("锁定", "locked")


def explained(problem: Problem, plan: Plan) -> Iterator[Text]:
    """Lines that explain a plan: pair by pair, what stays broken, and what each rule costs."""
    both = BeforeAfter.of(problem, plan)
    reasons = Reasons(problem, both)
    new = set(both.added)
    yield Text("\n逐对说明", "\nPair by pair")
    for card in _cards(problem, plan):
        at = card.candidate
        mark = "+" if at in new else "="
        yield Text(f"  {mark} {card.title.zh}", f"  {mark} {card.title.en}")
        yield _indented(reasons.added(at) if at in new else reasons.kept(at))
        yield from map(_indented, _of_card(card))
    for one in breach_cards(problem, plan):
        head = f"  ! {one.breach.rule} {one.breach.name}"
        yield Text(head, head)
        yield from map(_indented, one.reasons)
    yield Text("\n各规则的代价", "\nWhat each rule costs")
    with progress_bar("逐条去掉规则重新求解", "solving again without each rule"):
        prices = rule_prices(problem, plan, solve)
    for price in prices:
        yield Text(f"  {price.rule}  {price.text.zh}", f"  {price.rule}  {price.text.en}")


def _cards(problem: Problem, plan: Plan) -> Iterator[PairCard]:
    again = len(plan.chosen) <= SOLVED_AGAIN
    with progress_bar("逐对求改动的代价", "finding what it costs to do without each pair") as progress:
        for done, at in enumerate(plan.chosen.tolist(), start=1):
            yield from pair_cards(problem, plan, [at], solver=solve if again else None)
            progress(done, len(plan.chosen))


def _of_card(card: PairCard) -> Iterator[Text]:
    if card.locked:
        yield LOCKED
    known = [
        Text(
            f"{one.title.zh} {amount(one.value, one.unit).zh}",
            f"{one.title.en} {amount(one.value, one.unit).en}",
        )
        if one.value is not None
        else Text(f"{one.title.zh} 未知", f"{one.title.en} unknown")
        for one in card.parts
    ]
    yield Text("；".join(one.zh for one in known), "; ".join(one.en for one in known))
    yield from card.binding
    for other in (*card.supporters[:SHOWN], *card.recipients[:SHOWN]):
        yield other.text
    yield card.removal.text


def _indented(text: Text) -> Text:
    return Text(f"      {text.zh}", f"      {text.en}")
