"""Who may be named as an expert: judged by the policy pack, each objection with its rule and clause.

    judge(candidate, wanted, pack) -> reasons

A pure function of plain values: nothing here reads the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from duikou.engines.credits.days import add_months
from duikou.engines.text import Text
from duikou.policy import Pack, Rule

EXPERT, ASKED, SCOPE, WRITTEN_SCOPES = "TEL-06", "TEL-05", "CON-04", "PER-16"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides about an expert, as it stands on the day of naming."""

    title: str
    specialty: str
    registered_scope: str
    practising_since: dt.date | None
    kinds: Collection[str]
    tcm: bool = False
    may_sign: bool = True  # has an account with the right to sign
    there: bool = True  # works at the hospital, and is in its pool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for."""

    kind: str
    specialty: str
    title: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Reason:
    """One objection or remark; `blocking` ones refuse the naming."""

    rule: str
    clause: str
    text: Text
    blocking: bool = True


def judge(candidate: Candidate, wanted: Wanted, pack: Pack) -> tuple[Reason, ...]:
    """Everything that speaks against naming the candidate, the blocking reasons first."""
    found = [
        *_able(candidate, wanted, pack.rule(EXPERT)),
        *_asked(candidate, wanted, pack, pack.rule(ASKED)),
        *_scope(candidate, wanted, pack),
    ]
    return tuple(sorted(found, key=lambda reason: not reason.blocking))


def _reason(rule: Rule, zh: str, en: str, *, blocks: bool = True) -> Reason:
    clause = str(rule.clause)
    return Reason(rule.id, clause, Text(zh, en), blocks)


def _able(candidate: Candidate, wanted: Wanted, rule: Rule) -> list[Reason]:
    """TEL-06: registered, able, long enough in independent practice; and with the right to sign here."""
    found = []
    if not candidate.there:
        found.append(
            _reason(rule, "已退出专家库或已离任。", "Has left the pool of experts, or the hospital.")
        )
    if not candidate.registered_scope:
        found.append(
            _reason(rule, "未登记执业注册（执业范围）。", "No registration (scope of practice) is on record.")
        )
    years = rule.value("independent_practice_years")
    assert isinstance(years, int | float)
    since = candidate.practising_since
    if since is None or add_months(since, int(years * 12)) > wanted.on:
        day = since or "—"
        found.append(
            _reason(
                rule,
                f"独立执业起于 {day}，到 {wanted.on} 不满 {years:g} 年。",
                f"In independent practice since {day}: by {wanted.on} less than {years:g} years.",
            )
        )
    if wanted.kind not in candidate.kinds:
        found.append(
            _reason(
                rule,
                "专家库中没有登记可受邀这一类别。",
                "The pool does not say that this kind may be asked of the expert.",
            )
        )
    if not candidate.may_sign:
        found.append(
            _reason(
                rule,
                "没有可签发意见的账号，请先开通并授权。",
                "Has no account with the right to sign opinions; open one first.",
            )
        )
    return found


def _asked(candidate: Candidate, wanted: Wanted, pack: Pack, rule: Rule) -> list[Reason]:
    """TEL-05: the specialty and the title that the invitation names."""
    found = []
    if wanted.title and pack.title_rank(candidate.title) < pack.title_rank(wanted.title):
        asked, held = pack.title_named(wanted.title), pack.title_named(candidate.title)
        found.append(
            _reason(
                rule,
                f"邀请要求{wanted.title}以上，该专家为{candidate.title or '—'}。",
                f"The invitation asks for {asked.title.en if asked else wanted.title} or above; this expert "
                f"is {held.title.en if held else '—'}.",
            )
        )
    if wanted.kind == "tcm" and not candidate.tcm:
        found.append(
            _reason(rule, "中医会诊须由中医专家承担。", "A TCM consultation is for an expert of TCM.")
        )
    elif wanted.kind == "consultation" and candidate.specialty != wanted.specialty:
        found.append(
            _reason(
                rule,
                "本人专业与邀请所需专业不同。",
                "The expert's specialty is not the one that the invitation asks for.",
            )
        )
    return found


def _scope(candidate: Candidate, wanted: Wanted, pack: Pack) -> list[Reason]:
    """CON-04: nobody is invited beyond the registered scope, where the pack says how it is written."""
    written = pack.rules.get(WRITTEN_SCOPES)
    scopes = written.value("scopes") if written and "scopes" in written.parameters else None
    accepted = scopes.get(wanted.specialty, ()) if isinstance(scopes, dict) else ()
    if wanted.kind != "consultation" or not accepted or not candidate.registered_scope:
        return []
    if any(scope in candidate.registered_scope for scope in accepted):
        return []
    return [
        _reason(
            pack.rule(SCOPE),
            f"执业范围为“{candidate.registered_scope}”，不包括所需专业（应为{'、'.join(accepted)}）。",
            f"The registered scope “{candidate.registered_scope}” does not include the specialty "
            f"({', '.join(accepted)}).",
        )
    ]
