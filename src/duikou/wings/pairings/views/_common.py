"""What several pages share: the chosen round and day, words for rules, badges of plain rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.faces import badge, row_url, words
from duikou.core.links import link
from duikou.core.listing import BadParameter, ChoiceFilter, Listing, parse_day
from duikou.core.pages import PageRequest
from duikou.policy.errors import PackError
from duikou.policy.loader import load_pack
from duikou.policy.model import Pack, Rule
from duikou.wings.pairings.models import Finding, Round
from duikou.wings.pairings.queries.rounds import check_day, default_round, rounds


def capital(text: str) -> str:
    """The text with a capital in front: sentences of the engine as headings of lines."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The round and the day that a page is about."""

    round: Round
    as_of: dt.date | None
    rounds: list[Round]

    @property
    def day(self) -> dt.date:
        """The day shown: the one asked for, else the first of the round."""
        return self.as_of or self.round.start

    @property
    def query(self) -> str:
        """The choice as part of an address."""
        day = f"&as_of={self.as_of.isoformat()}" if self.as_of else ""
        return f"round={self.round.key}{day}"


def chosen(request: PageRequest) -> Chosen:
    """Read ?round= and ?as_of=; raises Missing without any round, BadParameter or Invalid for a bad day."""
    found = list(rounds())
    if not found:
        raise Missing(_("还没有任何轮次。请先建立轮次并导入结对关系表。"))
    key = request.GET.get("round", "")
    if key:
        round_ = next((one for one in found if one.key == key), None)
        if round_ is None:
            raise Missing(_("没有这个轮次。请在轮次列表中选择。"))
    else:
        round_ = default_round(request.actor, found) or found[0]
    day = parse_day("as_of", text) if (text := request.GET.get("as_of", "").strip()) else None
    check_day(round_, day)
    return Chosen(round_, day, found)


def pack_of(round_: Round) -> Pack | None:
    """The round's policy pack; None when it can no longer be read (the page then shows ids alone)."""
    try:
        return load_pack(round_.policy_pack)
    except PackError:
        return None


def rule_of(pack: Pack | None, rule_id: str) -> Rule | None:
    """A rule of a pack, if it is there."""
    return pack.rules.get(rule_id) if pack else None


def rule_title(pack: Pack | None, rule_id: str) -> str:
    """A rule's title, or nothing."""
    rule = rule_of(pack, rule_id)
    return words(rule.title) if rule else ""


def rule_url(round_: Round, rule_id: str) -> str:
    """The page of a rule in the policy browser, or nothing while there is no such page."""
    return link("policy:rule", round_.policy_pack, rule_id)


def hospital_url(pk: int) -> str:
    """A hospital's page in the register."""
    return row_url("hospitals:detail", pk)


def plain_text(request: HttpRequest, name: str) -> str:
    """A free text of the address, without space around it; raises BadParameter for what is no text."""
    found = request.GET.get(name, "").strip()
    if len(found) > 100 or not found.isprintable():
        raise BadParameter(name, "…", _("不超过 100 个字的文字"))
    return found


def division_code(text: str) -> str:
    """A division's code out of an address; Missing for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Missing(_("没有这个代码的行政区划。"))
    return text


def with_choices(listing: Listing, **choices: Iterable[tuple[str, Any]]) -> Listing:
    """The list with choices of its filters that were read once for this request."""
    return replace(
        listing,
        filters=tuple(
            replace(one, choices=tuple(choices[one.name]))
            if isinstance(one, ChoiceFilter) and one.name in choices
            else one
            for one in listing.filters
        ),
    )


# ---------------------------------------------------------------- cells of rows in long lists


def safe(html: str) -> SafeString:
    """Markup whose every text went through `escape`; made here because format_html is slow by the hundred."""
    return SafeString(html)


def anchor(url: str, text: object) -> SafeString:
    """A link."""
    return safe(f'<a href="{escape(url)}">{escape(str(text))}</a>')


def unbroken(text: object) -> SafeString:
    """A text that is not broken over lines."""
    return safe(f'<span class="dk-nowrap">{escape(str(text))}</span>')


_SEVERITY_LOOK = {"error": "danger", "warning": "warning", "note": "info"}
_STATE_LOOK = {
    "open": "warning",
    "assigned": "info",
    "exception_requested": "warning",
    "accepted": "neutral",
    "repaired": "success",
}


def severity_badge(severity: str) -> SafeString:
    """How serious a finding is."""
    return _severity(severity, get_language() or "")


@cache
def _severity(severity: str, language: str) -> SafeString:
    return badge(_SEVERITY_LOOK[severity], Finding.Severity(severity).label)


def state_badge(state: str, label: str) -> SafeString:
    """Where a finding is in its life."""
    return badge(_STATE_LOOK.get(state, "neutral"), label)


# ---------------------------------------------------------------- forms
