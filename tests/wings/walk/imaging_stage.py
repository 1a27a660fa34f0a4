"""A study of a patient with a file, one that waits to be matched, and a sender: for the walks."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.core.models import OrgUnit
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import storage
from duikou.wings.imaging.models import Delivery, Gateway, KeyImage, Study, StudyFile, StudyGrant
from duikou.wings.patients.models import Patient
from tests.tele.samples import slice_file


@dataclass
class Pictures:
    """What the imaging wing keeps of one hospital."""

    study: Study
    file: StudyFile
    mark: KeyImage
    grant: StudyGrant
    unmatched: Study
    gateway: Gateway
    delivery: Delivery


def pictures(patient: Patient, name: str, org: OrgUnit) -> Pictures:
    """All kinds of rows of the wing, with a name that says whose they are."""
    hospital = patient.hospital
    other = Hospital.objects.exclude(pk=hospital.pk).order_by("pk").first()
    assert other is not None
    serial = org.pk
    whole = {"hospital": hospital, "kind": "dicom", "modality": "CT"}
    study = Study.objects.create(
        **whole, patient=patient, scope_path=patient.scope_path, study_uid=f"2.25.{serial}.1",
        description=f"{name}平扫",
    )  # fmt: skip
    folder = storage.incoming()
    path = folder / "slice"
    path.write_bytes(slice_file(1, study=serial))
    sha256, size = storage.digest(path), path.stat().st_size
    storage.keep(path, sha256)
    storage.drop(folder)
    file = StudyFile.objects.create(
        study=study, sop_uid=f"2.25.{serial}.1.1.1", sop_class="1.2", series_uid=f"2.25.{serial}.1.1",
        series_number=1, modality="CT", number=1, frames=1, size=size, sha256=sha256,
    )  # fmt: skip
    gateway = Gateway.objects.create(
        hospital=hospital, scope_path=hospital.scope_path, ae_title=f"G{serial}", address="10.1.2.3"
    )
    return Pictures(
        study,
        file,
        KeyImage.objects.create(file=file, note=f"{name}关键图"),
        StudyGrant.objects.create(
            study=study, hospital=other, path=other.scope_path, reference=f"consultation:{serial}"
        ),
        Study.objects.create(
            **whole, scope_path=hospital.scope_path, study_uid=f"2.25.{serial}.2", state="unmatched",
            description=f"{name}待匹配", gateway=gateway,
        ),
        gateway,
        Delivery.objects.create(
            origin="gateway", state="refused", cause="damaged", hospital=hospital, sender=gateway.ae_title,
            scope_path=hospital.scope_path, gateway=gateway, series=f"{serial}", count=1, size=size,
            files=[sha256],
        ),
    )  # fmt: skip
