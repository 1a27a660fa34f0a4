"""What each side says about an obligation, and how it stands by that. Pure: no database.

Nothing is averaged: where one side says "delivered" and another "not met", or two of them give
different numbers, the obligation is disputed until somebody says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from duikou.engines.clauses.model import Party


class Side(StrEnum):
    """Who speaks: one of the two parties, or an authority above one of them."""

    SUPPORTER = "supporter"
    RECIPIENT = "recipient"
    SUPERIOR = "superior"


class Says(StrEnum):
    """What one side says. The parties have promised by signing; an authority says nothing at first."""

    NOTHING = ""
    PROMISED = "promised"
    DELIVERED = "delivered"
    VERIFIED = "verified"
    UNMET = "unmet"


class Stage(StrEnum):
    """How an obligation stands by what the sides say."""

    PROMISED = "promised"
    DELIVERED = "delivered"
    VERIFIED = "verified"
    UNMET = "unmet"
    DISPUTED = "disputed"


PARTIES = (Side.SUPPORTER, Side.RECIPIENT)


@dataclass(frozen=True, slots=True)
class Said:
    """The present word of one side, with its number where it gave one."""

    says: Says = Says.PROMISED
    quantity: int | None = None

    @property
    def claims(self) -> bool:
        """Whether the side holds that the duty was done."""
        return self.says in (Says.DELIVERED, Says.VERIFIED)


Words = Mapping[Side, Said]


def owners(owner: Party) -> tuple[Side, ...]:
    """The sides whose duty it is."""
    return PARTIES if owner is Party.BOTH else (Side(owner.value),)


def stage(owner: Party, words: Words) -> Stage:
    """How an obligation stands."""
    claims = [said for said in words.values() if said.claims]
    denied = any(said.says is Says.UNMET for said in words.values())
    if claims and denied:
        return Stage.DISPUTED
    if denied:
        return Stage.UNMET
    if len({said.quantity for said in claims if said.quantity is not None}) > 1:
        return Stage.DISPUTED
    if not all(words[side].claims for side in owners(owner)):
        return Stage.PROMISED
    return Stage.VERIFIED if _is_verified(owner, words) else Stage.DELIVERED


def _is_verified(owner: Party, words: Words) -> bool:
    """By the authority, or by each party that had to look at what the other did."""
    if words[Side.SUPERIOR].says is Says.VERIFIED:
        return True
    checkers = PARTIES if owner is Party.BOTH else [side for side in PARTIES if side not in owners(owner)]
    return all(words[side].says is Says.VERIFIED for side in checkers)


def may_say(owner: Party, side: Side, says: Says, words: Words) -> bool:
    """Whether this word is this side's to give, as things stand.

    The owner says that it has delivered; the others say whether that is so. Who owes alone never
    verifies; where both owe, each delivers first and then looks at what the other did.
    """
    owes = side in owners(owner)
    alone = owes and owner is not Party.BOTH
    now = words[side].says
    if says is Says.DELIVERED:
        return owes
    if says is Says.VERIFIED:
        others = [one for one in owners(owner) if one is not side]
        return not alone and all(words[one].claims for one in others) and (not owes or words[side].claims)
    if says is Says.UNMET:
        return not alone
    if says is Says.PROMISED:  # takes the last word back
        return side is not Side.SUPERIOR and now is not Says.PROMISED
    return side is Side.SUPERIOR and now is not Says.NOTHING
