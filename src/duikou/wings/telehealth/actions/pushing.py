"""The signed opinion put beside the pictures that it is about: into every study of the case, once.

It is kept in our own store first and goes into the live store from there (`imaging.forwarding`), now or when
that is back. What a study refuses is written down, and shown.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import together
from duikou.core.errors import DuikouError
from duikou.core.scope import SYSTEM
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging.models import Study
from duikou.wings.patients import consents
from duikou.wings.telehealth import papers
from duikou.wings.telehealth.models import Consultation, Push

State = Push.State


def ask_for_pushes(one: Consultation) -> None:
    """Note for each study of the case that the opinion belongs there; the work begins on commit."""
    from duikou.wings.telehealth.jobs import push_opinion

    studies = list(one.studies.exclude(state=Study.State.WITHDRAWN))
    for study in studies:
        Push.objects.get_or_create(
            consultation=one, study=study, defaults={"demonstration": one.demonstration}
        )
    if studies:
        transaction.on_commit(lambda: push_opinion.enqueue(one.pk))


def push(pk: int) -> dict[str, int]:
    """Put the opinion of a consultation into the studies that wait for it; again, it does nothing."""
    one = Consultation.objects.select_related("patient__merged_into", "inviting", "invited").get(pk=pk)
    made = {"kept": 0, "refused": 0}
    paper = b""
    for row in Push.objects.filter(consultation=one, state=State.WAITING).select_related("study__patient"):
        paper = paper or _paper(one)
        try:
            with together():
                locked = Push.objects.select_for_update().get(pk=row.pk)
                if locked.state != State.WAITING:
                    continue
                file = imaging.push_report(
                    actor=SYSTEM,
                    study=row.study,
                    pdf=paper,
                    title=_("远程会诊意见 %(number)s") % {"number": one.pk},
                    reference=one.reference,
                )
                Push.objects.filter(pk=row.pk).update(
                    state=State.KEPT, file=file, done_at=timezone.now(), fault=""
                )
            made["kept"] += 1
        except DuikouError as error:
            Push.objects.filter(pk=row.pk, state=State.WAITING).update(
                state=State.REFUSED, fault=str(error.message)[:300], done_at=timezone.now()
            )
            made["refused"] += 1
    return made


def push_what_waits() -> int:
    """Ask again for every opinion that waits: a worker may have died with it. How many there were."""
    from duikou.wings.telehealth.jobs import push_opinion

    waiting = Push.objects.filter(state=State.WAITING).order_by("consultation")
    found = list(waiting.values_list("consultation", flat=True).distinct())
    for pk in found:
        push_opinion.enqueue(pk)
    return len(found)


def _paper(one: Consultation) -> bytes:
    return papers.pdf(one, list(papers.opinions_of(one)), consents.survivor(one.patient))
