"""The inviting side: the case and the request, its files, the own medical office, sending."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents, guard
from duikou.core.actions import act, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import SYSTEM, Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.hospitals import catalogue as register
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.models import Study
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients import actions as patients
from duikou.wings.patients import consents
from duikou.wings.patients.models import Patient, Share
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.models import CaseFile, Consultation

State = Consultation.State
PURPOSE = "consultation"  # of the patient's consent
UPLOAD = "case"  # what resumable uploads of case files are for
MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class Request:
    """The case and what is asked about it."""

    kind: str
    urgency: str
    reason_wanted: str
    aim: str
    specialty: str
    diagnosis: str
    summary: str
    title: str = ""
    history: str = ""
    examinations: str = ""
    live: bool = False
    wanted_at: dt.datetime | None = None


def create(
    *, actor: Actor, patient: Patient, invited: Hospital, request: Request, key: str = ""
) -> Consultation:
    """Begin a case for another hospital's opinion; `key`: of the form, so that one sent twice is one row.

    Raises Denied for who may not ask where the patient is held; Invalid with every field that lacks.
    """
    with act(
        "consultation.create", actor=actor, permission="consult.request", on=patient.scope_path
    ) as event:
        if patient.merged_into_id or patient.erased_at:
            raise Conflict(_("这份患者档案已合并或销毁，不能再办理。请用现行的档案。"))
        if invited.pk == patient.hospital_id:
            raise refused("invited", _("请选择另一家医院；院内会诊不在这里办理。"))
        values = _checked(request)
        same = Consultation.objects.filter(requested_by=actor.user_id, request_key=key)
        if key and (made := same.first()):
            return made
        try:
            with transaction.atomic():
                made = Consultation.objects.create(
                    patient=patient,
                    inviting=patient.hospital,
                    department=patient.department,
                    invited=invited,
                    pairing=pairing_of(invited, patient.hospital, timezone.localdate()),
                    home_path=patient.scope_path,
                    host_path=invited.scope_path,
                    requested_by_id=actor.user_id,
                    requested_name=actor.label[:120],
                    request_key=key[:40],
                    demonstration=patient.demonstration,
                    **values,
                )
        except IntegrityError:
            if key and (made_meanwhile := same.first()):
                return made_meanwhile
            raise
        # The trail names the kind and the hospitals, never what the case says.
        event.note(made, after={"kind": made.kind, "invited": invited.name, "urgency": made.urgency})
    return made


def edit(*, actor: Actor, one: Consultation, request: Request, version: int | None = None) -> Consultation:
    """Change a draft, or complete what was returned."""
    with act("consultation.edit", actor=actor, permission="consult.request", on=one.home_path, target=one):
        values = _checked(request)
        rows = Consultation.objects.filter(
            pk=one.pk, state__in=(State.DRAFT, State.RETURNED), version=version or one.version
        )
        if not rows.update(version=F("version") + 1, **values):
            raise _common.conflict(one)
        one.refresh_from_db()
    return one


def add_file(
    *, actor: Actor, one: Consultation, part: str, title: str, filename: str, content: bytes
) -> CaseFile:
    """Add a file to the case while it is written or completed; judged by its content (no SVG, HTML, zip)."""
    with act(
        "consultation.add_file", actor=actor, permission="consult.request", on=one.home_path, target=one
    ) as event:
        _open_for_files(one)
        if part not in CaseFile.Part.values:
            raise refused("part", _("请选择资料类别。"))
        if one.files.filter(removed_at=None).count() >= MOST_FILES:
            raise refused("file", _("一次会诊最多 %(most)s 份资料。") % {"most": MOST_FILES})
        title = guard.line(title, "title", _("名称"), 120, required=False)
        kept = documents.keep(content, filename=filename, scope_path=one.home_path, actor=actor)
        made = CaseFile.objects.create(
            consultation=one,
            part=part,
            title=title or kept.filename,
            document=kept,
            added_by_id=actor.user_id,
            demonstration=one.demonstration,
        )
        event.note(after={"part": part, "sha256": kept.sha256})
    return made


def add_uploaded_file(*, actor: Actor, one: Consultation, part: str, title: str, upload: str) -> CaseFile:
    """The same with a file that came in pieces, and may have come over a bad line; judged as any other."""
    with together():
        taken, path = uploads.take(actor=actor, key=upload, kind=UPLOAD)
        return add_file(
            actor=actor,
            one=one,
            part=part,
            title=title,
            filename=taken.filename,
            content=path.read_bytes(),
        )


def remove_file(*, actor: Actor, file: CaseFile) -> CaseFile:
    """Take a file out of the case; the record keeps that it was there."""
    one = file.consultation
    with act(
        "consultation.remove_file", actor=actor, permission="consult.request", on=one.home_path, target=one
    ):
        _open_for_files(one)
        won = CaseFile.objects.filter(pk=file.pk, removed_at=None).update(
            removed_at=timezone.now(), removed_by=actor.user_id
        )
        if not won:
            raise Conflict(_("这份资料已经移除。请刷新页面。"))
        file.refresh_from_db()
    return file


def choose_studies(*, actor: Actor, one: Consultation, studies: Sequence[Study]) -> Consultation:
    """Which studies of the patient go with the case; the invited side sees them once it is sent."""
    with act(
        "consultation.studies", actor=actor, permission="consult.request", on=one.home_path, target=one
    ) as event:
        _open_for_files(one)
        survivor = consents.survivor(one.patient)
        for study in studies:
            if study.patient_id not in (one.patient_id, survivor.pk):
                raise refused("studies", _("所选检查不是这名患者的。"))
            if study.state != Study.State.READY:
                raise refused("studies", _("所选检查还不能阅片或已撤下。"))
        one.studies.set(studies)
        event.note(after={"studies": [study.study_uid for study in studies]})
    return one


def _grant_studies(actor: Actor, one: Consultation) -> None:
    """Let the invited hospital see the chosen studies, while it sees the patient."""
    for study in one.studies.filter(state=Study.State.READY).select_related("hospital"):
        imaging.grant(
            actor=actor, study=study, hospital=one.invited, reference=one.reference, path=one.host_path
        )


def submit(*, actor: Actor, one: Consultation, version: int | None = None) -> Consultation:
    """To the own medical office; the patient's consent must stand."""
    with together():
        consents.demand(one.patient, PURPOSE)
        _common.step(one, "submit", actor=actor, version=version)
    return one


