"""One object of every scoped kind inside a place, and one outside: what the walk tries to reach."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from duikou.core import audit, documents
from duikou.core.jobs.models import Job
from duikou.core.models import AuditEvent, OrgUnit, RoleGrant, User
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.documents import new_code
from duikou.wings.agreements.models import Agreement, Comment, TerminationRequest, UploadedTemplate
from duikou.wings.agreements.models import Version as AgreementText
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.credits.models import Certificate
from duikou.wings.discharges.models import (
    FaultCount,
    QuarantinedRow,
    Regrouping,
    ResidenceReview,
    Scheme,
    SettlementTable,
    Submission,
    SumsFile,
    SumsSender,
    WeightTable,
)
from duikou.wings.hospitals.models import Capability, Department, Hospital, HospitalName, NameReview
from duikou.wings.hospitals.units import unit_of
from duikou.wings.imaging.models import Study
from duikou.wings.obligations.models import Delegation, Evidence, Obligation, TargetProposal
from duikou.wings.pairings.models import (
    AidLoad,
    AnnexBatch,
    AnnexRow,
    AuditRun,
    Declaration,
    DeclarationBatch,
    DepartmentLink,
    Finding,
    FindingScope,
    Pairing,
    Proposal,
    Round,
)
from duikou.wings.patients.models import BreakGlass, Consent, Erasure, Merge, Patient, Share
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division
from duikou.wings.plans.models import SupportPlan, TaskBatch, TaskShare, YearTask
from duikou.wings.postings.models import ConductRecord, Leave, Posting, StaffRequest
from duikou.wings.presence.models import Proof
from duikou.wings.rosters.models import Absence as DaysAway
from duikou.wings.rosters.models import Duty, Roster, RosterRules, Shift, SwapRequest, Wish
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.training.models import Absence, LogEntry, Place, Rotation, Traineeship, TutorTeam
from tests.wings.walk.consulted import Consulted, consulted
from tests.wings.walk.imaging_stage import Pictures, pictures
from tests.wings.walk.referred import Referred, referred
from tests.wings.walk.taught import Taught, taught
from tests.wings.walk.tracing_stage import traced

SINCE = dt.date(2014, 1, 1)


@dataclass
class Training:
    """A trainee in another department of the supporter, with all that is kept about the training."""

    one: Traineeship
    absence: Absence
    rotation: Rotation
    entry: LogEntry
    place: Place
    team: TutorTeam


@dataclass
class Kept:
    """A patient of the department, with all that is kept about the record."""

    one: Patient
    consent: Consent
    share: Share
    merge: Merge
    emergency: BreakGlass
    erasure: Erasure


@dataclass
class World:
    """One object of every scoped kind, all belonging to one hospital (and its city and province)."""

    hospital: Hospital
    alias: HospitalName
    department: Department
    review: NameReview
    person: Person
    account: User
    grant: RoleGrant
    pairing: Pairing
    link: DepartmentLink
    aid: AidLoad
    finding: Finding
    batch: AnnexBatch
    proposal: Proposal
    declaration: Declaration
    declarations: DeclarationBatch
    plan: SupportPlan
    task: YearTask
    share: TaskShare
    task_batch: TaskBatch
    submission: Submission
    training: Training
    posting: Posting
    proof: Proof
    leave: Leave
    conduct: ConductRecord
    staff_request: StaffRequest
    swap_plan: SwapPlan
    swap_stay: SwapStay
    swap_repair: SwapRepair
    approval: Approval
    performance: Performance
    certificate: Certificate
    roster: Roster
    duty: Duty
    exchange: SwapRequest
    days_away: DaysAway
    wish: Wish
    patient: Kept
    consult: Consulted
    taught: Taught
    tracing: Study
    referral: Referred
    pictures: Pictures
    obligation: Obligation
    evidence: Evidence
    target: TargetProposal
    delegation: Delegation
    regrouping: Regrouping
    settlement: SettlementTable
    weights: WeightTable
    sums: SumsFile
    agreement: Agreement
    remark: Comment
    ending: TerminationRequest
    template: UploadedTemplate
    residence: ResidenceReview
    round: Round
    run: AuditRun
    event: AuditEvent
    job: Job


def _invented_province() -> Division:
    """A second province with one city, one county and nothing else."""
    nation = OrgUnit.objects.get(kind="nation")
    province = OrgUnit.objects.create(kind="province", name="演示省", parent=nation)
    city = OrgUnit.objects.create(kind="city", name="演示市", parent=province)
    county = OrgUnit.objects.create(kind="county", name="演示县", parent=city)
    parent = None
    for kind, code, org in (
        ("province", "990000", province),
        ("city", "990100", city),
        ("county", "990121", county),
    ):
        parent = Division.objects.create(
            level=kind, kind=kind, code=code, name=org.name, org=org, parent=parent, valid_from=SINCE
        )
    assert parent is not None
    return parent


def _hospital(name: str, division: Division, org: OrgUnit) -> Hospital:
    unit = OrgUnit.objects.create(kind="hospital", name=name, parent=org)
    hospital = Hospital.objects.create(
        key=f"walk-{unit.pk}",
        org=unit,
        scope_path=unit.path or "",
        name=name,
        kind="general",
        tier="county",
        division=division,
    )
    HospitalName.objects.create(hospital=hospital, name=name, kind="official")
    return hospital


def rostered(department: Department, person: Person, path: str, day: int = 6) -> dict[str, Any]:
    """A draft roster of the department with a duty of the person, days away, a wish and an exchange."""
    rules = {"scope_path": path}
    RosterRules.objects.get_or_create(department=department, defaults=rules)
    shift, _made = Shift.objects.get_or_create(
        department=department,
        mark="门",
        defaults={**rules, "name": "门诊", "kind": "outpatient", "start": dt.time(8), "minutes": 480},
    )
    month = dt.date(2014, 6, 1)
    roster, _made = Roster.objects.get_or_create(
        department=department, month=month, defaults={**rules, "hospital": department.hospital}
    )
    other = Person.objects.create(hospital=department.hospital, department=department, name="换班对方")
    first = month.replace(day=day)
    return {
        "roster": roster,
        "duty": Duty.objects.create(roster=roster, person=person, day=first, shift=shift, **rules),
        "exchange": SwapRequest.objects.create(
            roster=roster,
            asker=person,
            asker_day=first,
            asker_shift=shift,
            other=other,
            other_day=first + dt.timedelta(days=1),
            other_shift=shift,
            reason="演示",
            **rules,
        ),
        "days_away": DaysAway.objects.create(
            department=department, person=person, first_day=first, last_day=first, reason="other", **rules
        ),
        "wish": Wish.objects.create(department=department, person=person, day=first, **rules),
    }


def build(name: str, county: Division) -> World:
    """Make one object of every kind around two new hospitals of `county`."""
    city = county.parent
    assert city is not None
    assert city.parent is not None
    recipient = _hospital(f"{name}受援医院", county, county.org)
    supporter = _hospital(f"{name}支援医院", county, city.org)
    edition = Round.objects.filter(org=city.parent.org).first() or Round.objects.create(
        key=f"walk-{county.code}",
        name=f"{name}轮次",
        org=city.parent.org,
        policy_pack="zhejiang-2014",
        start=dt.date(2014, 2, 15),
        end=dt.date(2017, 2, 14),
        divisions_on=SINCE,
        state="active",
    )
    pairing = Pairing.objects.create(
        round=edition,
        table="2",
        group=city.name,
        position=9000 + Pairing.objects.count(),
        supporter=supporter,
        recipient=recipient,
        supporter_path=supporter.scope_path,
        recipient_path=recipient.scope_path,
        supporter_printed=supporter.name,
        recipient_printed=recipient.name,
        supporter_resolution="exact",
        recipient_resolution="exact",
        recipient_division=county,
        level="municipal",
        start=edition.start,
        end=edition.end,
    )
    number = AuditRun.objects.filter(round=edition).count() + 1
    run = AuditRun.objects.create(
        round=edition, number=number, revision=number, as_of=edition.start, pack_digest="0" * 64
    )
    finding = Finding.objects.create(
        round=edition,
        key=f"walk:{recipient.key}",
        rule="PAIR-16",
        clause="S1",
        mark="inferred",
        severity="note",
        subjects=[recipient.name],
        rows=[pairing.pk],
        texts={part: {"zh": name, "en": name} for part in ("message", "expected", "found", "suggestion")},
        first_run=run,
        last_run=run,
    )
    FindingScope.objects.create(finding=finding, path=recipient.scope_path)
    department = Department.objects.create(
        hospital=recipient, specialty="general_surgery", name=f"{name}外科"
    )
    person = Person.objects.create(hospital=recipient, name=f"{name}甲")
    account = User.objects.create(username=f"walk-{recipient.pk}", display_name=f"{name}账号")
    grant = RoleGrant.objects.create(
        user=account, role="hospital_liaison", org=recipient.org, valid_from=SINCE
    )
    batch = AnnexBatch.objects.create(
        round=edition, scope_path=recipient.scope_path, filename=f"{name}.csv", content=b"x", sha256="0" * 64
    )
    AnnexRow.objects.create(
        batch=batch,
        position=1,
        where={"row": {"part_kind": "text", "row": 1}},
        table="2",
        supporter_printed=supporter.name,
        recipient_printed=recipient.name,
    )
    submission = Submission.objects.create(
        hospital=recipient,
        scope_path=recipient.scope_path,
        month=201603,
        number=1,
        state="checked",
        filename=f"{name}.csv",
        size=1,
        received=1,
        rows=2,
        accepted=1,
        rejected=1,
    )
    FaultCount.objects.create(submission=submission, rule="walk", severity="reject", column="B34C", count=1)
    scheme, _made = Scheme.objects.get_or_create(
        key="starter", defaults={"name": "walk", "edition": "1", "checksum": "0" * 64, "title_zh": "演示方案"}
    )
    QuarantinedRow.objects.create(submission=submission, row=2, raw={"pdx": "?"}, faults=["walk"])
    with transaction.atomic():
        event = audit.append(
            actor=SYSTEM,
            action="walk.made",
            target_type="",
            target_id="",
            target_label=name,
            scope_path=recipient.scope_path,
        )
    capability = Capability.objects.create(hospital=recipient, technique="blood_purification")
    obligation, evidence, target = _owed(pairing, name)
    plan = SupportPlan.objects.create(
        kind="year",
        pairing=pairing,
        recipient=recipient,
        supporter_path=supporter.scope_path,
        recipient_path=recipient.scope_path,
        policy_pack=edition.policy_pack,
        year=2015,
        start=dt.date(2015, 1, 1),
        end=dt.date(2015, 12, 31),
    )
    task = YearTask.objects.create(
        plan=plan, recipient=recipient, year=2015, position=1, title=f"{name}任务", due=plan.end
    )
    agreement, remark, ending, template = _agreement(pairing, name)
    posting, leave, conduct, staff_request = _posted(pairing, department, name)
    swap_plan, swap_stay, swap_repair = _swapped(staff_request, posting.person, name)
    patient = kept(department, account, name)
    return World(
        consult=consulted(patient.one, person, name),
        taught=taught(department, person, name),
        tracing=traced(patient.one, name),
        **rostered(department, person, unit_of(department).path or ""),
        training=trained(pairing, department, name),
        patient=patient,
        referral=referred(department, patient.one, person, name),
        pictures=pictures(patient.one, name, recipient.org),
        posting=posting,
        proof=_proof(posting, name),
        leave=leave,
        conduct=conduct,
        staff_request=staff_request,
        swap_plan=swap_plan,
        swap_stay=swap_stay,
        swap_repair=swap_repair,
        plan=plan,
        task=task,
        share=TaskShare.objects.create(
            task=task, side="recipient", department="general_surgery", person=person, part="演示"
        ),
        task_batch=TaskBatch.objects.create(
            plan=plan, filename=f"{name}.xlsx", content=b"x", sha256="0" * 64
        ),
        obligation=obligation,
        evidence=evidence,
        target=target,
        delegation=Delegation.objects.create(
            delegator=account,
            delegate=User.objects.create(username=f"walk-deputy-{recipient.pk}"),
            scope_path=recipient.scope_path,
            start=edition.start,
            end=dt.date(2999, 1, 1),
            reason="演示",
        ),
        agreement=agreement,
        remark=remark,
        ending=ending,
        template=template,
        approval=Approval.objects.create(
            capability=capability,
            hospital=recipient,
            hospital_path=recipient.scope_path,
            recipient_path=recipient.scope_path,
            on=edition.start,
            number="演示",
        ),
        certificate=_certificate(person),
        performance=Performance.objects.create(
            capability=capability, on=edition.start, by="own", recipient_path=recipient.scope_path
        ),
        hospital=recipient,
        alias=HospitalName.objects.create(hospital=recipient, name=f"{name}别名", kind="short"),
        department=department,
        review=NameReview.objects.create(
            printed=f"{name}存疑", context="表", on=edition.start, scope_path=recipient.scope_path
        ),
        person=person,
        account=account,
        grant=grant,
        pairing=pairing,
        link=DepartmentLink.objects.create(pairing=pairing, specialty="general_surgery", start=edition.start),
        aid=AidLoad.objects.create(hospital=supporter, programme="tibet", start=SINCE, source="演示"),
        finding=finding,
        batch=batch,
        proposal=Proposal.objects.create(
            round=edition,
            number=1 + Proposal.objects.filter(round=edition).count(),
            name=f"{name}方案",
            scope_path=city.org.path or "",
        ),
        declaration=Declaration.objects.create(
            hospital=recipient, year=2014, kind="need", specialty="general_surgery", source="演示"
        ),
        declarations=DeclarationBatch.objects.create(
            scope_path=recipient.scope_path, filename=f"{name}.xlsx", content=b"x", sha256="0" * 64
        ),
        submission=submission,
        residence=ResidenceReview.objects.create(text=f"{name}县", scope_path=recipient.scope_path),
        regrouping=Regrouping.objects.create(year=2016, scheme=scheme, org_path=recipient.scope_path),
        settlement=SettlementTable.objects.create(
            filename=f"{name}.csv", sha256="0" * 64, scope_path=recipient.scope_path
        ),
        weights=WeightTable.objects.create(
            scope_path=recipient.scope_path,
            scheme=scheme,
            name=name,
            edition="1",
            sha256="0" * 64,
            weights={},
        ),
        sums=SumsFile.objects.create(
            sender=SumsSender.objects.create(
                name=f"{name}省", code=county.code, public_key="0" * 64, scope_path=recipient.scope_path
            ),
            scope_path=recipient.scope_path,
            state="retracted",
            filename=f"{name}.zip",
            sha256="0" * 64,
            first_month=201601,
            last_month=201603,
            store_version=1,
            minimum=0,
            hospitals=1,
            stays=1,
        ),
        round=edition,
        run=run,
        event=event,
        job=Job.objects.create(task="walk.task", scope_path=recipient.scope_path),
    )


NOTHING_MOVED = {"consents": [], "shares": [], "emergencies": [], "identity": False}


def kept(department: Department, user: User, name: str) -> Kept:
    """A patient of a department whose name says whose it is."""
    path = unit_of(department).path or ""
    whole = {"hospital": department.hospital, "department": department, "scope_path": path}
    said: dict[str, Any] = {
        "sex": "female", "birth_date": dt.date(1960, 2, 29), "identity_kind": "none", "payment": "own",
        "last_contact_on": dt.date(1990, 1, 5),
    }  # fmt: skip
    one = Patient.objects.create(**whole, **said, name=f"{name}患者", name_key=f"{name}患者")
    double = Patient.objects.create(**whole, **said, name=f"{name}重复", name_key=name, merged_into=one)
    hospital = department.hospital
    other = Hospital.objects.exclude(pk=hospital.pk).order_by("pk").first()
    assert other is not None
    at = dt.datetime(2014, 3, 3, 8, tzinfo=dt.UTC)
    paper = documents.keep(b"%PDF-1.4 consent", filename=f"{name}同意.pdf", scope_path=path, actor=SYSTEM)
    return Kept(
        one,
        Consent.objects.create(
            patient=one, purpose="consultation", rule="TEL-04", text_version="1", giver="relative",
            giver_name=f"{name}家属", way="oral", given_at=at, stands_until=at + dt.timedelta(hours=48),
            document=paper,
        ),
        Share.objects.create(
            patient=one, hospital=other, path=other.scope_path, kind="care", reason=f"{name}共享", since=at
        ),
        Merge.objects.create(survivor=one, duplicate=double, moved=NOTHING_MOVED, reason=name),
        BreakGlass.objects.create(
            patient=one, scope_path=hospital.scope_path, user=user, reader=f"{name}急诊",
            reader_path=other.scope_path, reader_place=other.name, reason=f"{name}抢救时调阅", opened_at=at,
            until=at + dt.timedelta(hours=4),
        ),
        Erasure.objects.create(
            patient=one, scope_path=path, due_on=dt.date(2005, 1, 5), reason=f"{name}到期"
        ),
    )  # fmt: skip


def _proof(posting: Posting, name: str) -> Proof:
    """A file with the work of the posting's first day."""
    paper = documents.keep(
        b"%PDF-1.4 proof", filename=f"{name}.pdf", scope_path=posting.host_path, actor=SYSTEM
    )
    return Proof.objects.create(
        posting=posting, day=posting.first_day, activity="lecture", uuid=uuid.uuid4(), document=paper
    )


