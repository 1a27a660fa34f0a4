"""What gateways send: pictures of people whom the sender alone knows, until somebody matches them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duikou.core.actions import act, require
from duikou.core.errors import Conflict, refused
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import storage
from duikou.wings.imaging.actions.ingesting import file_in
from duikou.wings.imaging.dicom.checking import demand
from duikou.wings.imaging.dicom.identity import differences
from duikou.wings.imaging.dicom.reading import Header, Person, read
from duikou.wings.imaging.dicom.unpacking import Refusal, linked
from duikou.wings.imaging.models import Delivery, Gateway, Study
from duikou.wings.patients.models import Patient
from duikou.wings.patients.sealing import seal, unseal

SWITCHED_OFF = gettext_noop("网关 %(title)s 已停用，没有接收。")


def enter_gateway(*, actor: Actor, hospital: Hospital, ae_title: str, address: str, port: int) -> Gateway:
    """Enter a sender of pictures: what comes under its title from its address is the hospital's."""
    with act("gateway.enter", actor=actor, permission="study.match", on=hospital.scope_path) as event:
        made = Gateway(
            hospital=hospital,
            scope_path=hospital.scope_path,
            ae_title=ae_title.strip().upper(),
            address=address,
            port=port,
            entered_by_id=actor.user_id,
        )
        try:
            made.clean_fields(exclude=["entered_by"])
        except ValidationError as error:
            raise refused(*next((name, texts[0]) for name, texts in error.message_dict.items())) from error
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError as error:
            raise Conflict(_("AE 标题 %(title)s 已被占用，请换一个。") % {"title": made.ae_title}) from error
        # What it sent before anybody had entered it is the hospital's now, too.
        Delivery.objects.filter(hospital=None, sender=made.ae_title, address=address).update(
            hospital=hospital, scope_path=hospital.scope_path, gateway=made
        )
        event.note(made, after={"ae_title": made.ae_title, "address": address})
    return made


def switch_gateway(*, actor: Actor, gateway: Gateway, active: bool) -> Gateway:
    """Take nothing more from a sender, or take it again."""
    with act("gateway.switch", actor=actor, permission="study.match", on=gateway) as event:
        Gateway.objects.filter(pk=gateway.pk).update(active=active)
        gateway.refresh_from_db()
        event.note(gateway, after={"active": active})
    return gateway


def receive(*, gateway: Gateway, files: Sequence[Path]) -> list[Study]:
    """Keep what a gateway has sent: under the patient whose number the pictures bear, if all agrees.

    Otherwise it waits to be matched. The files themselves stay where they are. Raises Refusal for damaged
    files, and for more of a study that names somebody else; Conflict where the UIDs belong elsewhere.
    """
    return _taken(SYSTEM, gateway, files)[0]


def store(*, actor: Actor, gateway: Gateway, files: Sequence[Path]) -> list[Header]:
    """The same for what a gateway hands to the API as `actor`: all of it is kept, or nothing.

    Returns what was read of each file. Raises as `receive`, and Conflict where the gateway is off.
    """
    demand_sender(actor=actor, gateway=gateway)
    return _taken(actor, gateway, files)[1]


def demand_sender(*, actor: Actor, gateway: Gateway) -> None:
    """Raise Denied, or Conflict where the gateway is off; asked before anything large is read."""
    require(actor, "study.match", (gateway.scope_path,))
    if not gateway.active:
        raise Conflict(_(SWITCHED_OFF) % {"title": gateway.ae_title})


def _taken(actor: Actor, gateway: Gateway, files: Sequence[Path]) -> tuple[list[Study], list[Header]]:
    with storage.batch() as folder:
        headers = [read(laid) for laid in linked(files, folder)]  # before the transaction: it takes time
        with act("study.receive", actor=actor, permission="study.match", on=gateway) as event:
            made: list[Study] = []
            for person in dict.fromkeys(header.person for header in headers):
                theirs = [header for header in headers if header.person == person]
                made += _receive(gateway, person, theirs)
            event.note(gateway, after={"studies": [one.pk for one in made], "files": len(files)})
    return made, headers


def _receive(gateway: Gateway, person: Person, headers: list[Header]) -> list[Study]:
    known = Study.objects.filter(study_uid=headers[0].study_uid).select_related("patient").first()
    patient = known.patient if known else _named(gateway, person)
    if patient is not None:  # more of a study that is matched has to be of the same person
        for header in headers:
            demand(header, patient)
    elif known is not None and known.state == Study.State.UNMATCHED and person_of(known) != person:
        raise Refusal(
            headers[0].laid.name,
            _("同一份检查（UID 相同）先前送来的图像写着另一个人。请在设备上核对患者后重新发送。"),
            cause="identity",
        )
    return file_in(
        SYSTEM,
        headers,
        place=known.scope_path if known else patient.scope_path if patient else gateway.scope_path,
        patient=patient,
        gateway=gateway,
        header_sealed=_sealed(person),
    )


def _named(gateway: Gateway, person: Person) -> Patient | None:
    rows = Patient.objects.standing().filter(hospital=gateway.hospital, number=person.number.upper())
    found: Patient | None = rows.first()
    return found if found is not None and not differences(person, found) else None


def match(*, actor: Actor, study: Study, patient: Patient) -> Study:
    """Say whose pictures these are. Raises Invalid where the pictures name somebody else."""
    with act("study.match", actor=actor, permission="study.match", on=study) as event:
        if patient.hospital_id != study.hospital_id:
            raise refused("number", _("只能匹配到本院建档的患者。"))
        if found := differences(person_of(study), patient):
            raise refused(
                "number",
                _("与所选患者不符：%(found)s。请核对是否选错了患者或文件。") % {"found": "；".join(found)},
            )
        won = Study.objects.filter(pk=study.pk, state=Study.State.UNMATCHED).update(
            patient=patient,
            state=Study.State.READY,
            scope_path=patient.scope_path,
            header_sealed="",
            demonstration=patient.demonstration,
        )
        if not won:
            raise Conflict(_("这份检查已经匹配或撤下。请刷新页面。"))
        study.refresh_from_db()
        event.note(study, after={"patient": patient.number})
    return study


def person_of(study: Study) -> Person:
    """Whom the pictures of a study name, while it is not matched."""
    said = json.loads(unseal(study.header_sealed) or "{}")
    born = said.get("birth_date")
    return Person(
        said.get("name", ""),
        dt.date.fromisoformat(born) if born else None,
        said.get("sex", ""),
        said.get("number", ""),
    )


def _sealed(person: Person) -> str:
    return seal(
        json.dumps(
            {
                "name": person.name,
                "birth_date": person.birth_date.isoformat() if person.birth_date else None,
                "sex": person.sex,
                "number": person.number,
            },
            ensure_ascii=False,
        )
    )