def send_back(*, actor: Actor, one: Consultation, reason: str, version: int | None = None) -> Consultation:
    """The own medical office wants changes."""
    _common.step(one, "send_back", actor=actor, reason=reason, version=version)
    return one


def approve(*, actor: Actor, one: Consultation, version: int | None = None) -> Consultation:
    """The own medical office approves (CON-02): it is sent, and the invited hospital sees the patient."""
    with together():
        consent = consents.demand(one.patient, PURPOSE)
        changes = {
            "consent_id": consent.pk,
            "sent_at": timezone.now(),
            "approved_name": actor.label[:120],
        }
        _common.step(one, "approve", actor=actor, version=version, changes=changes)
        patients.share(
            actor=actor,
            patient=consents.survivor(one.patient),
            hospital=one.invited,
            kind=Share.Kind.CONSULTATION,
            path=one.host_path,
            reference=one.reference,
        )
        _grant_studies(actor, one)
    return one


def resend(*, actor: Actor, one: Consultation, version: int | None = None) -> Consultation:
    """Completed: the invited side's clock runs anew."""
    with together():
        consents.demand(one.patient, PURPOSE)
        _common.step(one, "resend", actor=actor, version=version)
        if one.studies.exists():
            imaging.end_grants(actor=SYSTEM, reference=one.reference)  # those that were taken out
            _grant_studies(actor, one)
    return one


def withdraw(*, actor: Actor, one: Consultation, reason: str, version: int | None = None) -> Consultation:
    """The inviting side takes it back before an opinion was signed."""
    with together():
        _common.step(one, "withdraw", actor=actor, reason=reason, version=version)
        _common.end_access(one)
    return one


def pairing_of(supporter: Hospital, recipient: Hospital, day: dt.date) -> Pairing | None:
    """The pairing of two hospitals that lasts on a day, the newest where there are several."""
    rows = Pairing.objects.filter(supporter=supporter, recipient=recipient, start__lte=day, end__gte=day)
    return rows.order_by("-start", "-pk").first()


def _open_for_files(one: Consultation) -> None:
    if not Consultation.objects.filter(pk=one.pk, state__in=(State.DRAFT, State.RETURNED)).exists():
        raise _common.conflict(one)


def _checked(request: Request) -> dict[str, Any]:
    """Columns for a request (TEL-05: reason, aim, time, record summary, specialty, title)."""
    if request.kind not in Consultation.Kind.values:
        raise refused("kind", _("请选择类别。"))
    if request.urgency not in Consultation.Urgency.values:
        raise refused("urgency", _("请选择紧急程度。"))
    if request.specialty not in dict(register.specialty_choices()):
        raise refused("specialty", _("请从列表中选择所需专业。"))
    if request.title and not catalogue.pack().title_rank(request.title):
        raise refused("title", _("职称“%(found)s”不在职称目录中。") % {"found": request.title})
    if request.live and request.wanted_at is None:
        raise refused("wanted_at", _("希望实时连线的，请填写希望的时间。"))
    if request.wanted_at is not None and request.wanted_at <= timezone.now():
        raise refused("wanted_at", _("希望的时间须在现在之后。"))
    return {
        "kind": request.kind,
        "urgency": request.urgency,
        "specialty": request.specialty,
        "title": request.title,
        "live": request.live,
        "wanted_at": request.wanted_at,
        "reason_wanted": guard.line(request.reason_wanted, "reason_wanted", _("会诊理由"), 500),
        "aim": guard.line(request.aim, "aim", _("会诊目的"), 500),
        "diagnosis": guard.line(request.diagnosis, "diagnosis", _("初步诊断"), 500),
        "summary": guard.line(request.summary, "summary", _("病历摘要"), 8000),
        "history": guard.line(request.history, "history", _("既往史"), 4000, required=False),
        "examinations": guard.line(
            request.examinations, "examinations", _("检查与用药"), 8000, required=False
        ),
    }
