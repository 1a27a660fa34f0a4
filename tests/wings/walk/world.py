"""One object of every scoped kind inside a place, and one outside: what the walk tries to reach."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from duikou.core import audit
from duikou.core.jobs.models import Job
from duikou.core.models import AuditEvent, OrgUnit, RoleGrant, User
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.models import Agreement, Comment, TerminationRequest, UploadedTemplate
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
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division
from duikou.wings.plans.models import SupportPlan, TaskBatch, TaskShare, YearTask
from duikou.wings.postings.models import ConductRecord, Leave, Posting, StaffRequest
from duikou.wings.presence.models import Proof
from duikou.wings.rosters.models import Absence as DaysAway
from duikou.wings.rosters.models import Duty, Roster, SwapRequest, Wish
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from tests.wings.walk.agreement_stage import agreed, owed
from tests.wings.walk.consulted import Consulted, consulted
from tests.wings.walk.imaging_stage import Pictures, pictures
from tests.wings.walk.record_stage import Kept, kept
from tests.wings.walk.referred import Referred, referred
from tests.wings.walk.stays_stage import (
    Training,
    certificate_of,
    posted,
    proof_of,
    rostered,
    swapped,
    trained,
)
from tests.wings.walk.taught import Taught, taught
from tests.wings.walk.tracing_stage import traced

SINCE = dt.date(2014, 1, 1)


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
    obligation, evidence, target = owed(pairing, name)
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
    agreement, remark, ending, template = agreed(pairing, name)
    posting, leave, conduct, staff_request = posted(pairing, department, name)
    swap_plan, swap_stay, swap_repair = swapped(staff_request, posting.person, name)
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
        proof=proof_of(posting, name),
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
        certificate=certificate_of(person),
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
