"""Who may be posted: judged by the policy pack in force, each objection with its rule and clause.

    judge(candidate, wanted, pack) -> reasons

A pure function of plain values: nothing here reads the database. What the pack leaves open is not
asked; what only our own reading says (rules of force `check`) is told apart from what a rule demands.
Team size, length of stay and "never without posted staff" are asked where a *binding* PER rule of the
pack sets them: the 2012 and 2014 documents do not, later and other provinces' packs do (PER-09, PER-10).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duikou.engines.credits.days import add_months
from duikou.engines.text import Text
from duikou.policy import Pack, Rule
from duikou.policy.vocabulary import Force

FLOOR, SCOPE, TWICE, ON_REQUEST, MANAGERS = "PER-01", "PER-16", "PER-17", "AGR-09", "PER-04"
SENIOR = "高年资"  # before an attending title: held for `senior_attending_years`
OFFICES = {"president": "院长", "vice_president": "副院长", "head": "科室主任", "deputy_head": "科室副主任"}


@dataclass(frozen=True, slots=True)
class Stay:
    """Days of another posting of the person, both included, and where."""

    first: dt.date
    last: dt.date
    place: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides about a person, as it stands on the day of nomination."""

    title: str
    title_since: dt.date | None = None
    specialty: str = ""
    registered_scope: str = ""
    stays: Sequence[Stay] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person is to be posted for."""

    specialty: str
    first: dt.date
    last: dt.date
    title: str = ""  # that the recipient asked for at least
    office: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One objection or remark; `blocking` ones refuse the nomination."""

    rule: str
    clause: str
    text: Text
    blocking: bool = True


def judge(candidate: Candidate, wanted: Wanted, pack: Pack) -> tuple[Reason, ...]:
    """Everything that speaks against posting the candidate, the blocking reasons first."""
    rules = pack.on(wanted.first)
    found = [
        *_floor(candidate, wanted, pack, rules.get(FLOOR)),
        *_asked_title(candidate, wanted, pack, rules.get(ON_REQUEST)),
        *_office(wanted, rules),
        *_stay(wanted, rules.values()),
        *_scope(candidate, wanted, rules.get(SCOPE)),
        *_twice(candidate, wanted, rules.get(TWICE)),
    ]
    return tuple(sorted(found, key=lambda reason: not reason.blocking))


