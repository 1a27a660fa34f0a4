"""A tracing of a patient, for the walks."""

from __future__ import annotations

from duikou.engines.tracings.invented import tracing_file
from duikou.wings.imaging import storage
from duikou.wings.imaging.models import Study, StudyFile
from duikou.wings.patients.models import Patient


def traced(patient: Patient, name: str) -> Study:
    """A study with one waveform, and a name that says whose it is."""
    uid = f"2.25.{patient.pk}.7"
    study: Study = Study.objects.create(
        hospital=patient.hospital, kind="ecg", modality="ECG", patient=patient, study_uid=uid,
        scope_path=patient.scope_path, description=f"{name}心电图",
    )  # fmt: skip
    folder = storage.incoming()
    path = folder / "tracing"
    path.write_bytes(tracing_file(patient.pk, study_uid=uid))
    sha256, size = storage.digest(path), path.stat().st_size
    storage.keep(path, sha256)
    storage.drop(folder)
    StudyFile.objects.create(
        study=study, sop_uid=f"{uid}.1", sop_class="1.2.840.10008.5.1.4.1.1.9.1.1", series_uid=f"{uid}.2",
        modality="ECG", size=size, sha256=sha256,
    )  # fmt: skip
    return study
