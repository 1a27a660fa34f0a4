"""How an obligation stands by what each side says; nothing is averaged."""

from __future__ import annotations

import pytest

from duikou.engines.clauses.model import Party
from duikou.wings.obligations.standing import Said, Says, Side, Stage, may_say, stage

P, D, V, U, N = Says.PROMISED, Says.DELIVERED, Says.VERIFIED, Says.UNMET, Says.NOTHING
ONE, BOTH, OTHER = Party.SUPPORTER, Party.BOTH, Party.RECIPIENT


def words(
    supporter: Says, recipient: Says, superior: Says = N, numbers: tuple[int | None, ...] = (None,) * 3
) -> dict[Side, Said]:
    return {
        side: Said(says, number)
        for side, says, number in zip(Side, (supporter, recipient, superior), numbers, strict=True)
    }


TABLE = [
    (ONE, (P, P, N), Stage.PROMISED),
    (ONE, (D, P, N), Stage.DELIVERED),
    (ONE, (D, V, N), Stage.VERIFIED),
    (ONE, (D, P, V), Stage.VERIFIED),
    (ONE, (D, U, N), Stage.DISPUTED),
    (ONE, (D, V, U), Stage.DISPUTED),
    (ONE, (D, U, V), Stage.DISPUTED),  # the authority's word does not silence the recipient
    (ONE, (P, U, N), Stage.UNMET),
    (ONE, (P, P, U), Stage.UNMET),
    (ONE, (P, P, V), Stage.PROMISED),  # the owner took its word back
    (OTHER, (P, D, N), Stage.DELIVERED),
    (OTHER, (V, D, N), Stage.VERIFIED),
    (OTHER, (U, D, N), Stage.DISPUTED),
    (BOTH, (D, P, N), Stage.PROMISED),  # half of it
    (BOTH, (D, D, N), Stage.DELIVERED),
    (BOTH, (V, D, N), Stage.DELIVERED),
    (BOTH, (V, V, N), Stage.VERIFIED),
    (BOTH, (D, D, V), Stage.VERIFIED),
    (BOTH, (D, U, N), Stage.DISPUTED),
    (BOTH, (U, U, N), Stage.UNMET),
]


@pytest.mark.parametrize(("owner", "said", "expected"), TABLE)
def test_stage(owner: Party, said: tuple[Says, Says, Says], expected: Stage) -> None:
    assert stage(owner, words(*said)) is expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((5, 5, None), Stage.VERIFIED),
        ((5, None, None), Stage.VERIFIED),
        ((None, 3, None), Stage.VERIFIED),
        ((5, 3, None), Stage.DISPUTED),
        ((5, 5, 4), Stage.VERIFIED),  # the authority says nothing here: its number is none
    ],
)
def test_two_numbers_are_a_disagreement(numbers: tuple[int | None, ...], expected: Stage) -> None:
    assert stage(ONE, words(D, V, N, numbers)) is expected


def test_the_number_of_the_authority_counts_when_it_claims() -> None:
    assert stage(ONE, words(D, V, V, (5, 5, 4))) is Stage.DISPUTED


S, R, A = Side.SUPPORTER, Side.RECIPIENT, Side.SUPERIOR
MAY = [
    # who owes says "delivered", nobody else does
    (ONE, S, D, (P, P, N), True),
    (ONE, R, D, (P, P, N), False),
    (ONE, A, D, (P, P, N), False),
    (BOTH, R, D, (P, P, N), True),
    # nobody verifies the own delivery, and only what somebody says to be delivered
    (ONE, S, V, (D, P, N), False),
    (ONE, R, V, (D, P, N), True),
    (ONE, R, V, (P, P, N), False),
    (ONE, A, V, (D, P, N), True),
    (ONE, A, V, (P, P, N), False),
    (BOTH, S, V, (D, D, N), True),
    (BOTH, S, V, (D, P, N), False),
    (BOTH, S, V, (P, D, N), False),  # deliver first
    (BOTH, A, V, (D, P, N), False),
    (BOTH, A, V, (D, D, N), True),
    # "not met" is for those who are owed
    (ONE, S, U, (P, P, N), False),
    (ONE, R, U, (P, P, N), True),
    (ONE, A, U, (D, P, N), True),
    (BOTH, S, U, (P, P, N), True),
    # a word can be taken back
    (ONE, S, P, (D, P, N), True),
    (ONE, S, P, (P, P, N), False),
    (ONE, R, P, (D, V, N), True),
    (ONE, A, P, (D, P, V), False),
    (ONE, A, N, (D, P, V), True),
    (ONE, A, N, (D, P, N), False),
    (ONE, R, N, (D, V, N), False),
]


@pytest.mark.parametrize(("owner", "side", "says", "said", "expected"), MAY)
def test_who_may_say_what(
    owner: Party, side: Side, says: Says, said: tuple[Says, Says, Says], expected: bool
) -> None:
    assert may_say(owner, side, says, words(*said)) is expected
