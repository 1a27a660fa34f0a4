"""What stands beside a pairing: links between departments, and a hospital's other aid programmes."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.actions import act, require
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.scope import Actor
from duikou.policy.loader import load_pack
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions._common import claim
from duikou.wings.pairings.models import AidLoad, DepartmentLink, Pairing
from duikou.wings.people.models import Person


def link_departments(
    *,
    actor: Actor,
    pairing: Pairing,
    specialty: str,
    supporter_head: int | None = None,
    recipient_head: int | None = None,
    start: dt.date | None = None,
) -> DepartmentLink:
    """Let a department of the supporter take care of the recipient's, with both heads (AGR-18).

    `specialty` is an id of the pack's specialties. Raises Denied, Missing, Invalid,
    Conflict when the specialty is linked already.
    """
    with act("department_link.add", actor=actor, permission="pairing.edit", on=pairing) as event:
        if specialty not in load_pack(pairing.round.policy_pack).specialties:
            raise Invalid(
                _("政策包中没有专业“%(found)s”。") % {"found": specialty},
                fields={"specialty": [_("请选择专业。")]},
            )
        first = start or pairing.start
        _check_within(pairing, first)
        link = DepartmentLink(
            pairing=pairing,
            specialty=specialty,
            supporter_head=_head(actor, supporter_head, pairing.supporter),
            recipient_head=_head(actor, recipient_head, pairing.recipient),
            start=first,
        )
        try:
            with transaction.atomic():
                link.save()
        except IntegrityError:
            raise Conflict(_("这一专业已经建立科室对口。请修改已有的一条，或先将其终止。")) from None
        event.note(link, after=_plain(link), scope_path=pairing.recipient_path)
    return link


def change_heads(
    *,
    actor: Actor,
    link: DepartmentLink,
    version: int,
    supporter_head: int | None,
    recipient_head: int | None,
) -> DepartmentLink:
    """Name other first-responsible persons, each side its own.

    The head of a hospital that the actor does not edit must stay as it is. Raises
    Denied, Missing, Conflict when the link has ended, or somebody else changed it meanwhile.
    """
    with act("department_link.heads", actor=actor, permission="pairing.edit", on=link) as event:
        _check_going_on(link)
        claim(link, version, _called(link))
        before = _plain(link)
        if supporter_head != link.supporter_head_id:
            require(actor, "pairing.edit", (link.pairing.supporter_path,))
            link.supporter_head = _head(actor, supporter_head, link.pairing.supporter)
        if recipient_head != link.recipient_head_id:
            require(actor, "pairing.edit", (link.pairing.recipient_path,))
            link.recipient_head = _head(actor, recipient_head, link.pairing.recipient)
        link.save(update_fields=["supporter_head", "recipient_head"])
        event.note(before=before, after=_plain(link))
    return link


def end_department_link(*, actor: Actor, link: DepartmentLink, version: int, on: dt.date) -> DepartmentLink:
    """End a link; `on` is its last day.

    Raises Denied, Invalid, Conflict when it has ended before, or somebody else changed it meanwhile.
    """
    with act("department_link.end", actor=actor, permission="pairing.edit", on=link) as event:
        _check_going_on(link)
        claim(link, version, _called(link))
        _check_within(link.pairing, on)
        if on < link.start:
            raise Invalid(
                _("最后一日 %(found)s 早于开始日期 %(start)s。") % {"found": on, "start": link.start}
            )
        link.end = on
        link.save(update_fields=["end"])
        event.note(after=_plain(link))
    return link


def add_aid_load(
    *,
    actor: Actor,
    hospital: str,
    programme: str,
    start: dt.date,
    source: str,
    beneficiary: str = "",
    person_months: int | None = None,
    end: dt.date | None = None,
) -> AidLoad:
    """Record what else a hospital carries (PAIR-07), with its source. Raises Denied, Missing, Invalid."""
    carrier = Hospital.objects.filter(key=hospital).first()
    if carrier is None:
        raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": hospital})
    with act("aid_load.add", actor=actor, permission="pairing.edit", on=carrier.scope_path) as event:
        fields: dict[str, list[str]] = {}
        if programme not in AidLoad.Programme.values:
            fields["programme"] = [_("没有“%(found)s”这种任务。") % {"found": programme}]
        if not source.strip():
            fields["source"] = [_("必须写明来源，例如文件号。")]
        if end is not None and end < start:
            fields["end"] = [_("结束日期 %(end)s 早于开始日期 %(start)s。") % {"end": end, "start": start}]
        if person_months is not None and person_months < 0:
            fields["person_months"] = [_("应为 0 或更大的整数。")]
        if fields:
            raise Invalid(_("援助任务的内容不符合要求，请按提示修改。"), fields=fields)
        load = AidLoad.objects.create(
            hospital=carrier,
            programme=programme,
            beneficiary=beneficiary.strip(),
            person_months=person_months,
            start=start,
            end=end,
            source=source.strip(),
        )
        event.note(
            load,
            after={"programme": programme, "beneficiary": load.beneficiary, "start": start, "end": end},
            scope_path=carrier.scope_path,
        )
    return load


def end_aid_load(*, actor: Actor, load: AidLoad, version: int, on: dt.date) -> AidLoad:
    """End an aid programme of a hospital; `on` is its last day. Raises Denied, Invalid, Conflict."""
    with act("aid_load.end", actor=actor, permission="pairing.edit", on=load) as event:
        if on < load.start:
            raise Invalid(
                _("最后一日 %(found)s 早于开始日期 %(start)s。") % {"found": on, "start": load.start}
            )
        claim(load, version)
        before = {"end": load.end}
        load.end = on
        load.save(update_fields=["end"])
        event.note(before=before, after={"end": on})
    return load


def _head(actor: Actor, pk: int | None, hospital: Hospital) -> Person | None:
    """A member of the hospital's staff who has not left, and whom the actor may see."""
    if pk is None:
        return None
    found = Person.objects.visible_to(actor).filter(pk=pk, hospital=hospital, left_on__isnull=True).first()
    if found is None:
        raise Missing(_("“%(hospital)s”没有这名在职人员，请重新选择。") % {"hospital": hospital.name})
    return found


def _check_going_on(link: DepartmentLink) -> None:
    if link.end is not None:
        raise Conflict(_("这项科室对口已于 %(end)s 终止。") % {"end": link.end})


def _check_within(pairing: Pairing, day: dt.date) -> None:
    if not pairing.start <= day <= pairing.end:
        raise Invalid(
            _("日期应在结对期限 %(start)s 至 %(end)s 之内；实际为 %(found)s。")
            % {"start": pairing.start, "end": pairing.end, "found": day}
        )


def _called(link: DepartmentLink) -> str:
    """The link in the reader's words: the specialty by its title, not by its id."""
    specialty = load_pack(link.pairing.round.policy_pack).specialties.get(link.specialty)
    if specialty is None:
        return str(link)
    english = (get_language() or "").startswith("en")
    return f"{link.pairing} · {specialty.title.en if english else specialty.title.zh}"


def _plain(link: DepartmentLink) -> dict[str, object]:
    return {
        "specialty": link.specialty,
        "supporter_head": link.supporter_head_id,
        "recipient_head": link.recipient_head_id,
        "start": link.start,
        "end": link.end,
    }
