"""Every write of credits: recognise, certify, issue anew, revoke. What is issued is never changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, Invalid
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.engines.credits import Standing
from duikou.policy import load_pack
from duikou.wings.agreements.documents import new_code
from duikou.wings.credits.histories import Part
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries.people import credit_of, service_of
from duikou.wings.credits.queries.years import issuable, year_lines
from duikou.wings.credits.reckoning import Credit
from duikou.wings.credits.rules import Cited
from duikou.wings.credits.values import Served, credit_values, service_values
from duikou.wings.people.models import Person

PERMISSION = "credit.issue"


def issue_credit(*, actor: Actor, person: Person, kind: str, year: int) -> Certificate:
    """Recognise a person's credit of a year, by posting or by training, and issue the certificate.

    Raises Invalid, with the rule and what is missing, for a credit that is not met; Conflict when it
    has been recognised; Denied outside the actor's area.
    """
    credit = next((one for one in credit_of(person, year) if one.kind == kind), None)
    place = credit.last.home_path if credit else person.hospital.scope_path
    with act("credit.issue", actor=actor, permission=PERMISSION, on=place) as event:
        _locked(person)
        if credit is None:
            raise Invalid(
                _("%(name)s 在 %(year)s 年没有%(kind)s记录，不能认定学分。请核对人员和年度。")
                % {"name": person.name, "year": year, "kind": kind_words(kind)}
            )
        if not credit.met:
            raise Invalid(lacking(credit))
        if Certificate.objects.standing().filter(person=person, kind=kind, year=year).exists():
            raise Conflict(
                _("%(name)s %(year)s 年的学分已经认定。如数据已更正，请换发。")
                % {"name": person.name, "year": year}
            )
        certificate = Certificate.objects.create(**credit_fields(actor, person, credit))
        event.note(certificate, after=_noted(certificate))
    return certificate


def issue_year(*, actor: Actor, year: int) -> list[Certificate]:
    """Recognise every credit of a year that is met and not issued, in the actor's area: all or none."""
    with together():
        return [
            issue_credit(actor=actor, person=line.person, kind=line.credit.kind, year=year)
            for line in issuable(actor, year_lines(actor, year, PERMISSION))
        ]


def issue_service(*, actor: Actor, person: Person, rule: str) -> Certificate:
    """Certify a person's service before promotion under a rule of the own province.

    Raises Invalid for a rule that the pack does not have or that is another province's, and for a service
    that is too short; Conflict when it has been certified.
    """
    served = service_of(person, rule)
    place = served.parts[-1].home_path if served else person.hospital.scope_path
    with act("credit.certify_service", actor=actor, permission=PERMISSION, on=place) as event:
        _locked(person)
        if served is None:
            raise Invalid(
                _("%(name)s 没有派驻记录，或政策包中没有规则 %(rule)s。请从人员页选择。")
                % {"name": person.name, "rule": rule}
            )
        if not served.terms.applies:
            raise Invalid(
                _("规则 %(rule)s 是外省的做法，只供对照，不能据以开具证明。")
                % {"rule": served.terms.cited.id}
            )
        if not served.result.met:
            raise Invalid(too_short(served))
        if Certificate.objects.standing().filter(person=person, kind="service", rule=rule).exists():
            raise Conflict(
                _("%(name)s 依规则 %(rule)s 的服务证明已经开具。如数据已更正，请换发。")
                % {"name": person.name, "rule": rule}
            )
        certificate = Certificate.objects.create(**service_fields(actor, person, served))
        event.note(certificate, after=_noted(certificate))
    return certificate


def revoke(*, actor: Actor, certificate: Certificate, reason: str) -> Certificate:
    """Take a certificate back, with the reason; it stays on record and its code answers "revoked"."""
    with act("credit.revoke", actor=actor, permission=PERMISSION, on=certificate.home_path) as event:
        reason = require_reason(reason)
        won = Certificate.objects.standing().filter(pk=certificate.pk)
        if not won.update(
            revoked_at=timezone.now(),
            revoked_on=timezone.localdate(),
            revoked_reason=reason,
            revoked_by_id=actor.user_id,
        ):
            raise Conflict(_("这份证明已经撤销。请刷新页面。"))
        certificate.refresh_from_db()
        event.note(certificate, before=_noted(certificate), after=None, reason=reason)
    return certificate


