"""Breaking tasks down to departments and persons, who confirm their part (TGT-03)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import Actor
from duikou.engines.clauses.model import Party
from duikou.wings.hospitals.catalogue import OTHER
from duikou.wings.plans.actions._common import claim, member_of, refuse, speak_for
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import TaskShare, YearTask
from duikou.wings.plans.workflows import YEAR_TASK


def add_share(
    *, actor: Actor, task: YearTask, side: str, department: str, person: int, part: str
) -> TaskShare:
    """Give a department and a person of one's own hospital their part of a task.

    Raises Denied at the other party's, Missing, Invalid, Conflict.
    """
    plan = task.plan
    party = speak_for(actor, plan, side, "plan.edit")
    part = part.strip()
    with act("plan.share_add", actor=actor, permission="plan.edit", on=plan.path_of(party)) as event:
        _check_going_on(task)
        known = {OTHER, *demands(plan.policy_pack).pack.specialties}
        refuse(
            {
                "department": []
                if department in known
                else [_("政策包中没有专业“%(found)s”。") % {"found": department}],
                "part": [] if part else [_("请写明这个人负责什么。")],
            },
            _("分工不符合要求，请按提示修改。"),
        )
        member = member_of(actor, plan, party, person)
        share = TaskShare(task=task, side=party.value, department=department, person=member, part=part)
        try:
            with transaction.atomic():
                share.save()
        except IntegrityError:
            raise Conflict(_("“%(person)s”在这项任务中已有同样的分工。") % {"person": member.name}) from None
        event.note(task, after={"side": str(party), "department": department, "person": member.pk})
    return share


def remove_share(*, actor: Actor, share: TaskShare, version: int) -> None:
    """Take a part back. Raises Denied at the other party's, Conflict."""
    plan = share.task.plan
    party = speak_for(actor, plan, share.side, "plan.edit")
    with act("plan.share_remove", actor=actor, permission="plan.edit", on=plan.path_of(party)) as event:
        _check_going_on(share.task)
        claim(share, version)
        event.note(share.task, before={"side": share.side, "person": share.person_id, "part": share.part})
        TaskShare.objects.filter(pk=share.pk).delete()


def confirm_share(*, actor: Actor, share: TaskShare, version: int, note: str = "") -> TaskShare:
    """Confirm a part: the person, or the hospital for one without an account, saying on what ground.

    Raises Denied for anybody else, Invalid, Conflict.
    """
    plan = share.task.plan
    path = plan.path_of(Party(share.side))
    own = actor.user_id is not None and share.person.user_id == actor.user_id
    note = note.strip()
    if not own:
        if share.person.user_id is not None:
            raise Denied(_("“%(person)s”有自己的账号，应由本人确认。") % {"person": share.person.name})
        require(actor, "plan.edit", (path,))
        if not note:
            text = _("代为确认须写明依据，例如：本人已在纸质任务书上签名。")
            raise Invalid(text, fields={"note": [text]})
    with act("plan.share_confirm", actor=actor, permission="plan.view") as event:
        _check_going_on(share.task)
        if share.confirmed_at:
            raise Conflict(_("这项分工已经确认过。"))
        claim(share, version)
        share.confirmed_by_id, share.confirmed_at, share.note = actor.user_id, timezone.now(), note
        share.save(update_fields=["confirmed_by", "confirmed_at", "note"])
        event.note(share.task, after={"person": share.person_id, "own": own}, reason=note, scope_path=path)
    return share


def _check_going_on(task: YearTask) -> None:
    if task.state not in ("open", "reported") or task.plan.closed_on is not None:
        raise Conflict(
            _("任务“%(task)s”目前为“%(state)s”，分工不能再改。")
            % {"task": task.title, "state": YEAR_TASK.states[task.state].label}
        )