RECOGNISED = {
    "cited": {"id": "CME-01", "clause": "S2 §五(三)", "mark": "seed"},
    "months": 6,
    "days": 184,
    "counted": 184,
    "needed": 184,
    "full_on": "2014-08-31",
    "stays": [],
}


def _certificate(person: Person) -> Certificate:
    """A credit of the person, recognised."""
    return Certificate.objects.create(
        kind="training",
        person=person,
        person_name=person.name,
        year=2014,
        rule="CME-01",
        policy_pack="zhejiang-2014",
        rule_digest="0" * 64,
        hospital=person.hospital,
        hospital_name=person.hospital.name,
        home_path=person.hospital.scope_path,
        until=dt.date(2014, 12, 31),
        values=RECOGNISED,
        code=new_code(),
        issuer="演示",
        issued_on=dt.date(2015, 1, 5),
    )


def _owed(pairing: Pairing, name: str) -> tuple[Obligation, Evidence, TargetProposal]:
    """What the supporter of a pairing owes, evidence of it, and a target that the recipient proposes."""
    obligation = Obligation.objects.create(
        holder="agreement:0",
        key=f"walk-{pairing.pk}",
        pairing=pairing,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        period="term",
        period_kind="term",
        start=pairing.start,
        end=pairing.end,
        due=pairing.end,
        title={"zh": name, "en": name},
        text={"zh": name, "en": name},
        owner="supporter",
        beneficiary="recipient",
        rule="AGR-09",
        unit="person",
        evidence_kinds=["posting", "upload"],
    )
    evidence = Evidence.objects.create(
        obligation=obligation, side="supporter", kind="posting", title=name, on=pairing.start, by_label=name
    )
    target = TargetProposal.objects.create(
        holder=obligation.holder,
        key=obligation.key,
        pairing=pairing,
        target=2,
        side="recipient",
        by_label=name,
    )
    return obligation, evidence, target


