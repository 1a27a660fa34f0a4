"""The wing's own work in the background."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from duikou.core.jobs.context import current_job
from duikou.core.jobs.schedule import periodic
from duikou.wings.imaging import storage
from duikou.wings.imaging.actions import delivering
from duikou.wings.imaging.forgetting import forget_what_was_erased
from duikou.wings.imaging.forwarding import forward_what_waits
from duikou.wings.imaging.models import Delivery, StudyFile
from duikou.wings.imaging.receiving import announce_gateways, receive_what_came

LONGEST = dt.timedelta(days=1)  # a check that has not ended by then will not


@task(title=gettext_lazy("核对上传的影像"))
def check_delivery(delivery_id: int) -> dict[str, str]:
    """Unpack, read and compare an upload, and keep it or say why not; harmless to do again after a kill."""
    job = current_job()
    found = Delivery.objects.select_related("patient").get(pk=delivery_id)
    found = delivering.check(actor=job.asker, delivery=found, tell=job.progress)
    return {"state": found.state}


@task(title=gettext_lazy("清理无主的影像文件"))
def sweep_images() -> dict[str, int]:
    """Remove contents without a row; give up checks that have not ended."""
    late = Delivery.objects.filter(state=Delivery.State.CHECKING, received_at__lt=timezone.now() - LONGEST)
    for one in late:
        words = {}
        for language, _label in settings.LANGUAGES:
            with translation.override(language):
                words[language] = _("核对没有完成，没有保存。请重新上传。")
        delivering.give_up(delivery=one, words=words)
        storage.drop(storage.delivered(one.number))
    known = set(StudyFile.objects.values_list("sha256", flat=True))
    for files in Delivery.objects.exclude(files=[]).values_list("files", flat=True):
        known.update(files)
    return {"removed": storage.sweep(known)}


periodic("forward-images", forward_what_waits, every=dt.timedelta(minutes=5))
periodic("receive-images", receive_what_came, every=dt.timedelta(minutes=1))
periodic("announce-gateways", announce_gateways, every=dt.timedelta(minutes=10))
periodic("sweep-images", sweep_images, every=dt.timedelta(days=1))
periodic("forget-images", forget_what_was_erased, every=dt.timedelta(hours=1))
