"""Names of the acts on consultations, and what comes next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.wings.telehealth.models import Consultation

ACTS = {
    "consultation.create": pgettext_lazy("操作", "起草会诊邀请"),
    "consultation.edit": pgettext_lazy("操作", "修改会诊病例"),
    "consultation.add_file": pgettext_lazy("操作", "添加会诊资料"),
    "consultation.remove_file": pgettext_lazy("操作", "移除会诊资料"),
    "consultation.studies": pgettext_lazy("操作", "选择会诊的检查影像"),
    "consultation.submit": pgettext_lazy("操作", "提交会诊邀请"),
    "consultation.send_back": pgettext_lazy("操作", "退回修改会诊邀请"),
    "consultation.approve": pgettext_lazy("操作", "核准并发出会诊邀请"),
    "consultation.return": pgettext_lazy("操作", "退回补充会诊资料"),
    "consultation.resend": pgettext_lazy("操作", "补充后再次发出会诊"),
    "consultation.accept": pgettext_lazy("操作", "接受会诊邀请"),
    "consultation.decline": pgettext_lazy("操作", "谢绝会诊邀请"),
    "consultation.assign": pgettext_lazy("操作", "指派会诊专家"),
    "consultation.release": pgettext_lazy("操作", "改派会诊专家"),
    "consultation.schedule": pgettext_lazy("操作", "约定会诊时间"),
    "consultation.unschedule": pgettext_lazy("操作", "取消会诊时间"),
    "consultation.room": pgettext_lazy("操作", "打开会诊室"),
    "consultation.picture": pgettext_lazy("操作", "选择意见附图"),
    "consultation.picture_removed": pgettext_lazy("操作", "移除意见附图"),
    "consultation.escalate": pgettext_lazy("操作", "会诊超时上报"),
    "consultation.plan": pgettext_lazy("操作", "求解会诊排期"),
    "consultation.plan_kept": pgettext_lazy("操作", "会诊排期已得出"),
    "consultation.plan_accepted": pgettext_lazy("操作", "采用会诊排期"),
    "consultation.plan_dropped": pgettext_lazy("操作", "放弃会诊排期"),
    "consultation.draft": pgettext_lazy("操作", "保存会诊意见草稿"),
    "consultation.sign": pgettext_lazy("操作", "签发会诊意见"),
    "consultation.acknowledge": pgettext_lazy("操作", "确认会诊意见"),
    "consultation.close": pgettext_lazy("操作", "办结会诊"),
    "consultation.rate": pgettext_lazy("操作", "评价会诊"),
    "consultation.withdraw": pgettext_lazy("操作", "撤回会诊邀请"),
    "expert.enter": pgettext_lazy("操作", "加入会诊专家库"),
    "expert.correct": pgettext_lazy("操作", "更正会诊专家"),
    "expert.leave": pgettext_lazy("操作", "退出会诊专家库"),
    "expert.slot": pgettext_lazy("操作", "登记专家时段"),
    "expert.slot_withdrawn": pgettext_lazy("操作", "撤回专家时段"),
}


def act_words(name: str) -> str:
    """An act in the language of the request; its own name where it has no words."""
    return str(ACTS.get(name, name))


NEXT = {
    "draft": _("写好病例、添加资料、确认患者同意已登记，然后提交医务科。"),
    "submitted": _("等本院医务科核准（规则 CON-02）；核准后发给受邀医院。"),
    "sent": _("等受邀医院接受、退回补充或谢绝（规则 TEL-05）。"),
    "returned": _("受邀医院要求补充：请修改病例或添加资料，再次发出。补充期间不计时。"),
    "accepted": _("等受邀医院指派专家；不合条件的不能指派（规则 TEL-06）。"),
    "assigned": _("等专家签发意见。不需要实时连线；要连线的可另约时间。"),
    "answered": _("等邀请医师确认：采纳、部分采纳或说明不采纳的理由；处置由治疗医院决定（规则 TEL-07）。"),
    "acknowledged": _("双方可以评价；办结后受邀方不再能看患者的资料。"),
}


def next_words(one: Consultation) -> object:
    """What comes next in words; nothing once it is over."""
    return NEXT.get(one.state, "")