def _swapped(request: StaffRequest, person: Person, name: str) -> tuple[SwapPlan, SwapStay, SwapRepair]:
    """A swap plan of the pairing with one row and one absence."""
    pairing = request.pairing
    paths = {"supporter_path": pairing.supporter_path, "recipient_path": pairing.recipient_path}
    plan = SwapPlan.objects.create(
        pairing=pairing,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        name=f"{name}置换方案",
        first_month=pairing.start.replace(day=1),
        months=6,
        **paths,
    )
    stay = SwapStay.objects.create(
        plan=plan, way="down", person=person, request=request, place=f"{name}岗位", start=0, months=3, **paths
    )
    repair = SwapRepair.objects.create(
        plan=plan, person=person, start=1, months=1, reason=f"{name}事由", state="proposed", **paths
    )
    return plan, stay, repair


def _posted(
    pairing: Pairing, department: Department, name: str
) -> tuple[Posting, Leave, ConductRecord, StaffRequest]:
    """Somebody on post in the department, away for a day, with a conduct record; and what was asked for."""
    whole = {"home_path": pairing.supporter_path, "host_path": pairing.recipient_path}
    paths = {**whole, "host_path": unit_of(department).path or ""}
    both = {"pairing": pairing, "supporter": pairing.supporter, "recipient": pairing.recipient}
    request = StaffRequest.objects.create(
        **both, **paths, specialty="general_surgery", title="主治医师", months=6, wanted_from=pairing.start,
        purpose=name,
    )  # fmt: skip
    posting = Posting(
        **both, **paths, person=Person.objects.create(hospital=pairing.supporter, name=f"{name}派驻"),
        host_department=department, specialty="general_surgery", title="副主任医师", state="on_post",
        planned_from=pairing.start, planned_to=pairing.end, arrived_on=pairing.start,
    )  # fmt: skip
    posting.settle_days()
    posting.save()
    day = posting.first_day
    return (
        posting,
        Leave.objects.create(posting=posting, **paths, first_day=day, last_day=day, reason=name),
        ConductRecord.objects.create(posting=posting, **whole, kind="dispute", happened_on=day, text=name),
        request,
    )


