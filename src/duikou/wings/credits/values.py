"""What a certificate keeps of a credit or a service, and how it differs from the data of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from duikou.engines.credits import Service, service
from duikou.wings.credits.histories import POSTING, Part
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.reckoning import Credit, credits_of_person
from duikou.wings.credits.rules import Cited, ServiceTerms, service_terms

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """Service of a person under one rule, up to a day."""

    terms: ServiceTerms
    result: Service
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a certificate says and the data of today do not."""

    label: str
    issued: str
    now: str


def credit_values(credit: Credit) -> Values:
    """What is kept of a credit."""
    found = credit.result
    first, last = dt.date(credit.year, 1, 1), dt.date(credit.year, 12, 31)
    return {
        "cited": _cited(credit.terms.cited),
        "months": credit.terms.rule.months,
        "days": found.days,
        "counted": found.counted,
        "needed": found.needed,
        "full_on": _day(found.full_on),
        "stays": [_stay(part, first, last, credit.year) for part in credit.parts],
    }


def service_values(served: Served) -> Values:
    """What is kept of a service."""
    found, rule = served.result, served.terms.rule
    return {
        "cited": _cited(served.terms.cited),
        "months": rule.months,
        "stay_months": rule.stay_months,
        "days": found.days,
        "needed": found.needed,
        "full_on": _day(found.full_on),
        "stays": [_stay(part, part.first, part.last, None) for part in served.parts],
    }


def _cited(cited: Cited) -> Values:
    return {
        "id": cited.id,
        "clause": cited.clause,
        "mark": cited.mark,
        "documents": [
            [one.id, f"《{one.title.zh}》{one.number and f'（{one.number}）'}", one.title.en]
            for one in cited.documents
        ],
    }


def _stay(part: Part, first: dt.date, last: dt.date, year: int | None) -> Values:
    inside = replace(part, stay=replace(part.stay, first=max(first, part.first), last=min(last, part.last)))
    verdict = ""
    if year is not None:
        passed, failed = year in part.stay.passed, year in part.stay.failed
        verdict = "passed" if passed else "failed" if failed else "none"
    return {
        "id": part.pk,
        "host": part.host,
        "first": inside.first.isoformat(),
        "last": inside.last.isoformat(),
        "away": inside.away,
        "verdict": verdict,
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


# ---------------------------------------------------------------- service


def services(parts: Sequence[Part], day: dt.date) -> list[Served]:
    """What the postings of a person amount to under each rule of the pack of the last one."""
    posted = [part for part in parts if part.kind == POSTING]
    if not posted:
        return []
    return [_served(posted, terms) for terms in service_terms(posted[-1].pack, day)]


def _served(posted: Sequence[Part], terms: ServiceTerms) -> Served:
    stays = [(part.first, part.last) for part in posted]
    leaves = [leave for part in posted for leave in part.stay.leaves]
    return Served(terms, service(stays, leaves, terms.rule), tuple(posted))


# ---------------------------------------------------------------- then and now


def cut(parts: Iterable[Part], until: dt.date) -> list[Part]:
    """The stays as they were known up to a day."""
    return [
        replace(part, stay=replace(part.stay, last=min(part.last, until)))
        for part in parts
        if part.first <= until
    ]


def current(certificate: Certificate, parts: Sequence[Part]) -> tuple[Values, str] | None:
    """What the certificate would say if it were issued now for the same days, and the rule's fingerprint.

    `parts` are the stays of its person. None when there is nothing left to certify.
    """
    known = cut(parts, certificate.until)
    if certificate.kind == Certificate.Kind.SERVICE:
        for served in services(known, certificate.until):
            if served.terms.key == certificate.rule:
                return service_values(served), served.terms.cited.digest
        return None
    for credit in credits_of_person([part for part in known if part.kind == certificate.kind]):
        if credit.year == certificate.year:
            return credit_values(credit), credit.terms.cited.digest
    return None


def differences(certificate: Certificate, parts: Sequence[Part]) -> list[Difference]:
    """What has changed since the certificate was issued; empty when it still agrees."""
    now = current(certificate, parts)
    if now is None:
        return [Difference(_("依据的记录"), _("有"), _("已没有"))]
    values, digest = now
    found = [
        Difference(label, said(certificate.values, name), said(values, name))
        for name, label in labels().items()
        if certificate.values.get(name) != values.get(name)
    ]
    if digest != certificate.rule_digest:
        found.append(Difference(_("规则"), certificate.rule_digest[:8], digest[:8]))
    return found


def labels() -> dict[str, str]:
    """Names of the values, in the order of the page."""
    return {
        "months": _("应满月数"),
        "stay_months": _("每次应满月数"),
        "days": _("在岗天数"),
        "counted": _("考核合格的天数"),
        "needed": _("应满天数"),
        "full_on": _("满足日期"),
        "stays": _("各次驻点、进修"),
    }


def said(values: Values, name: str) -> str:
    """A value in words."""
    found = values.get(name)
    if name == "stays":
        return "；".join(stay_words(stay) for stay in found or ()) or "—"
    return "—" if found in (None, "") else str(found)


def stay_words(stay: Values) -> str:
    """A stay in one line."""
    words = f"{stay['host']} {stay['first']} – {stay['last']}"
    if stay["away"]:
        words += " · " + _("请假 %(days)s 天") % {"days": stay["away"]}
    if stay["verdict"]:
        words += " · " + verdict_words(stay["verdict"])
    return words


def verdict_words(verdict: str) -> str:
    """An appraisal in words."""
    return {"passed": _("考核合格"), "failed": _("考核不合格"), "none": _("未考核")}.get(verdict, "—")
