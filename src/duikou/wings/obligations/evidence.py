"""What other wings offer as evidence: work done there fulfils obligations here.

    evidence.register_kind("technique", resolve=first_case, offers=first_cases)

A wing registers the kinds that it can prove, in `ready`. The kinds and their names are the pack's;
a kind that no wing has registered is proved by a file or by a note with a number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise

from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.policy import load_pack
from duikou.wings.obligations.models import Obligation

UPLOAD = "upload"  # the kind whose proof is always a file


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of work as its wing knows it: what it is called, how much it counts, when it was done."""

    title: str
    on: dt.date
    quantity: int = 1
    url: str | Promise = ""  # lazy where asking for it would read in every page of the program


@dataclass(frozen=True, slots=True)
class Offer:
    """A piece of work that could be attached."""

    reference: str
    label: str


Resolve = Callable[[Actor, Obligation, str], Found | None]
Offers = Callable[[Actor, Obligation], Sequence[Offer]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that a wing can prove. `resolve` answers None for what is not there, or not for this actor,
    or does not belong to the obligation's hospitals."""

    id: str
    title: Text
    resolve: Resolve
    offers: Offers


_known: dict[str, Kind] = {}


def register_kind(id: str, title: Text, resolve: Resolve, offers: Offers = lambda *_: ()) -> None:
    """Let rows of a wing be attached as evidence; in the wing's `ready`.

    Several wings may prove one kind: each answers for its own references, and the offers stand together.
    """
    before = _known.get(id)
    if before is not None:
        resolve, offers = _first_of(resolve, before.resolve), _joined(before.offers, offers)
    _known[id] = Kind(id, title, resolve, offers)


def _first_of(one: Resolve, other: Resolve) -> Resolve:
    def resolve(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
        return one(actor, obligation, reference) or other(actor, obligation, reference)

    return resolve


def _joined(one: Offers, other: Offers) -> Offers:
    def offers(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
        return [*one(actor, obligation), *other(actor, obligation)]

    return offers


def kind(id: str) -> Kind | None:
    """A registered kind."""
    return _known.get(id)


def accepted(obligation: Obligation) -> tuple[str, ...]:
    """The kinds that fulfil an obligation; a file where the clause names none."""
    return tuple(obligation.evidence_kinds) or (UPLOAD,)


@cache
def _titles(pack: str) -> dict[str, Text]:
    return {one.id: one.title for one in load_pack(pack).evidence_kinds.values()}


def title(id: str, pack: str) -> Text:
    """The name of a kind: the pack's, else that of the wing which registered it."""
    known = _known.get(id)
    return _titles(pack).get(id) or (known.title if known else Text(id, id))
