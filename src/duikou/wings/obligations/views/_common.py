"""What several pages share: badges, and obligations in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from duikou.core.faces import badge, words
from duikou.core.links import link
from duikou.policy import load_pack
from duikou.wings.obligations.models.ledger import AGREED, PARTIES, PERIODS, SAYS, SIDES, STAGES
from duikou.wings.obligations.quantities import label
from duikou.wings.obligations.standing import Says, Stage

STAGE_LOOK = {
    Stage.PROMISED: "neutral",
    Stage.DELIVERED: "info",
    Stage.VERIFIED: "success",
    Stage.UNMET: "danger",
    Stage.DISPUTED: "warning",
}
SAYS_LOOK = {
    Says.NOTHING: "neutral",
    Says.PROMISED: "neutral",
    Says.DELIVERED: "info",
    Says.VERIFIED: "success",
    Says.UNMET: "danger",
}
STAGE_WORDS, SAYS_WORDS = dict(STAGES), dict(SAYS)
SIDE_WORDS, PARTY_WORDS, PERIOD_WORDS = dict(SIDES), dict(PARTIES), dict(PERIODS)


def stage_badge(stage: str) -> SafeString:
    """How an obligation stands."""
    return badge(STAGE_LOOK[Stage(stage)], STAGE_WORDS[Stage(stage)])


def says_badge(says: str) -> SafeString:
    """What a side says."""
    return badge(SAYS_LOOK[Says(says)], SAYS_WORDS.get(Says(says)) or _("未表态"))


def amount(number: int | None, unit: str) -> str:
    """A number with its unit; yes or no where that is what is asked."""
    if number is None:
        return "—"
    if unit == "flag":
        return _("是") if number else _("否")
    name = words(label(unit))
    return f"{number}{name}" if name == "%" else f"{number} {name}".strip()


def target_words(row: Mapping[str, Any]) -> str:
    """The target, or that it is still to be agreed; nothing where nothing is counted."""
    if not row["unit"]:
        return "—"
    if row["target"] is None:
        return _("待双方约定（%(unit)s）") % {"unit": words(label(row["unit"])) or _("是否")}
    return amount(row["target"], row["unit"])


def is_unsure(mark: str) -> bool:
    """Whether readers must see that a target is to be confirmed."""
    return mark in ("inferred", "recalled")


def period_words(kind: str, number: int) -> str:
    """Which period of the duty it is."""
    count = {"month": _("第 %(n)d 个月"), "quarter": _("第 %(n)d 季"), "year": _("第 %(n)d 年")}.get(kind)
    return count % {"n": number} if count else str(PERIOD_WORDS.get(kind, kind))  # type: ignore[call-overload]


def holder_link(holder: str) -> tuple[str, str]:
    """Where a duty comes from: its name and page."""
    kind, _colon, number = holder.partition(":")
    names = {"agreement": _("协议"), "plan": _("规划与任务")}
    pages = {"agreement": "agreements:detail", "plan": "plans:detail"}
    if kind not in names:
        return holder, ""
    return names[kind], link(pages[kind], number)


def rule_link(pack: str, rule: str) -> str:
    """The page of a rule."""
    return link("policy:rule", pack, rule) if rule else ""


def rule_title(pack: str, rule: str) -> str:
    """The title of a rule; its id where the pack has it no more."""
    found = load_pack(pack).rules.get(rule)
    return words(found.title) if found else rule


def specialty_words(pack: str, specialty: str) -> str:
    """A department's specialty."""
    found = load_pack(pack).specialties.get(specialty)
    return words(found.title) if found else specialty


def mark_words(mark: str) -> str:
    """How a target is known."""
    return _("双方约定") if mark == AGREED else ""
