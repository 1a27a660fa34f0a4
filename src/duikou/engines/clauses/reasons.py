"""Why a clause is weaker than the template's, in words."""

from __future__ import annotations

from duikou.engines.clauses.model import Party, Reason
from duikou.engines.clauses.texts import shown
from duikou.engines.text import Text

_PARTIES = {
    Party.SUPPORTER: ("甲方（支援医院）", "party A (supporter)"),
    Party.RECIPIENT: ("乙方（受援医院）", "party B (recipient)"),
    Party.BOTH: ("双方", "both parties"),
}
_MESSAGES = {
    "number_lowered": (
        "数量或期限比范本少或松：应为“{wanted}”，实为“{found}”",
        "a figure is weaker: “{wanted}” became “{found}”",
    ),
    "softened": ("应尽的义务变成可做可不做：“{found}”", "what must be done became optional: “{found}”"),
    "moved_party": ("义务落到了另一方身上：“{found}”", "the duty was handed to somebody else: “{found}”"),
    "cut": ("缺少范本的内容：“{wanted}”", "part of the template is gone: “{wanted}”"),
    "exception": ("附加了使义务落空的例外：“{found}”", "an exception empties the duty: “{found}”"),
    "condition": ("附加了范本没有的条件：“{found}”", "a condition was added: “{found}”"),
    "negated": ("义务被否定：“{found}”", "the duty is negated: “{found}”"),
    "scope_narrowed": ("范围缩小：“{found}”", "the scope is narrower: “{found}”"),
    "deadline_loosened": ("时限放宽：“{found}”", "the deadline is looser: “{found}”"),
    "rank_lowered": (
        "人员资格降低：应为“{wanted}”，实为“{found}”",
        "a lower rank: “{wanted}” became “{found}”",
    ),
    "overridden": ("被另一条推翻：“{found}”", "overruled elsewhere: “{found}”"),
}
_GONE = {
    "softened": ("去掉了“{wanted}”，义务变软", "“{wanted}” is gone, the duty is softer"),
    "scope_narrowed": ("去掉了“{wanted}”，范围变窄", "“{wanted}” is gone, the scope is narrower"),
    "deadline_loosened": ("去掉了“{wanted}”，时限变松", "“{wanted}” is gone, the deadline is looser"),
    "negated": ("去掉了“{wanted}”，禁止变成允许", "“{wanted}” is gone, what was forbidden is allowed"),
    "number_lowered": ("去掉了“{wanted}”，没有数量或期限", "“{wanted}” is gone, no figure is left"),
    "rank_lowered": ("去掉了人员资格“{wanted}”", "the rank “{wanted}” is gone"),
}


def reason(kind: str, *, wanted: str = "", found: str = "") -> Reason:
    """A reason with its words; `found` empty: the words of the template are gone."""
    zh, en = _MESSAGES[kind] if found or kind not in _GONE else _GONE[kind]
    facts = {"wanted": shown(wanted), "found": shown(found)}
    return Reason(kind, Text(zh.format_map(facts), en.format_map(facts)), wanted, found)


def other_party(wanted: Party, found: Party, words: str) -> Reason:
    """The clause stands among the duties of another party."""
    (zh, en), (there_zh, there_en) = _PARTIES[wanted], _PARTIES[found]
    return Reason(
        "moved_party",
        Text(f"应为{zh}的义务，写在了{there_zh}名下", f"a duty of {en} stands among those of {there_en}"),
        zh,
        words,
    )
