"""Uploads in pieces on their way into the record, and series of gateways that were refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, DuikouError, refused
from duikou.core.jobs.actions import request_job
from duikou.core.scope import SYSTEM, Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.imaging import storage
from duikou.wings.imaging.actions import _common
from duikou.wings.imaging.actions.ingesting import keep
from duikou.wings.imaging.actions.matching import SWITCHED_OFF, receive
from duikou.wings.imaging.dicom.checking import Fault, examine, fault_of
from duikou.wings.imaging.dicom.reading import Header
from duikou.wings.imaging.dicom.unpacking import Handed, lay_out
from duikou.wings.imaging.models import Delivery, Gateway
from duikou.wings.patients.actions import reach
from duikou.wings.patients.models import Patient

PURPOSE = "dicom"
MOST_UPLOADS = 20  # of one delivery
NOT_ENTERED = gettext_noop("没有登记 AE 标题为 %(title)s 的影像网关，没有接收。")
State, Cause = Delivery.State, Delivery.Cause


@dataclass(frozen=True, slots=True)
class Sent:
    """A series as the live store has it: its name there, who sent it and from where, the files."""

    series: str
    sender: str
    address: str
    files: Sequence[Path]


def hand_in(*, actor: Actor, patient: Patient, keys: Sequence[str]) -> Delivery:
    """Take uploads that have arrived over for a patient, and have them checked by a worker.

    Raises Conflict for an upload that is not whole or was taken before.
    """
    place = reach(actor, patient, "study.edit")
    with act("study.deliver", actor=actor, permission="study.edit", on=place, target=patient) as event:
        if not 0 < len(keys) <= MOST_UPLOADS:
            raise refused("file", _("请选择 1–%(most)s 个文件。") % {"most": MOST_UPLOADS})
        if patient.erased_at is not None or patient.merged_into is not None:
            raise Conflict(
                _("患者 %(number)s 的档案已合并或销毁，不能再登记检查。") % {"number": patient.number}
            )
        made = Delivery.objects.create(
            origin=Delivery.Origin.UPLOAD,
            state=State.CHECKING,
            hospital=_common.hospital_at(place),
            scope_path=place,
            patient=patient,
            count=len(keys),
            received_by_id=actor.user_id,
            demonstration=patient.demonstration,
        )
        for place_in_row, key in enumerate(keys):
            taken, arrived = uploads.take(actor=actor, key=key, kind=PURPOSE)
            made.size += taken.size
            storage.link(arrived, storage.delivered(made.number) / f"{place_in_row + 1}")
        made.save(update_fields=["size"])
        _ask_check(actor, made)
        event.note(patient, after={"delivery": made.number, "files": made.count, "size": made.size})
    return made


def _ask_check(actor: Actor, delivery: Delivery) -> None:
    from duikou.wings.imaging.tasks import check_delivery

    request_job(
        check_delivery,
        delivery.pk,
        actor=actor,
        scope_path=delivery.scope_path,
        subject=delivery.number,
        dedupe=f"delivery-{delivery.pk}",
    )


def check(*, actor: Actor, delivery: Delivery, tell: Callable[[int], None] = lambda done: None) -> Delivery:
    """Keep an upload, or say of each file why not. Once for a delivery: what is decided stays so."""
    if delivery.state != State.CHECKING or delivery.patient is None:
        return delivery
    arrived = sorted(storage.delivered(delivery.number).glob("*"))
    with storage.batch() as folder:
        headers, faults = _examined(delivery.patient, arrived, folder, tell)
        if not faults:
            try:
                with together():
                    made = keep(actor, headers, place=delivery.scope_path, patient=delivery.patient)
                    _become(delivery, state=State.KEPT, studies=[one.study_uid for one in made])
            except DuikouError as error:
                faults = [fault_of(error)]
        if faults:
            _refuse_upload(delivery, faults)
    transaction.on_commit(lambda: storage.drop(storage.delivered(delivery.number)))
    delivery.refresh_from_db()
    return delivery


def _examined(
    patient: Patient, arrived: Sequence[Path], folder: Path, tell: Callable[[int], None]
) -> tuple[list[Header], list[Fault]]:
    opened = [path.open("rb") for path in arrived]
    try:
        handed = [Handed(path.name, file) for path, file in zip(arrived, opened, strict=True)]
        return examine(lay_out(handed, folder), patient, tell)
    except DuikouError as error:
        return [], [fault_of(error)]
    finally:
        for file in opened:
            file.close()


def give_up(*, delivery: Delivery, words: dict[str, str]) -> None:
    """Note that a check has not come to its end."""
    _refuse_upload(delivery, [Fault("", Cause.OTHER, words)])


def _refuse_upload(delivery: Delivery, faults: Sequence[Fault]) -> None:
    with act("study.refused", actor=SYSTEM, permission="study.edit", on=delivery.scope_path) as event:
        _become(delivery, state=State.REFUSED, cause=faults[0].cause, faults=faults)
        event.note(delivery, after={"cause": faults[0].cause, "faults": len(faults)})


def _become(delivery: Delivery, *, faults: Sequence[Fault] = (), **values: object) -> None:
    sealed = Delivery.sealed([one.told() for one in faults])
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=(State.CHECKING, State.REFUSED))
    rows.update(faults_sealed=sealed, **values)


def deliver(sent: Sent) -> bool:
    """Take a series of a gateway; whether it was taken. Refused, it becomes a row with its files."""
    gateway = Gateway.objects.filter(ae_title=sent.sender).select_related("hospital").first()
    if gateway is None or not gateway.active:
        words, cause = (NOT_ENTERED, Cause.UNKNOWN) if gateway is None else (SWITCHED_OFF, Cause.OFF)
        error = Conflict(_(words) % {"title": sent.sender})

        def again() -> None:
            raise Conflict(_(words) % {"title": sent.sender})

        found = fault_of(error, again)
        _refuse(sent, gateway, Fault("", cause, found.words))
        return False
    try:
        made = receive(gateway=gateway, files=sent.files)
    except DuikouError as error:
        _refuse(sent, gateway, fault_of(error, lambda: receive(gateway=gateway, files=sent.files)))
        return False
    # Sent again in good order: what was refused before is settled by that.
    earlier = Delivery.objects.filter(series=sent.series, sender=sent.sender, state=State.REFUSED)
    earlier.update(state=State.KEPT, studies=[one.study_uid for one in made], settled_at=timezone.now())
    for study in made:
        study.files.update(forwarded_at=study.received_at)  # it lies in the live store already
    return True


def _refuse(sent: Sent, gateway: Gateway | None, fault: Fault) -> None:
    place = gateway.scope_path if gateway else ""
    with act("study.refused", actor=SYSTEM, permission="study.match", on=place) as event:
        made, _new = Delivery.objects.update_or_create(
            series=sent.series,
            sender=sent.sender,
            state=State.REFUSED,
            defaults={
                "origin": Delivery.Origin.GATEWAY,
                "hospital": gateway.hospital if gateway else None,
                "scope_path": place,
                "gateway": gateway,
                "address": sent.address,
                "cause": fault.cause,
                "faults_sealed": Delivery.sealed([fault.told()]),
                "files": [storage.keep_copy(one) for one in sent.files],
                "count": len(sent.files),
                "size": sum(one.stat().st_size for one in sent.files),
                "received_at": timezone.now(),
            },
        )
        event.note(made, after={"cause": fault.cause, "files": made.count, "sender": sent.sender})


def recheck(*, actor: Actor, delivery: Delivery) -> Delivery:
    """Check refused files of a gateway anew: the record was corrected, or the gateway is on again.

    Raises what the check finds; the row then stays as it is.
    """
    with act("study.recheck", actor=actor, permission="study.match", on=delivery) as event:
        gateway = delivery.gateway
        if delivery.state != State.REFUSED or delivery.origin != Delivery.Origin.GATEWAY:
            raise Conflict(_("这份收件不在“已拒收”状态，或刚由他人处理。请刷新。"))
        if gateway is None or not gateway.active:
            raise Conflict(_("网关 %(title)s 已停用。请先启用，再重新核对。") % {"title": delivery.sender})
        made = receive(gateway=gateway, files=[storage.there(one) for one in delivery.files])
        _become(delivery, state=State.KEPT, studies=[one.study_uid for one in made])
        Delivery.objects.filter(pk=delivery.pk).update(
            settled_at=timezone.now(), settled_by=actor.user_id, cause=""
        )
        delivery.refresh_from_db()
        event.note(delivery, after={"studies": delivery.studies})
    return delivery


def settle(*, actor: Actor, delivery: Delivery, remark: str) -> Delivery:
    """Say what was done about a refusal; the files stay as they came."""
    permission = "study.match" if delivery.origin == Delivery.Origin.GATEWAY else "study.edit"
    with act("study.settle", actor=actor, permission=permission, on=delivery) as event:
        remark = require_reason(remark)
        won = Delivery.objects.filter(pk=delivery.pk, state=State.REFUSED).update(
            state=State.SETTLED, settled_at=timezone.now(), settled_by=actor.user_id, remark=remark
        )
        if not won:
            raise Conflict(_("这份收件不在“已拒收”状态，或刚由他人处理。请刷新。"))
        delivery.refresh_from_db()
        event.note(delivery, after={"state": delivery.state}, reason=remark)
    return delivery
