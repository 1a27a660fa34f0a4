"""What consultations hold of a patient goes with the patient's record; signed opinions, nameless, stay."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.models import StoredDocument
from duikou.wings.telehealth.models import CaseFile, Consultation, Draft

TEXTS = (
    "reason_wanted", "aim", "diagnosis", "summary", "history", "examinations", "reason", "adoption_note",
)  # fmt: skip


def erase(patients: frozenset[int]) -> None:
    """Clear the case of every consultation of these records: its words, files and drafts.

    Called within the act that erases the record. One that was never sent is over with it; an adoption that
    needs its reason keeps a word for it.
    """
    rows = Consultation.objects.filter(patient__in=patients, erased_at=None)
    files = CaseFile.objects.filter(consultation__in=rows)
    papers = list(files.values_list("document", flat=True))
    files.delete()
    StoredDocument.objects.filter(pk__in=papers).delete()  # the files go with the next sweep
    Draft.objects.filter(seat__consultation__in=rows).delete()
    now = timezone.now()
    gone = _("档案已到期销毁")
    open_ = rows.exclude(state__in=Consultation.OVER).exclude(state__in=Consultation.COUNTED)
    open_.update(state=Consultation.State.WITHDRAWN, over_at=now, due_at=None)
    with_reason = rows.filter(adoption__in=(Consultation.Adoption.PART, Consultation.Adoption.NOT))
    keys = list(with_reason.values_list("pk", flat=True))
    rows.filter(pk__in=keys).update(adoption_note=gone)
    cleared: dict[str, object] = {name: "" for name in TEXTS if name != "adoption_note"}
    rows.exclude(pk__in=keys).update(adoption_note="")
    rows.update(**cleared, erased_at=now, version=F("version") + 1)