def trained(pairing: Pairing, home: Department, name: str) -> Training:
    """Somebody of the recipient's department in training at the supporter, with all that is kept of it."""
    person = Person.objects.create(hospital=pairing.recipient, department=home, name=f"{name}学员")
    return training_of(pairing, home, person, name)


def training_of(pairing: Pairing, home: Department, person: Person, name: str) -> Training:
    """The training of a person, in a department of the supporter that is its own."""
    host, _made = Department.objects.get_or_create(
        hospital=pairing.supporter, specialty="general_surgery", name=f"{name}带教科"
    )
    paths = {"home_path": unit_of(home).path or "", "host_path": unit_of(host).path or ""}
    leader = Person.objects.create(hospital=pairing.supporter, name=f"{name}导师")
    team = TutorTeam.objects.create(
        pairing=pairing, home_path=pairing.recipient_path, host_path=pairing.supporter_path,
        specialty="general_surgery", leader=leader, formed_on=pairing.start,
    )  # fmt: skip
    place = Place.objects.create(
        supporter=pairing.supporter, host_path=pairing.supporter_path, specialty="general_surgery",
        first_day=pairing.start, last_day=pairing.end, note=name,
    )  # fmt: skip
    one = Traineeship(
        **paths, pairing=pairing, supporter=pairing.supporter, recipient=pairing.recipient, person=person,
        home_department=home, host_department=host, specialty="general_surgery", title="主治医师",
        planned_from=pairing.start, planned_to=pairing.end, arrived_on=pairing.start, state="in_training",
        place=place, team=team,
    )  # fmt: skip
    one.settle_days()
    one.save()
    days = {"first_day": one.first_day, "last_day": one.first_day}
    return Training(
        one,
        Absence.objects.create(traineeship=one, **paths, **days, reason=name),
        Rotation.objects.create(traineeship=one, **paths, **days, department=host, aim=name),
        LogEntry.objects.create(traineeship=one, **paths, on=one.first_day, kind="round", note=name),
        place,
        team,
    )