def reissue(*, actor: Actor, certificate: Certificate, reason: str) -> Certificate:
    """Revoke a certificate and issue it anew from the data of today: both, or neither when it is not met."""
    with together():
        revoke(actor=actor, certificate=certificate, reason=reason)
        if certificate.kind == Certificate.Kind.SERVICE:
            return issue_service(actor=actor, person=certificate.person, rule=certificate.rule)
        return issue_credit(
            actor=actor, person=certificate.person, kind=certificate.kind, year=certificate.year or 0
        )


# ---------------------------------------------------------------- rows


def credit_fields(actor: Actor, person: Person, credit: Credit) -> dict[str, Any]:
    """The columns of a credit's certificate."""
    until = min(dt.date(credit.year, 12, 31), timezone.localdate())
    return {
        "kind": credit.kind,
        "year": credit.year,
        "rule": credit.terms.cited.id,
        "until": until,
        "values": _with_title(credit_values(credit), credit.terms.cited, credit.last),
        **_common(actor, person, credit.terms.cited, credit.last),
    }


def service_fields(actor: Actor, person: Person, served: Served) -> dict[str, Any]:
    """The columns of a service's certificate."""
    return {
        "kind": Certificate.Kind.SERVICE,
        "rule": served.terms.key,
        "until": timezone.localdate(),
        "values": _with_title(service_values(served), served.terms.cited, served.parts[-1]),
        **_common(actor, person, served.terms.cited, served.parts[-1]),
    }


def _common(actor: Actor, person: Person, cited: Cited, last: Part) -> dict[str, Any]:
    return {
        "person": person,
        "person_name": person.name,
        "person_title": last.title,
        "hospital_id": last.home_id,
        "hospital_name": last.home,
        "home_path": last.home_path,
        "policy_pack": cited.pack,
        "rule_digest": cited.digest,
        "code": new_code(),
        "issuer": _issuer(actor, last.home_path),
        "issued_on": timezone.localdate(),
        "issued_by_id": actor.user_id,
        "demonstration": person.demonstration or last.demonstration,
    }


def _with_title(values: dict[str, Any], cited: Cited, last: Part) -> dict[str, Any]:
    """With the English name of the holder's title, where the pack knows it: for the English copy."""
    known = load_pack(cited.pack).title_named(last.title)
    return {**values, "title_en": known.title.en if known else ""}


def _issuer(actor: Actor, path: str) -> str:
    """The office in whose name the actor issues: the nearest one above the hospital."""
    offices = [g for g in actor.grants if PERMISSION in g.permissions and contains(g.path, path)]
    return max(offices, key=lambda grant: len(grant.path)).org_name if offices else actor.label


def _locked(person: Person) -> None:
    """One issue at a time for a person."""
    Person.objects.select_for_update().get(pk=person.pk)


def _noted(certificate: Certificate) -> dict[str, object]:
    return {
        "code": certificate.code,
        "kind": certificate.kind,
        "year": certificate.year,
        "rule": certificate.rule,
        "days": certificate.values["days"],
        "needed": certificate.values["needed"],
    }


# ---------------------------------------------------------------- words


def kind_words(kind: str) -> str:
    """Posting or training, in words."""
    return _("派驻") if kind == "posting" else _("进修")


def cite(cited: Cited) -> str:
    """A rule with its clause, for the end of a sentence."""
    return _("规则 %(rule)s，依据 %(clause)s") % {"rule": cited.id, "clause": cited.clause}


def lacking(credit: Credit) -> str:
    """Why a credit is not met."""
    found, values = credit.result, {"year": credit.year, "cite": cite(credit.terms.cited)}
    if found.standing is Standing.SHORT:
        return _(
            "%(year)s 年在岗 %(days)s 天，应满 %(months)s 个月（%(needed)s 天），"
            "还差 %(short)s 天。（%(cite)s）"
        ) % {
            **values,
            "days": found.days,
            "months": credit.terms.rule.months,
            "needed": found.needed,
            "short": found.needed - found.days,
        }
    if found.standing is Standing.FAILED:
        return _("%(year)s 年天数已满，但考核不合格，学分不能认定。（%(cite)s）") % values
    return _("%(year)s 年天数已满，尚缺考核合格的记录。请先由带教或受援一方考核。（%(cite)s）") % values


def too_short(served: Served) -> str:
    """Why a service is too short."""
    found = served.result
    return _("服务 %(days)s 天，%(demands)s，应满 %(needed)s 天。（%(cite)s）") % {
        "days": found.days,
        "demands": served.terms.demands,
        "needed": found.needed if found.needed is not None else "—",
        "cite": cite(served.terms.cited),
    }
