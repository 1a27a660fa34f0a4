"""Drawing questions and marking answers: plain values in, plain values out."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

Drawn = list[dict[str, Any]]
"""Questions as they are asked: id, kind, text, options in their shuffled order, right places, explanation."""


def draw(bank: Sequence[Mapping[str, Any]], count: int, dice: random.Random) -> Drawn:
    """That many questions of a bank in a random order, options shuffled but for true and false."""
    found = []
    for question in dice.sample(list(bank), min(count, len(bank))):
        order = list(range(len(question["options"])))
        if question["kind"] != "true_false":
            dice.shuffle(order)
        found.append(
            {
                "id": question["id"],
                "kind": question["kind"],
                "text": question["text"],
                "options": [question["options"][place] for place in order],
                "right": sorted(order.index(place) for place in question["right"]),
                "explanation": question["explanation"],
            }
        )
    return found


def mark(drawn: Drawn, answers: Mapping[str, Sequence[int]]) -> int:
    """Per cent of questions answered exactly right, rounded down; an unanswered one is wrong."""
    if not drawn:
        return 0
    right = sum(sorted(set(answers.get(str(one["id"]), ()))) == one["right"] for one in drawn)
    return right * 100 // len(drawn)


def clean(drawn: Drawn, answers: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Only answers to questions that were asked, only places that there are."""
    return {
        str(one["id"]): sorted(
            {place for place in answers[str(one["id"])] if 0 <= place < len(one["options"])}
        )
        for one in drawn
        if str(one["id"]) in answers
    }


def asked(drawn: Drawn) -> Drawn:
    """The questions without what nobody may see before handing in."""
    return [{name: one[name] for name in ("id", "kind", "text", "options")} for one in drawn]
