"""Demonstration data (演示数据): invented pictures and tracings of some of the invented patients.

They name invented patients, say in header and pixels that they are invented, and go the way of all files:
checked, kept in the own store, sent to the live store where there is one. One series is refused and one
waits to be matched, so that those lists show something. `clear` finds all of it by its mark.
"""

from __future__ import annotations

import datetime as dt
import io
import random

import structlog
from django.db.models import QuerySet
from django.utils import timezone
from pydicom.dataset import Dataset

from duikou.core import components
from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.engines.tracings.invented import tracing_file
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import actions, forgetting, orthanc, storage
from duikou.wings.imaging.actions.delivering import Sent, deliver
from duikou.wings.imaging.dicom.phantoms import Whose, chest_ct, chest_dr
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import Delivery, Gateway, KeyImage, Study, StudyFile, StudyGrant
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Patient

PAIRS = 3
GATEWAY = "DEMO_PACS"
ADDRESS = "192.0.2.10"  # of nobody (RFC 5737)
DAY = dt.timedelta(days=1)

log = structlog.get_logger(__name__)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent studies; the same seed gives the same. Raises Conflict when they are there."""
    if _invented().exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed + 19)  # noqa: S311  (invented data, no secret)
    pairings = Pairing.objects.select_related("recipient").order_by("pk")[:PAIRS]
    with act("demo.loaded", actor=SYSTEM, permission="study.edit") as event:
        for place, pairing in enumerate(pairings):
            patients = list(_patients(pairing.recipient))
            for patient in patients[:1]:
                _pictures(chance, patient)
            for patient in patients[1:2]:
                _tracings(chance, patient, seed * 100 + place * 10)
            if place == 0 and patients:
                _gateway(chance, pairing.recipient)
        studies = _invented()
        counts = {
            "studies": studies.count(),
            "images": StudyFile.objects.filter(study__in=studies).count(),
            "refused": Delivery.objects.filter(demonstration=True).count(),
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _invented() -> QuerySet[Study]:
    """Studies that are this module's: slides are invented, and removed, by the wing that holds them."""
    return Study.objects.filter(demonstration=True).exclude(kind=Study.Kind.SLIDE)


def _patients(hospital: Hospital) -> list[Patient]:
    """Two of a hospital who agreed to a consultation: the first of those whom consultations are about."""
    rows = Patient.objects.filter(
        hospital=hospital,
        demonstration=True,
        registered_at__year__gte=2014,
        consents__purpose="consultation",
        consents__withdrawn_at=None,
    )
    return list(rows.distinct().select_related("hospital__org", "merged_into").order_by("pk")[:2])


def _uid(chance: random.Random) -> str:
    return f"2.25.{chance.getrandbits(96)}"


def _whose(chance: random.Random, patient: Patient, after: dt.timedelta) -> Whose:
    assert patient.birth_date is not None
    return Whose(
        study_uid=_uid(chance),
        name=patient.name,
        number=patient.number,
        birth_date=patient.birth_date,
        sex="M" if patient.sex == Patient.Sex.MALE else "F",
        taken=timezone.localtime(patient.registered_at + after),
    )


def _kept(patient: Patient, files: list[bytes]) -> Study:
    handed = [Handed(f"{number}.dcm", io.BytesIO(one)) for number, one in enumerate(files, start=1)]
    (study,) = actions.take(actor=SYSTEM, patient=patient, handed=handed)
    return study


def _pictures(chance: random.Random, patient: Patient) -> None:
    study = _kept(patient, chest_ct(_whose(chance, patient, DAY), chance.getrandbits(30)))
    files = list(study.files.order_by("number"))
    actions.mark(actor=SYSTEM, file=files[len(files) // 2], window="lung", note="右肺结节（演示数据）")
    _kept(patient, chest_dr(_whose(chance, patient, DAY / 2), chance.getrandbits(30)))


def _tracings(chance: random.Random, patient: Patient, seed: int) -> None:
    """One, and the one before it."""
    for number, after in enumerate((DAY, 90 * DAY)):
        whose = _whose(chance, patient, after)
        header = Dataset()
        header.PatientName, header.PatientID = whose.name, whose.number
        header.PatientBirthDate, header.PatientSex = f"{whose.birth_date:%Y%m%d}", whose.sex
        taken = whose.taken.replace(tzinfo=None)
        file = tracing_file(seed + number, taken=taken, study_uid=whose.study_uid, patient=header)
        _kept(patient, [file])


def _gateway(chance: random.Random, hospital: Hospital) -> None:
    """A sender with a series that waits to be matched, and one that was refused."""
    gateway = Gateway.objects.create(
        hospital=hospital,
        scope_path=hospital.scope_path,
        ae_title=GATEWAY,
        address=ADDRESS,
        demonstration=True,
    )
    taken = dt.datetime(2014, 6, 3, 1, 30, tzinfo=dt.UTC)
    nobody = Whose(_uid(chance), "演示患者", "DEMO-1", dt.date(1950, 1, 1), "M", taken)
    with storage.batch() as folder:
        whole = storage.written(folder, chest_dr(nobody, chance.getrandbits(30)))
        (waiting,) = actions.receive(gateway=gateway, files=whole)
    torn = Whose(_uid(chance), "演示患者", "DEMO-2", dt.date(1960, 1, 1), "F", taken)
    cut = chest_dr(torn, chance.getrandbits(30))[0][:-5000]
    with storage.batch() as folder:
        deliver(Sent("demonstration", GATEWAY, ADDRESS, storage.written(folder, [cut])))
    Study.objects.filter(pk=waiting.pk).update(demonstration=True)
    Delivery.objects.filter(gateway=gateway).update(demonstration=True)


def clear() -> dict[str, int]:
    """Remove all of it, with what was added to it since; returns how many of each went."""
    with act("demo.cleared", actor=SYSTEM, permission="study.edit") as event:
        rows = _invented()
        uids = list(rows.values_list("study_uid", flat=True))
        files = StudyFile.objects.filter(study__in=rows)
        deliveries = Delivery.objects.filter(demonstration=True)
        contents = set(files.values_list("sha256", flat=True))
        for kept in deliveries.values_list("files", flat=True):
            contents.update(kept)
        KeyImage.objects.filter(file__study__in=rows).delete()
        StudyGrant.objects.filter(study__in=rows).delete()
        removed = {"images": files.delete()[0], "refused": deliveries.delete()[0]}
        removed["studies"] = rows.delete()[0]
        Gateway.objects.filter(demonstration=True).delete()
        event.note(label="演示数据", before=removed)
    forgetting.remove(contents)
    if components.state("imaging").on:
        for uid in uids:
            try:
                forgetting.forget(uid)
            except orthanc.StoreError as error:
                log.warning("invented images stay in the live store", reason=str(error))
    return removed
