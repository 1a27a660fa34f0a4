"""The board of the what-if desk: a card per supporter with its recipients, cheap enough to be sent often.

Written as text and not as a template, because it is sent after every edit and has
hundreds of small parts. Every text goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duikou.wings.pairings.models import ProposalPair
from duikou.wings.pairings.views._common import safe

KEPT, ADDED, DROPPED = (
    ProposalPair.Change.KEPT.value,
    ProposalPair.Change.ADDED.value,
    ProposalPair.Change.DROPPED.value,
)
_SIGNS = {KEPT: "", ADDED: "+", DROPPED: "−"}


@dataclass
class Card:
    """A supporter with what becomes of its recipients."""

    key: str
    name: str
    table: str
    group: str
    least: int | None = None
    most: int | None = None
    rule: str = ""
    pairs: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def load(self) -> int:
        """Recipients in the plan."""
        return sum(pair["change"] != DROPPED for pair in self.pairs)

    @property
    def outside(self) -> bool:
        """Whether the load breaks its rule."""
        return self.least is not None and self.most is not None and not self.least <= self.load <= self.most


def cards(rows: Iterable[Mapping[str, Any]], loads: Sequence[Mapping[str, Any]]) -> list[Card]:
    """The cards in the order of the tables; supporters without any pair in the plan included."""
    rules = {one["key"]: one for one in loads}
    found: dict[str, Card] = {}
    for row in rows:
        key = row["supporter_key"]
        card = found.get(key)
        if card is None:
            card = found[key] = Card(key, row["supporter_name"], row["table"], row["group"])
            if rule := rules.get(key):
                card.least, card.most, card.rule = rule["least"], rule["most"], rule["rule"]
        card.pairs.append(row)
    order = {KEPT: 0, ADDED: 1, DROPPED: 2}
    for card in found.values():
        card.pairs.sort(key=lambda pair: order[pair["change"]])
    return sorted(found.values(), key=lambda card: (card.table, card.group, card.key))


def board(
    shown: Iterable[Card], *, url: str, editable: bool, forbidden: Mapping[str, list[str]]
) -> SafeString:
    """The cards as a list; `forbidden` names what a supporter must not get, by its key."""
    words = {KEPT: _("保留"), ADDED: _("新增"), DROPPED: _("取消")}
    locked = escape(_("已指定"))
    grip = escape(_("拖到另一家支援医院")) if editable else ""
    provincial, outside = _("省级"), _("超出规则")
    loads: dict[int, str] = {}
    parts = []
    for card in shown:
        chips = "".join(
            _chip(
                pair["supporter_key"],
                pair["recipient_key"],
                pair["recipient_name"],
                pair["county"],
                pair["change"],
                locked if pair["locked"] else "",
                words[pair["change"]],
                url,
                grip,
            )
            for pair in card.pairs
        )
        load = card.load
        if load not in loads:
            loads[load] = ngettext("%(n)d 家", "%(n)d 家", load) % {"n": load}
        limit = (card.least, card.most, card.rule) if card.rule and card.most is not None else None
        head = _head(
            card.key,
            card.name,
            card.group or provincial,
            loads[load],
            limit,
            outside if card.outside else "",
        )
        never = forbidden.get(card.key, [])
        banned = (
            f'<p class="dk-small dk-muted dk-card-note">{escape(_("禁止：") + _("、").join(never))}</p>'
            if never
            else ""
        )
        parts.append(f'{head}<ul class="dk-deal-chips">{chips}</ul>{banned}</li>')
    return safe("".join(parts))


@lru_cache(maxsize=4096)
def _head(
    key: str, name: str, place: str, load: str, limit: tuple[int | None, int, str] | None, outside: str
) -> str:
    """The begin of a card; kept in memory like `_chip`."""
    span = ""
    if limit is not None:
        least, most, rule = limit
        count = str(most) if least == most else f"{least}–{most}"
        span = f' <span class="dk-muted">/ {count} · {escape(rule)}</span>'
    bad = f' <span class="dk-badge dk-badge-danger">{escape(outside)}</span>' if outside else ""
    return (
        f'<li class="dk-deal" data-supporter="{escape(key)}" data-name="{escape(name)}">'
        f'<h3>{escape(name)}</h3><p class="dk-small">{escape(place)} · {escape(load)}{span}{bad}</p>'
    )


@lru_cache(maxsize=8192)
def _chip(
    supporter: str,
    recipient: str,
    name: str,
    county: str,
    change: str,
    locked: str,
    word: str,
    url: str,
    grip: str,
) -> str:
    """One pair; kept in memory, because an edit changes few of those that are drawn again."""
    query = urlencode({"supporter": supporter, "recipient": recipient})
    mark = f'<span class="dk-deal-mark">{_SIGNS[change]} {escape(word)}</span>' if _SIGNS[change] else ""
    lock = f'<span class="dk-deal-mark">{locked}</span>' if locked else ""
    handle = (
        f'<span class="dk-grip" data-grip title="{grip}" aria-hidden="true"></span>'
        if grip and change != DROPPED
        else ""
    )
    return (
        f'<li class="dk-deal-chip dk-deal-{change}" data-recipient="{escape(recipient)}">{handle}'
        f'<a href="{escape(url)}?{escape(query)}" data-pair draggable="false">{escape(name)}'
        f" <small>{escape(county)}</small></a>{mark}{lock}</li>"
    )
