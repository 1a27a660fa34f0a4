"""Consents given, confirmed in writing, withdrawn. Each purpose is asked for apart (SEC-04)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents, guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.models import StoredDocument
from duikou.core.scope import Actor
from duikou.wings.patients import followers, identity
from duikou.wings.patients.actions import _common
from duikou.wings.patients.catalogue import CHILDREN, ORAL, cite, number, purpose_label, purposes
from duikou.wings.patients.models import Consent, Patient

Giver, Way = Consent.Giver, Consent.Way
SCANS = ("pdf", "png", "jpeg")


@dataclass(frozen=True, slots=True)
class Scan:
    """A signed paper as a file."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """Who agreed, how and when."""

    purpose: str
    giver: str
    way: str
    given_at: dt.datetime
    giver_name: str = ""
    giver_relation: str = ""
    why_not_patient: str = ""
    kept_at: str = ""
    circumstances: str = ""
    witness_one: str = ""
    witness_two: str = ""


def give_consent(*, actor: Actor, patient: Patient, said: Said, scan: Scan | None = None) -> Consent:
    """Record a consent. Raises Invalid, naming rule and clause, for one that the rules do not take."""
    place = _common.reach(actor, patient, "patient.consent")
    with act("patient.consent", actor=actor, permission="patient.consent", on=place, target=patient) as event:
        _common.standing(patient)
        asked = purposes().get(said.purpose)
        if asked is None:
            raise refused("purpose", _("请选择同意事项。"))
        _common.happened(said.given_at, "given_at")
        by = _given_by(patient, said)
        how = _given_how(said, scan)
        try:
            with transaction.atomic():
                consent = Consent.objects.create(
                    patient=patient,
                    purpose=asked.id,
                    rule=asked.rule,
                    text_version=asked.version,
                    giver=said.giver,
                    way=said.way,
                    given_at=said.given_at,
                    document=_kept(actor, patient, scan),
                    recorded_by_id=actor.user_id,
                    demonstration=patient.demonstration,
                    **by,
                    **how,
                )
        except IntegrityError as error:
            raise Conflict(_("这项同意已经登记。请刷新页面。")) from error
        event.note(
            patient,
            after={"purpose": asked.id, "giver": said.giver, "way": said.way, "consent": consent.pk},
            scope_path=patient.scope_path,
        )
    return consent


def _given_by(patient: Patient, said: Said) -> dict[str, str]:
    """Who agreed: the patient, or somebody for the patient with a reason (TEL-04)."""
    birth = patient.birth_date
    assert birth is not None
    day = timezone.localtime(said.given_at).date()
    if day < birth:
        raise refused("given_at", _("同意时间早于出生日期，请核对。"))
    if said.giver not in Giver.values:
        raise refused("giver", _("请选择由谁同意。"))
    if said.giver == Giver.PATIENT:
        if identity.age_on(birth, day) < (least := number(CHILDREN, "child_age_below")):
            raise refused(
                "giver",
                _("患者当时不满 %(years)s 周岁，须由监护人同意（规则 %(rule)s）。")
                % {"years": least, "rule": cite(CHILDREN)},
            )
        return {}
    why = said.why_not_patient.strip()
    if not why:
        raise refused(
            "why_not_patient",
            _("不由患者本人同意的，须写明原因（规则 %(rule)s）。") % {"rule": cite("TEL-04")},
        )
    return {
        "giver_name": identity.tidy_name(guard.line(said.giver_name, "giver_name", _("同意人姓名"), 60)),
        "giver_relation": guard.line(said.giver_relation, "giver_relation", _("与患者的关系"), 40),
        "why_not_patient": guard.line(why, "why_not_patient", _("原因"), 300),
    }


def _given_how(said: Said, scan: Scan | None) -> dict[str, object]:
    """How: signed, or in an emergency by word of mouth before two witnesses (PAT-04)."""
    if said.way == Way.WRITTEN:
        kept = guard.line(said.kept_at, "kept_at", _("签字原件存放处"), 120, required=False)
        if scan is None and not kept:
            raise refused(
                "file",
                _("书面同意须附签字件的扫描，或写明签字原件存放处（规则 %(rule)s）。")
                % {"rule": cite("TEL-04")},
            )
        return {"kept_at": kept}
    if said.way != Way.ORAL:
        raise refused("way", _("请选择同意的方式。"))
    names = [identity.tidy_name(said.witness_one), identity.tidy_name(said.witness_two)]
    if not all(names) or names[0] == names[1] or identity.tidy_name(said.giver_name) in names:
        raise refused(
            "witness_two",
            _("口头同意须有 %(number)s 名不同的见证人，同意人不能作见证（规则 %(rule)s）。")
            % {"number": number(ORAL, "witnesses"), "rule": cite(ORAL)},
        )
    return {
        "witness_one": guard.line(names[0], "witness_one", _("见证人"), 60),
        "witness_two": guard.line(names[1], "witness_two", _("见证人"), 60),
        "circumstances": guard.line(said.circumstances, "circumstances", _("紧急情形"), 300),
        "stands_until": said.given_at + dt.timedelta(hours=number(ORAL, "confirm_hours")),
    }


def _kept(actor: Actor, patient: Patient, scan: Scan | None) -> StoredDocument | None:
    if scan is None:
        return None
    return documents.keep(
        scan.content, filename=scan.filename, scope_path=patient.scope_path, actor=actor, kinds=SCANS
    )


def confirm_consent(
    *, actor: Actor, consent: Consent, at: dt.datetime, scan: Scan | None = None, kept_at: str = ""
) -> Consent:
    """The written confirmation of an oral consent; late, it stands anew from then on."""
    patient = consent.patient
    place = _common.reach(actor, patient, "patient.consent")
    with act(
        "patient.consent_confirmed", actor=actor, permission="patient.consent", on=place, target=patient
    ) as event:
        _common.standing(patient)
        if consent.way != Way.ORAL:
            raise Conflict(_("只有口头同意需要书面确认。"))
        _common.happened(at, "at")
        if at < consent.given_at:
            raise refused("at", _("确认时间早于同意时间，请核对。"))
        kept = guard.line(kept_at, "kept_at", _("签字原件存放处"), 120, required=False)
        if scan is None and not kept:
            raise refused("file", _("请附签字件的扫描，或写明签字原件存放处。"))
        changes: dict[str, object] = {"confirmed_at": at, "confirmed_by": actor.user_id, "kept_at": kept}
        if paper := _kept(actor, patient, scan):
            changes["document"] = paper
        rows = Consent.objects.filter(pk=consent.pk, confirmed_at=None, withdrawn_at=None)
        if not rows.update(**changes):
            raise Conflict(_("这项同意已经确认或撤回。请刷新页面。"))
        consent.refresh_from_db()
        event.note(
            patient,
            after={"purpose": consent.purpose, "consent": consent.pk, "confirmed_at": at},
            scope_path=patient.scope_path,
        )
    return consent


def withdraw_consent(*, actor: Actor, consent: Consent, at: dt.datetime, by: str, note: str = "") -> Consent:
    """A consent taken back: nobody needs a reason for that. What happened before stays allowed."""
    patient = consent.patient
    place = _common.reach(actor, patient, "patient.consent")
    with act(
        "patient.consent_withdrawn", actor=actor, permission="patient.consent", on=place, target=patient
    ) as event:
        _common.standing(patient)
        if by not in Giver.values:
            raise refused("by", _("请选择由谁撤回。"))
        _common.happened(at, "at")
        if at < max(filter(None, (consent.given_at, consent.confirmed_at))):
            raise refused("at", _("撤回时间早于同意时间，请核对。"))
        note = guard.line(note, "note", _("撤回说明"), 500, required=False)
        won = Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(
            withdrawn_at=at, withdrawn_by=by, withdrawn_note=note, withdrawal_recorded_by=actor.user_id
        )
        if not won:
            raise Conflict(
                _("“%(purpose)s”的这项同意已经撤回。请刷新页面。")
                % {"purpose": purpose_label(consent.purpose)}
            )
        consent.refresh_from_db()
        followers.withdrawn(consent)
        event.note(
            patient,
            after={"purpose": consent.purpose, "consent": consent.pk, "withdrawn_at": at},
            scope_path=patient.scope_path,
        )
    return consent
