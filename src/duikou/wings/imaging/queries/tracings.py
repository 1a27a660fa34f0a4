"""The tracing of a study, and the patient's tracing before it."""

from __future__ import annotations

from django.db.models.functions import Coalesce

from duikou.core.scope import Actor
from duikou.wings.imaging.models import Study, StudyFile
from duikou.wings.imaging.queries.studies import readable
from duikou.wings.patients.queries.records import family

WAVEFORMS = "1.2.840.10008.5.1.4.1.1.9.1."  # electrocardiograms of all kinds begin so


def waveform_of(study: Study) -> StudyFile | None:
    """The file that holds the tracing; the first where there are several."""
    found: StudyFile | None = study.files.filter(sop_class__startswith=WAVEFORMS).first()
    return found


def tracing_before(actor: Actor, study: Study) -> Study | None:
    """The patient's last tracing before this one, if the actor may see it."""
    if study.patient is None:
        return None
    when = Coalesce("taken_at", "received_at")
    found: Study | None = (
        readable(actor)
        .filter(
            patient__in=family(study.patient), kind=Study.Kind.ECG, files__sop_class__startswith=WAVEFORMS
        )
        .exclude(pk=study.pk)
        .annotate(when=when)
        .filter(when__lt=study.taken_at or study.received_at)
        .order_by("-when", "-pk")
        .first()
    )
    return found
