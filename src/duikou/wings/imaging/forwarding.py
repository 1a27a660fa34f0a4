"""The way of the pictures from our own store into the live one, where it is on."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core import components
from duikou.core.jobs.backend import JobOptions, LeaseBackend
from duikou.wings.imaging import orthanc, storage
from duikou.wings.imaging.models import Study, StudyFile

AT_ONCE = 20  # files of one STOW request


@task(title=_("把影像转入影像存储"), max_attempts=5, retry_after=10)
def forward_study(study_id: int) -> dict[str, int]:
    """Send what of a study is not in the live store yet; what was sent stays sent after a kill."""
    return {"files": forward(study_id)}


def forward(study_id: int) -> int:
    """The same, at once; how many files were sent."""
    sent = 0
    while files := list(StudyFile.objects.filter(study=study_id, forwarded_at=None).order_by("pk")[:AT_ONCE]):
        orthanc.store([storage.opened(one).read_bytes() for one in files])
        StudyFile.objects.filter(pk__in=[one.pk for one in files]).update(forwarded_at=timezone.now())
        sent += len(files)
    return sent


@task(title=_("补转尚未进入影像存储的影像"))
def forward_what_waits() -> dict[str, int]:
    """Ask for every study of which something waits; after the store was off, or was made anew."""
    return {"studies": ask_for_all()}


def ask_for_all() -> int:
    """How many studies wait, each asked for."""
    if not components.state("imaging").on:
        return 0
    waiting = list(
        StudyFile.objects.filter(forwarded_at=None)
        .exclude(study__state=Study.State.WITHDRAWN)
        .order_by("study")
        .values_list("study", flat=True)
        .distinct()
    )
    for pk in waiting:
        ask_to_forward(pk)
    return len(waiting)


def refill() -> int:
    """Note that nothing is in the live store, and ask for everything; how many files that are."""
    files: int = StudyFile.objects.update(forwarded_at=None)
    ask_for_all()
    return files


def ask_to_forward(study_id: int) -> None:
    """Have a study sent to the live store, if there is one; otherwise it waits in ours."""
    if not components.state("imaging").on:
        return
    backend = forward_study.get_backend()
    assert isinstance(backend, LeaseBackend)
    backend.put(forward_study, (study_id,), {}, JobOptions(dedupe=f"imaging:{study_id}"))
