"""Names of the acts on postings, for their history and for the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting

ACTS = {
    "posting.nominate": pgettext_lazy("操作", "提名派驻人员"),
    "posting.approve": pgettext_lazy("操作", "同意派驻"),
    "posting.refuse": pgettext_lazy("操作", "不同意派驻"),
    "posting.withdraw": pgettext_lazy("操作", "撤回派驻提名"),
    "posting.arrive": pgettext_lazy("操作", "登记到岗"),
    "posting.leave": pgettext_lazy("操作", "登记派驻请假"),
    "posting.leave_withdrawn": pgettext_lazy("操作", "撤回派驻请假"),
    "posting.return": pgettext_lazy("操作", "提前返岗"),
    "posting.end": pgettext_lazy("操作", "结束派驻"),
    "posting.correct_days": pgettext_lazy("操作", "更正派驻日期"),
    "posting.appraise": pgettext_lazy("操作", "派驻考核"),
    "staff_request.ask": pgettext_lazy("操作", "提出派驻需求"),
    "staff_request.withdraw": pgettext_lazy("操作", "撤回派驻需求"),
    "staff_request.decline": pgettext_lazy("操作", "答复不能派人"),
    "staff_request.fill": pgettext_lazy("操作", "派驻需求已派齐"),
    "staff_request.reopen": pgettext_lazy("操作", "派驻需求重新待派人"),
    "conduct.report": pgettext_lazy("操作", "登记违纪通报或纠纷"),
    "conduct.read": pgettext_lazy("操作", "查看违纪通报或纠纷"),
    "conduct.acknowledge": pgettext_lazy("操作", "确认收到违纪通报或纠纷"),
    "conduct.answer": pgettext_lazy("操作", "答复违纪通报或纠纷"),
    "conduct.settle": pgettext_lazy("操作", "了结纠纷"),
}


def act_words(name: str) -> str:
    """An act in the language of the request; its own name where it has no words."""
    return str(ACTS.get(name, name))


NEXT = {
    "nominated": _("等受援医院同意或不同意。"),
    "approved": _("人到以后，由受援医院登记到岗。"),
    "on_post": _("受援科室排班、每周确认工作量；期满登记结束并考核。"),
    "appraisal": _("等受援医院考核；考核合格才能认定学分。"),
    "credit": _("考核已登记；学分按在岗天数和考核认定。"),
}
NEXT_OWN = {
    "on_post": _("每天用手机签到、填工作量；科室每周确认。"),
    "approved": _("到岗那天找受援医院登记；之后每天用手机签到。"),
}

PAGES = {  # by state: the page, the permission that opens it, its title
    "on_post": ("presence:list", "presence.view", pgettext_lazy("导航", "考勤与工作量")),
    "credit": ("credits:person", "credit.view", pgettext_lazy("导航", "学分认定")),
}
PAGES_OWN = {
    "on_post": ("presence:today", "presence.own", pgettext_lazy("导航", "今日签到")),
    "credit": ("credits:mine", "credit.own", pgettext_lazy("导航", "我的学分与证明")),
}


def next_step(actor: Actor, posting: Posting, *, own: bool, appraised: bool) -> tuple[object, object, str]:
    """What comes next in words, and the page for it; nothing for what was refused or withdrawn."""
    state = posting.state
    if state == Posting.State.ENDED:
        state = "credit" if appraised else "appraisal"
    words: object = {**NEXT, **NEXT_OWN}.get(state, "") if own else NEXT.get(state, "")
    page, permission, title = (PAGES_OWN if own else PAGES).get(state, ("", "", ""))
    if not page or not actor.may(permission):
        return words, "", ""
    return words, title, link(page, posting.person_id) if page == "credits:person" else link(page)