def _word_file() -> bytes:
    """The shortest file that passes for a text in Word."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return target.getvalue()


def _agreement(
    pairing: Pairing, name: str
) -> tuple[Agreement, Comment, TerminationRequest, UploadedTemplate]:
    """An agreement in force with a text, a remark, a request to end it, and a template of the city."""
    paper = documents.keep(
        _word_file(),
        filename=f"{name}.docx",
        scope_path=pairing.recipient_path,
        actor=SYSTEM,
    )
    printed = documents.keep(
        b"%PDF-1.4 walk", filename=f"{name}.pdf", scope_path=pairing.recipient_path, actor=SYSTEM
    )
    agreement = Agreement.objects.create(
        pairing=pairing,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        supporter_path=pairing.supporter_path,
        recipient_path=pairing.recipient_path,
        policy_pack="zhejiang-2014",
        template="standard",
        drafted_on=SINCE,
        term_start=pairing.start,
        term_end=pairing.end,
        state="signed",
        signed_on=pairing.start,
        scan=paper,
        latest=2,
        accepted=True,
    )
    for number in (1, 2):
        text = AgreementText.objects.create(
            agreement=agreement,
            number=number,
            origin="template",
            content={"clauses": [], "others": ""},
            document=paper,
            pdf=printed,
            verdict={"judgements": [], "flags": []},
            accepted=True,
        )
    superior, city = pairing.recipient.org.parent, pairing.supporter.org.parent
    assert superior is not None
    assert city is not None
    return (
        agreement,
        Comment.objects.create(agreement=agreement, version=text, text=name),
        TerminationRequest.objects.create(
            agreement=agreement,
            side="recipient",
            last_day=pairing.end,
            reason=name,
            evidence=paper,
            superior=superior,
            superior_path=superior.path or "",
            party_path=pairing.recipient_path,
        ),
        UploadedTemplate.objects.create(
            org=city,
            scope_path=city.path or "",
            title=name,
            kind="standard",
            policy_pack="zhejiang-2014",
            document=paper,
        ),
    )


def inside_and_outside() -> tuple[World, World]:
    """A world in 桐庐县 (Hangzhou, Zhejiang) and one in another province."""
    inside = build("内", Division.objects.on(dt.date(2026, 1, 1)).get(level="county", name="桐庐县"))
    return inside, build("外", _invented_province())


def place_of(kind: str, world: World) -> OrgUnit:
    """The organisation unit of a level around a world's hospital."""
    unit: OrgUnit | None = world.hospital.org
    if kind == "department":
        return unit_of(world.department)
    while unit is not None and unit.kind != kind:
        unit = unit.parent
    assert unit is not None, kind
    return unit
