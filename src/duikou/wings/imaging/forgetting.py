"""The pictures of a patient go with the record: rows, contents, and what the live store has."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from duikou.core import components
from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.imaging import orthanc, storage
from duikou.wings.imaging.models import Delivery, KeyImage, Study, StudyFile, StudyGrant
from duikou.wings.patients import retention
from duikou.wings.patients.catalogue import RETENTION, cite


def erase_studies(family: Collection[int]) -> None:
    """Erase the studies of records that are erased; called inside that act.

    The UID and the dates stay, so that nothing is entered under them again. Raises Conflict while a study is
    younger than the years for which its patient's record is kept (PAT-05).
    """
    rows = Study.objects.filter(patient__in=family).exclude(state=Study.State.ERASED)
    studies = list(rows.select_related("patient").annotate(made_at=Coalesce("taken_at", "received_at")))
    for one in studies:
        assert one.patient is not None
        until = retention.later(timezone.localdate(one.made_at), retention.years(one.patient.care))
        if until >= timezone.localdate():
            raise Conflict(
                _("该患者有检查影像须保存到 %(until)s，现在不能销毁（规则 %(rule)s）。")
                % {"until": until, "rule": cite(RETENTION)}
            )
    with act("study.erase", actor=SYSTEM, permission="study.edit") as event:
        keys = [one.pk for one in studies]
        files = StudyFile.objects.filter(study__in=keys)
        contents = set(files.values_list("sha256", flat=True))
        for delivery in Delivery.objects.filter(patient__in=family):
            contents.update(delivery.files)
        KeyImage.objects.filter(file__study__in=keys).delete()
        files.delete()
        StudyGrant.objects.live().filter(study__in=keys).update(ended_at=timezone.now())
        Delivery.objects.filter(patient__in=family).update(faults_sealed="", files=[], remark="")
        Study.objects.filter(pk__in=keys).update(
            state=Study.State.ERASED, description="", header_sealed="", remarks=[]
        )
        event.note(label=_("患者影像销毁"), after={"studies": keys, "files": len(contents)})
    transaction.on_commit(partial(remove, contents))


def remove(contents: Collection[str]) -> None:
    """Take contents off the disk that no row names any more."""
    still = set(StudyFile.objects.filter(sha256__in=contents).values_list("sha256", flat=True))
    for files in Delivery.objects.exclude(files=[]).values_list("files", flat=True):
        still.update(files)
    for sha256 in set(contents) - still:
        storage.path_of(sha256).unlink(missing_ok=True)


def forget(study_uid: str) -> None:
    """Have the live store let go of a study; nothing happens where it has none."""
    asked = json.dumps({"Level": "Study", "Query": {"StudyInstanceUID": study_uid}}).encode()
    for name in json.loads(orthanc.call("POST", "/tools/find", asked)):
        orthanc.call("DELETE", f"/studies/{name}")


@task(title=gettext_lazy("从影像存储中删除已销毁的检查"), max_attempts=5, retry_after=60)
def forget_what_was_erased() -> dict[str, int]:
    """Have the live store let go of erased studies; asked again until it has."""
    if not components.state("imaging").on:
        return {"studies": 0}
    waiting = Study.objects.filter(state=Study.State.ERASED, forgotten_at=None)
    count = 0
    for study in waiting:
        forget(study.study_uid)
        Study.objects.filter(pk=study.pk).update(forgotten_at=timezone.now())
        count += 1
    return {"studies": count}
