"""The pairs of proposals as this process wrote them last.

An edit changes few of a plan's pairs; to find them, the others need not be read from the
database again with all their columns. What is remembered counts only as long as the result
in the database is the one that the pairs were written with.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duikou.wings.pairings.models import ProposalResult

KEPT = 16  # proposals remembered in this process

Row = dict[str, Any]
"""Values of a `ProposalPair` by column. Most pairs of a plan are there already: no object is made of them."""

Pair = tuple[str, str]
Stamp = tuple[int, datetime]

_kept: OrderedDict[int, tuple[Stamp, Mapping[Pair, Row]]] = OrderedDict()
_lock = threading.Lock()


def pair_of(row: Row) -> Pair:
    """The keys of a row's hospitals."""
    return row["supporter_key"], row["recipient_key"]


def remember(result: ProposalResult, rows: Mapping[Pair, Row]) -> None:
    """Keep the rows that were written with a result. To be called once they are there for others to see."""
    with _lock:
        _kept[result.proposal_id] = ((result.pk, result.solved_at), rows)
        _kept.move_to_end(result.proposal_id)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def recall(proposal_id: int, stamp: Stamp | None) -> Mapping[Pair, Row] | None:
    """The rows written with the result of this stamp; None when they have to be read."""
    with _lock:
        found = _kept.get(proposal_id)
    return found[1] if found and found[0] == stamp else None