def blocking(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Those that refuse the nomination."""
    return tuple(reason for reason in reasons if reason.blocking)


def demanded(rules: Sequence[Rule], name: str) -> tuple[Rule, int] | None:
    """The strictest value of a parameter among binding PER rules, with its rule; None where none sets it."""
    found = [
        (rule, int(value))
        for rule in rules
        if rule.id.startswith("PER-") and rule.force is Force.BINDING and name in rule.parameters
        for value in [rule.value(name)]
        if isinstance(value, int | float)
    ]
    return max(found, key=lambda pair: pair[1], default=None)


def _reason(rule: Rule, zh: str, en: str, *, blocks: bool = True) -> Reason:
    return Reason(rule.id, rule.clause, Text(zh, en), blocks)


def _floor(candidate: Candidate, wanted: Wanted, pack: Pack, rule: Rule | None) -> list[Reason]:
    """PER-01: the title itself, or the attending title held long enough to be senior."""
    value = rule.value("minimum_titles") if rule and "minimum_titles" in rule.parameters else None
    if rule is None or not isinstance(value, tuple):
        return []
    least = [str(name) for name in value]
    floor_zh, floor_en = "或".join(least), " or ".join(pack.word(name).en for name in least)
    held = pack.title_named(candidate.title)
    if held is None:
        name = candidate.title or "—"
        return [
            _reason(
                rule,
                f"职称“{name}”不在职称目录中，无法核对；应为{floor_zh}以上。",
                f"The title “{name}” is not in the catalogue of titles; wanted: {floor_en}, or above.",
            )
        ]
    plain = min((pack.title_rank(name) for name in least if not name.startswith(SENIOR)), default=5)
    senior = min(
        (pack.title_rank(name.removeprefix(SENIOR)) for name in least if name.startswith(SENIOR)), default=5
    )
    if held.rank >= plain:
        return []
    if held.rank < senior:
        return [
            _reason(
                rule,
                f"职称为{candidate.title}，低于要求：应为{floor_zh}以上。",
                f"The title is {held.title.en}; wanted: {floor_en}, or above.",
            )
        ]
    return _seniority(candidate, wanted, rule, held.title)


def _seniority(candidate: Candidate, wanted: Wanted, rule: Rule, title: Text) -> list[Reason]:
    years = rule.value("senior_attending_years") if "senior_attending_years" in rule.parameters else None
    if not isinstance(years, int | float):
        return [
            _reason(
                rule,
                f"职称为{candidate.title}；“高年资”没有定义，由受援医院认定。",
                f"The title is {title.en}; “senior” is not defined, so the recipient decides.",
                blocks=False,
            )
        ]
    confirm = rule.parameters["senior_attending_years"].mark.to_confirm
    zh, en = ("（年数待核实）", " (years to be confirmed)") if confirm else ("", "")
    if candidate.title_since is None:
        return [
            _reason(
                rule,
                f"职称为{candidate.title}，未登记任职时间；任职须满 {years:g} 年{zh}。",
                f"The title is {title.en}, without the day since when; {years:g} years are needed{en}.",
            )
        ]
    if add_months(candidate.title_since, int(years * 12)) > wanted.first:
        return [
            _reason(
                rule,
                f"{candidate.title_since} 起任{candidate.title}，到 {wanted.first} 不满 {years:g} 年{zh}，"
                "不算高年资。",
                f"{title.en} since {candidate.title_since}: by {wanted.first} less than {years:g} years{en}, "
                "so not senior.",
            )
        ]
    return []


def _asked_title(candidate: Candidate, wanted: Wanted, pack: Pack, rule: Rule | None) -> list[Reason]:
    """AGR-09: the supporter sends what the recipient asks for."""
    least = pack.title_rank(wanted.title.removeprefix(SENIOR))
    if rule is None or not wanted.title or pack.title_rank(candidate.title) >= least:
        return []
    return [
        _reason(
            rule,
            f"受援医院要求{wanted.title}以上，该人员为{candidate.title or '—'}。",
            f"The recipient asks for {_english(pack, wanted.title)} or above; "
            f"this person is {_english(pack, candidate.title)}.",
        )
    ]


def _english(pack: Pack, title: str) -> str:
    found = pack.title_named(title)
    return found.title.en if found else (pack.word(title).en if title else "—")


def _office(wanted: Wanted, rules: dict[str, Rule]) -> list[Reason]:
    """PER-03, PER-04: which offices a posted manager may take."""
    rule = rules.get(MANAGERS)
    if not wanted.office or rule is None or "posts" not in rule.parameters:
        return []
    posts = rule.value("posts")
    name = OFFICES.get(wanted.office, wanted.office)
    if not isinstance(posts, tuple) or name in posts:
        return []
    listed = [str(post) for post in posts]
    return [
        _reason(
            rule,
            f"挂职职务“{name}”不在允许之列：{'、'.join(listed)}。",
            f"The office “{wanted.office}” is not among those allowed: {', '.join(listed)}.",
        )
    ]


def _stay(wanted: Wanted, rules: Iterable[Rule]) -> list[Reason]:
    """A stay shorter than a binding rule asks for; managers may have a longer one."""
    listed = list(rules)
    asked = demanded(listed, "stay_months")
    if wanted.office:
        asked = demanded(listed, "manager_stay_months") or asked
    if asked is None or add_months(wanted.first, asked[1]) - dt.timedelta(days=1) <= wanted.last:
        return []
    rule, months = asked
    return [
        _reason(
            rule,
            f"{wanted.first} 至 {wanted.last} 不满 {months} 个月。",
            f"{wanted.first} to {wanted.last} is less than {months} months.",
        )
    ]


def _scope(candidate: Candidate, wanted: Wanted, rule: Rule | None) -> list[Reason]:
    """PER-16: own specialty and registered scope; what is not on record cannot be checked."""
    if rule is None:
        return []
    found: list[Reason] = []
    scopes = rule.value("scopes") if "scopes" in rule.parameters else None
    accepted = scopes.get(wanted.specialty, ()) if isinstance(scopes, dict) else ()
    written = candidate.registered_scope
    if accepted and not written:
        found.append(
            _reason(
                rule,
                "未登记执业范围，请人工核对。",
                "No registered scope is on record; check by hand.",
                blocks=False,
            )
        )
    elif accepted and not any(scope in written for scope in accepted):
        found.append(
            _reason(
                rule,
                f"执业范围为“{written}”，不包括所需专业（应为{'、'.join(accepted)}）。",
                f"The registered scope “{written}” does not include the specialty ({', '.join(accepted)}).",
            )
        )
    if candidate.specialty and candidate.specialty != wanted.specialty and not wanted.office:
        found.append(
            _reason(
                rule,
                "本人登记的专业与所需专业不同，请人工核对。",
                "The person's own specialty differs from the one that is wanted; check by hand.",
                blocks=False,
            )
        )
    return found


def _twice(candidate: Candidate, wanted: Wanted, rule: Rule | None) -> list[Reason]:
    """PER-17: nobody is posted to two places at once."""
    if rule is None:
        return []
    return [
        _reason(
            rule,
            f"{stay.first} 至 {stay.last} 已派驻“{stay.place}”，与 {wanted.first} 至 {wanted.last} 重叠。",
            f"Posted to “{stay.place}” from {stay.first} to {stay.last}, which overlaps {wanted.first} to "
            f"{wanted.last}.",
        )
        for stay in candidate.stays
        if stay.first <= wanted.last and stay.last >= wanted.first
    ]
