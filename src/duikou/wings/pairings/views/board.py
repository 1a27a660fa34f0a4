"""The board of the what-if desk: a card per supporter with its recipients, cheap enough to be sent often.

Written as text and not as a template, because it is sent after every edit and has
hundreds of small parts. Every text goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    grip = escape(_("拖到另一家支援医院"))
    parts = []
    for card in shown:
        chips = "".join(_chip(pair, url, words, locked, grip if editable else "") for pair in card.pairs)
        size = ngettext("%(n)d 家", "%(n)d 家", card.load) % {"n": card.load}
        limit = ""
        if card.least is not None and card.most is not None and card.rule:
            span = str(card.least) if card.least == card.most else f"{card.least}–{card.most}"
            limit = f' <span class="dk-muted">/ {span} · {escape(card.rule)}</span>'
        bad = (
            f' <span class="dk-badge dk-badge-danger">{escape(_("超出规则"))}</span>' if card.outside else ""
        )
        never = forbidden.get(card.key, [])
        banned = (
            f'<p class="dk-small dk-muted dk-card-note">{escape(_("禁止：") + _("、").join(never))}</p>'
            if never
            else ""
        )
        place = escape(card.group or _("省级"))
        parts.append(
            f'<li class="dk-deal" data-supporter="{escape(card.key)}" data-name="{escape(card.name)}">'
            f'<h3>{escape(card.name)}</h3><p class="dk-small">{place} · {escape(size)}{limit}{bad}</p>'
            f'<ul class="dk-deal-chips">{chips}</ul>{banned}</li>'
        )
    return safe("".join(parts))


def _chip(pair: Mapping[str, Any], url: str, words: Mapping[str, str], locked: str, grip: str) -> str:
    change = pair["change"]
    query = urlencode({"supporter": pair["supporter_key"], "recipient": pair["recipient_key"]})
    name = escape(pair["recipient_name"])
    sign = _SIGNS[change]
    mark = f'<span class="dk-deal-mark">{sign} {escape(words[change])}</span>' if sign else ""
    lock = f'<span class="dk-deal-mark">{locked}</span>' if pair["locked"] else ""
    handle = (
        f'<span class="dk-grip" data-grip title="{grip}" aria-hidden="true"></span>'
        if grip and change != DROPPED
        else ""
    )
    return (
        f'<li class="dk-deal-chip dk-deal-{change}" data-recipient="{escape(pair["recipient_key"])}">{handle}'
        f'<a href="{escape(url)}?{escape(query)}" data-pair draggable="false">{name}'
        f" <small>{escape(pair['county'])}</small></a>{mark}{lock}</li>"
    )
