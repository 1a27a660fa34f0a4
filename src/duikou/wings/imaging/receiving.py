"""The way of the pictures that gateways sent to the live store (C-STORE) into ours."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core import components
from duikou.wings.imaging import orthanc, storage
from duikou.wings.imaging.actions.delivering import Sent, deliver
from duikou.wings.imaging.models import Gateway, StoreCursor

AT_ONCE = 100  # changes of one question

log = structlog.get_logger(__name__)


@task(title=_("接收网关送来的影像"))
def receive_what_came() -> dict[str, int]:
    """Read what has changed in the live store since the last time; take what gateways sent."""
    if not components.state("imaging").on:
        return {"series": 0}
    taken, more = 0, True
    while more:
        cursor, _new = StoreCursor.objects.get_or_create(pk=1)
        said = orthanc.ask(f"/changes?since={cursor.last}&limit={AT_ONCE}")
        for change in said["Changes"]:
            if change["ChangeType"] == "StableSeries":
                taken += take_series(change["ID"])
        # Moved on after the series are kept: a kill in between reads them again, which changes nothing.
        StoreCursor.objects.filter(pk=1, last=cursor.last).update(last=said["Last"])
        more = not said["Done"]
    return {"series": taken}


def take_series(series: str) -> bool:
    """Take one series of the live store, if a gateway sent it; whether it was. Refused, it has a row."""
    try:
        ids = orthanc.ask(f"/series/{series}")["Instances"]
    except orthanc.StoreError:  # gone meanwhile
        return False
    by_sender: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in ids:
        meta: dict[str, Any] = orthanc.ask(f"/instances/{one}/metadata?expand")
        if meta.get("Origin") == "DicomProtocol":
            by_sender[meta.get("RemoteAET", "")[:16], meta.get("RemoteIP", "")[:45]].append(one)
    taken = False
    for (sender, address), theirs in by_sender.items():
        with storage.batch() as folder:
            files = [folder / f"{number:05d}" for number in range(len(theirs))]
            for one, place in zip(theirs, files, strict=True):
                orthanc.fetch(f"/instances/{one}/file", place)
            came = deliver(Sent(series, sender, address, files))
        if not came:
            log.warning("images of a gateway refused", gateway=sender)
        taken = taken or came
    return taken


def announce(gateway: Gateway) -> None:
    """Tell the live store from whom it may take pictures, or no longer."""
    if not components.state("imaging").on:
        return
    path = f"/modalities/{gateway.ae_title}"
    if not gateway.active:
        orthanc.call("DELETE", path)
        return
    allowed = {
        "AET": gateway.ae_title, "Host": gateway.address, "Port": gateway.port, "AllowStore": True,
        "AllowEcho": True, "AllowFind": False, "AllowMove": False, "AllowGet": False,
    }  # fmt: skip
    orthanc.put(path, allowed)


@task(title=_("把影像网关告知影像存储"), max_attempts=5, retry_after=10)
def announce_gateways() -> dict[str, int]:
    """All gateways; after one was entered or switched, or the store was made anew."""
    rows = list(Gateway.objects.filter(demonstration=False))
    for one in rows:
        announce(one)
    return {"gateways": len(rows)}
