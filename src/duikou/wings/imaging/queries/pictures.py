"""The series and files of a study, what was pointed out in it, and who else sees it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, within
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.models import Gateway, KeyImage, Study, StudyFile, StudyGrant
from duikou.wings.patients.models import Patient


@dataclass(frozen=True, slots=True)
class Series:
    """A series of a study with its files."""

    files: tuple[StudyFile, ...]

    @property
    def first(self) -> StudyFile:
        """Its first file: what it is called, where to begin."""
        return self.files[0]

    @property
    def pictures(self) -> int:
        """How many pictures there are to look at."""
        return sum(one.frames for one in self.files)


def series_of(study: Study) -> list[Series]:
    """All series in order."""
    rows = study.files.order_by("series_number", "series_uid", "number", "pk")
    return [Series(tuple(group)) for _key, group in groupby(rows, key=lambda one: one.series_uid)]


def file_of(study: Study, pk: int) -> StudyFile:
    """One file of a study. Raises Missing for another's."""
    found: StudyFile | None = (
        study.files.select_related("study__patient", "study__hospital").filter(pk=pk).first()
    )
    if found is None:
        raise Missing(_("这份检查里没有这个文件。"))
    return found


def neighbours(
    file: StudyFile, frame: int
) -> tuple[tuple[int, int] | None, tuple[int, int] | None, int, int]:
    """The pictures before and after (file, frame), the place of this one, and how many there are."""
    rows = StudyFile.objects.filter(study=file.study_id, series_uid=file.series_uid, frames__gt=0)
    listed = [
        (pk, one)
        for pk, frames in rows.order_by("number", "pk").values_list("pk", "frames")
        for one in range(1, frames + 1)
    ]
    if (file.pk, frame) not in listed:
        raise Missing(_("没有这一帧：共 %(frames)s 帧。") % {"frames": file.frames})
    at = listed.index((file.pk, frame))
    after = listed[at + 1] if at + 1 < len(listed) else None
    return (listed[at - 1] if at else None, after, at + 1, len(listed))


def marks_of(study: Study, reference: str | None = None) -> QuerySet[KeyImage]:
    """Pictures pointed out in a study, of one consultation or of all."""
    rows = KeyImage.objects.filter(file__study=study).select_related("file", "marked_by")
    return rows if reference is None else rows.filter(reference=reference)


def own_mark(actor: Actor, study: Study, pk: int) -> KeyImage:
    """One picture that the actor pointed out in a study. Raises Missing for another's."""
    found = marks_of(study).select_related("file__study").filter(pk=pk, marked_by=actor.user_id).first()
    if found is None:
        raise Missing(_("没有这个关键图像，或不是您标的。"))
    return found


def grants_of(study: Study) -> QuerySet[StudyGrant]:
    """Which other hospitals see a study, or saw it."""
    return study.grants.select_related("hospital")


def granted_within(rows: QuerySet[Study], reference: str) -> QuerySet[Study]:
    """Those of `rows` that are granted to somebody within a reference now."""
    return rows.filter(pk__in=StudyGrant.objects.live().filter(reference=reference).values("study"))


def grant(actor: Actor, pk: int) -> StudyGrant:
    """One grant of a study of the actor's hospital. Raises Missing for another's."""
    own = Study.objects.visible_to(actor, "study.edit").values("pk")
    rows = StudyGrant.objects.filter(study__in=own).select_related("study__patient", "hospital")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这项授权，或不在您的管理范围内。"))
    return found


def hospital(pk: int) -> Hospital:
    """A hospital that a study may be granted to. Raises Missing for one that there is not."""
    found = Hospital.objects.select_related("org").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这家医院。"))
    return found


def own_hospital(actor: Actor, pk: int) -> Hospital:
    """A hospital whose senders the actor enters. Raises Missing for another's."""
    found = hospitals(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这家医院，或不在您的管理范围内。"))
    return found


def patient(actor: Actor, number: str) -> Patient:
    """A patient under whom the actor keeps pictures. Raises Missing for one that the actor does not see."""
    rows = Patient.objects.visible_to(actor).select_related("hospital__org", "merged_into")
    found = rows.filter(number=number.strip().upper()).first()
    if found is None:
        raise Missing(_("没有编号为 %(number)s 的患者，或不在您的查看范围内。") % {"number": number})
    return found


def unmatched(actor: Actor) -> QuerySet[Study]:
    """Pictures of gateways that nobody has matched yet."""
    rows = Study.objects.visible_to(actor, "study.match").filter(state=Study.State.UNMATCHED)
    return rows.select_related("hospital", "gateway").annotate(count=Count("files"))


def one_unmatched(actor: Actor, uid: str) -> Study:
    """One of them."""
    found = unmatched(actor).filter(study_uid=uid).first()
    if found is None:
        raise Missing(_("没有这份检查，或不在您的查看范围内。"))
    return found


def gateways(actor: Actor) -> QuerySet[Gateway]:
    """Senders of pictures of the actor's hospitals."""
    return Gateway.objects.visible_to(actor).select_related("hospital")


def gateway(actor: Actor, pk: int) -> Gateway:
    """One of them."""
    found = gateways(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个影像网关，或不在您的管理范围内。"))
    return found


def hospitals(actor: Actor) -> QuerySet[Hospital]:
    """Hospitals whose senders the actor enters."""
    return Hospital.objects.filter(within(actor.paths("study.match"), ("scope_path",))).order_by("name")
