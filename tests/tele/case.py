"""A patient of 安吉县人民医院 with a CT and a slide, 浙江医院 paired with it today, a third hospital outside.

`prepare` runs inside the installation (`Site.python`); everything is invented.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.conftest import PASSWORD, Site
from tests.tele.samples import ROOT, series_files

STUDY, SLICES = f"{ROOT}.71", 20
HERE, THERE, THIRD = "安吉县人民医院", "浙江医院", "海盐县中医院"
PATIENT = "王建国"


@dataclass(frozen=True)
class Case:
    """What the browsers have to know of it."""

    number: str
    slide: str
    slide_study: str
    expert: int
    obligation: int
    studies: list[int]  # keys of both
    study: str = STUDY


def prepared(site: Site) -> Case:
    """Prepare it on a site."""
    printed = site.python("from tests.tele.case import prepare; prepare()")
    told = next(line for line in printed.splitlines() if line.startswith("case "))
    return Case(**json.loads(told.removeprefix("case ")))


def prepare() -> None:
    """Everything that is there before anybody asks for an opinion; prints what the test needs."""
    from duikou.core.models import User
    from duikou.core.scope import actor_for
    from duikou.wings.imaging.models import Study

    pairing = paired_today()
    account("triage", "medical_office", pairing.supporter)
    account("tele_giver", "hospital_liaison", pairing.supporter)
    zhou = account("zhou", "clinician", pairing.supporter)
    third = hospital(THIRD)
    for role in ("clinician", "medical_office", "hospital_liaison"):
        account("stranger", role, third)
    doctor = actor_for(User.objects.get(username="clinic"))
    patient = somebody(doctor, pairing.recipient)
    slide, slide_study = pictures(doctor, patient)
    told = {
        "number": patient.number,
        "slide": slide,
        "slide_study": slide_study,
        "expert": expert(zhou, pairing.supporter),
        "obligation": owed(pairing),
        "studies": list(Study.objects.filter(patient=patient).values_list("pk", flat=True)),
    }
    print("case", json.dumps(told))


def hospital(name: str) -> Any:
    """A hospital of the register."""
    from duikou.wings.hospitals.models import Hospital

    return Hospital.objects.select_related("org").get(name=name)


def account(name: str, role: str, where: Any) -> Any:
    """An account with a role at a hospital; one that is there gets another role."""
    from duikou.core.models import RoleGrant, User

    user = User.objects.filter(username=name).first()
    user = user or User.objects.create_user(name, password=PASSWORD, display_name=name)
    RoleGrant.objects.create(user=user, role=role, org=where.org, valid_from=dt.date(2014, 1, 1))
    return user


def paired_today() -> Any:
    """The two hospitals paired in a round of their own that lasts this year."""
    from django.utils import timezone

    from duikou.wings.pairings.models import Pairing, Round

    today = timezone.localdate()
    row = Pairing.objects.get(round__key="zhejiang-2014", supporter__name=THERE, recipient__name=HERE)
    tour = Round.objects.get(pk=row.round_id)
    year = {"start": today.replace(month=1, day=1), "end": today.replace(month=12, day=31)}
    for one, values in (
        (tour, {"key": "two", "name": "两院试走轮次", "state": "draft", **year}),
        (row, {"batch": None, "round": tour, **year}),
    ):
        one.pk, one._state.adding = None, True
        for name, value in values.items():
            setattr(one, name, value)
        one.save()
    return row


def somebody(doctor: Any, where: Any) -> Any:
    """The patient, who agreed to nothing yet."""
    from duikou.wings.patients import actions as patients

    born = dt.date(1956, 3, 8)
    details = patients.Details(PATIENT, "male", born, "own", identity_kind="none")
    return patients.register(actor=doctor, hospital=where, details=details)


def expert(user: Any, where: Any) -> int:
    """An expert of the invited hospital's pool."""
    from duikou.core.scope import SYSTEM
    from duikou.wings.people.models import Person
    from duikou.wings.telehealth import actions

    person = Person.objects.create(
        hospital=where, name="周专家", title="主任医师", specialty="respiratory",
        registered_scope="内科专业", user=user,
    )  # fmt: skip
    made = actions.enter_expert(
        actor=SYSTEM, person=person, practising_since=dt.date(2005, 7, 1), kinds=["consultation", "imaging"]
    )
    return int(made.pk)


def pictures(doctor: Any, patient: Any) -> tuple[str, str]:
    """A CT of twenty slices and a slide; the slide's number and its study's."""
    from duikou.core.uploads import actions as uploads
    from duikou.wings.imaging import actions as imaging
    from duikou.wings.imaging.dicom.unpacking import Handed
    from duikou.wings.pathology import actions, sample

    files = series_files(SLICES, study=71)
    handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
    imaging.take(actor=doctor, patient=patient, handed=handed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        sample.write(path, sample.picture(3000, 2200))
        data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    upload = uploads.create(actor=doctor, name="slide.svs", size=len(data), sha256=digest, kind="slide")
    uploads.append(actor=doctor, upload=upload, offset=0, source=io.BytesIO(data), length=len(data))
    made = actions.bring_in(
        actor=doctor, study_uid="", patient_number=patient.number, upload=upload.key, title="肺穿刺 A1",
        stain="he",
    )  # fmt: skip
    return made.number, made.study.study_uid


def owed(pairing: Any) -> int:
    """What the supporter owes the pair this year: one consultation."""
    from duikou.wings.obligations.models import Obligation

    made = Obligation.objects.create(
        pairing=pairing, supporter_path=pairing.supporter_path, recipient_path=pairing.recipient_path,
        holder="agreement:900778", key="two", period="y", period_kind="year", start=pairing.start,
        end=pairing.end, owner="supporter", beneficiary="recipient", unit="case", target=1,
        evidence_kinds=["consultation", "upload"], title={"zh": "远程会诊", "en": "Remote consultation"},
        text={"zh": "远程会诊", "en": "x"},
    )  # fmt: skip
    return int(made.pk)


PICTURES_READY = (
    "from duikou.wings.imaging.models import StudyFile\n"
    "from duikou.wings.pathology.models import Slide\n"
    "print('left', StudyFile.objects.filter(forwarded_at=None).count(),"
    " Slide.objects.exclude(state='ready').count())"
)
