"""Background work of the pathology wing: the quality gate, and files without a row."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core.apart import Died, apart
from duikou.core.jobs.context import current_job
from duikou.core.jobs.schedule import periodic
from duikou.wings.pathology import storing
from duikou.wings.pathology.actions.slides import note_findings
from duikou.wings.pathology.catalogue import least_sharpness
from duikou.wings.pathology.gate import Findings, examine
from duikou.wings.pathology.models import Slide

LONGEST = 600.0  # seconds


@task(title=_("检查病理切片"))
def check_slide(slide_id: int) -> dict[str, str]:
    """Examine a slide in a process of its own: a damaged file may end it."""
    slide = Slide.objects.select_related("study").get(pk=slide_id)
    job = current_job()
    try:
        found = apart(
            partial(examine, storing.slide_path(slide.number), least_sharpness()),
            LONGEST,
            lambda _seconds: job.progress(0),
        )
    except Died:
        found = Findings(fault="died")
    slide = note_findings(slide=slide, found=found)
    return {"state": slide.state}


@task(title=_("清理无主的切片文件"))
def sweep_slides() -> dict[str, int]:
    """Remove folders of slides that no row names."""
    return {"removed": storing.sweep(set(Slide.objects.values_list("number", flat=True)))}


periodic("slides-sweep", sweep_slides, every=dt.timedelta(days=1))
