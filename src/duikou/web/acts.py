"""Names of the acts of the audit trail in words, and the pages of what they touched."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from django.apps import apps
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duikou.core.links import link
from duikou.core.models import AuditEvent
from duikou.core.roles import roles
from duikou.core.scope import NOBODY, SYSTEM
from duikou.core.trail import Change
from duikou.core.workflow import Workflow, load

ACTS: dict[str, object] = {
    "account.deactivate": pgettext_lazy("操作", "停用账号"),
    "account.grant": pgettext_lazy("操作", "授予角色"),
    "account.grant_end": pgettext_lazy("操作", "结束授权"),
    "account.language_chosen": pgettext_lazy("操作", "选择界面语言"),
    "account.open": pgettext_lazy("操作", "开设账号"),
    "account.password_changed": pgettext_lazy("操作", "修改密码"),
    "account.reactivate": pgettext_lazy("操作", "恢复账号"),
    "account.reset_password": pgettext_lazy("操作", "重置密码"),
    "account.sign_in_failed": pgettext_lazy("操作", "登录失败"),
    "account.signed_in": pgettext_lazy("操作", "登录"),
    "account.signed_out": pgettext_lazy("操作", "退出登录"),
    "agreement.ask_end": pgettext_lazy("操作", "申请终止支援"),
    "agreement.comment": pgettext_lazy("操作", "批注协议"),
    "agreement.create": pgettext_lazy("操作", "起草协议"),
    "agreement.decide": pgettext_lazy("操作", "一方对协议表态"),
    "agreement.event": pgettext_lazy("操作", "登记协议一方的变更"),
    "agreement.open_round": pgettext_lazy("操作", "为一轮结对起草协议"),
    "agreement.original": pgettext_lazy("操作", "登记收到协议原件"),
    "agreement.receipt": pgettext_lazy("操作", "收存协议备案件"),
    "agreement.send_copy": pgettext_lazy("操作", "报送协议备案件"),
    "agreement.settle": pgettext_lazy("操作", "了结协议批注"),
    "agreement.sign_side": pgettext_lazy("操作", "一方签署协议"),
    "agreement.terms": pgettext_lazy("操作", "变更协议代表或期限"),
    "agreement.upload_refused": pgettext_lazy("操作", "未接收协议文件"),
    "agreement.text": pgettext_lazy("操作", "提交协议新版文本"),
    "agreement_template.retire": pgettext_lazy("操作", "停用协议范本"),
    "agreement_template.upload": pgettext_lazy("操作", "上传协议范本"),
    "aid_load.add": pgettext_lazy("操作", "登记其他援助任务"),
    "aid_load.end": pgettext_lazy("操作", "结束其他援助任务"),
    "annex.repair": pgettext_lazy("操作", "修正导入行"),
    "annex.upload": pgettext_lazy("操作", "上传结对表"),
    "audit.verify": pgettext_lazy("操作", "要求核对审计链"),
    "calendar_feed.renew": pgettext_lazy("操作", "更换日历订阅地址"),
    "calendar_feed.stop": pgettext_lazy("操作", "停用日历订阅地址"),
    "code_mapping.import": pgettext_lazy("操作", "导入编码对照表"),
    "demo.cleared": pgettext_lazy("操作", "清除演示数据"),
    "demo.loaded": pgettext_lazy("操作", "载入演示数据"),
    "delegation.give": pgettext_lazy("操作", "委托代理人"),
    "delegation.revoke": pgettext_lazy("操作", "收回委托"),
    "department_link.add": pgettext_lazy("操作", "建立科室对口"),
    "department_link.end": pgettext_lazy("操作", "结束科室对口"),
    "department_link.heads": pgettext_lazy("操作", "变更科室责任人"),
    "evidence.attach": pgettext_lazy("操作", "提交佐证"),
    "evidence.judge": pgettext_lazy("操作", "核实佐证"),
    "evidence.withdraw": pgettext_lazy("操作", "撤回佐证"),
    "finding.reopened": pgettext_lazy("操作", "核查发现重新出现"),
    "finding.repaired": pgettext_lazy("操作", "核查发现已消除"),
    "hospital.alias_added": pgettext_lazy("操作", "增加医院别名"),
    "hospital.alias_removed": pgettext_lazy("操作", "删除医院别名"),
    "hospital.capability": pgettext_lazy("操作", "登记技术能力"),
    "technique.approval_ended": pgettext_lazy("操作", "停止技术批准"),
    "technique.approve": pgettext_lazy("操作", "批准开展技术"),
    "technique.case": pgettext_lazy("操作", "登记技术病例"),
    "technique.case_withdrawn": pgettext_lazy("操作", "撤回技术病例"),
    "technique.independent": pgettext_lazy("操作", "认定独立开展技术"),
    "hospital.close": pgettext_lazy("操作", "注销医院"),
    "hospital.department_added": pgettext_lazy("操作", "增设科室"),
    "hospital.department_closed": pgettext_lazy("操作", "撤销科室"),
    "hospital.edit": pgettext_lazy("操作", "修改医院登记"),
    "hospital.level": pgettext_lazy("操作", "变更医院等级"),
    "hospital.merge": pgettext_lazy("操作", "合并医院"),
    "hospital.merge_undone": pgettext_lazy("操作", "撤回医院合并"),
    "hospital.move": pgettext_lazy("操作", "变更医院所在地"),
    "hospital.register": pgettext_lazy("操作", "登记医院"),
    "hospital.register_loaded": pgettext_lazy("操作", "载入医院登记"),
    "hospital.rename": pgettext_lazy("操作", "医院更名"),
    "hospital.reopen": pgettext_lazy("操作", "恢复医院"),
    "hospital.specialty_states": pgettext_lazy("操作", "登记科室状况"),
    "hospital.split": pgettext_lazy("操作", "拆分医院"),
    "job.cancel": pgettext_lazy("操作", "取消后台任务"),
    "name_review.open": pgettext_lazy("操作", "提交名称裁定"),
    "hospital_code.record": pgettext_lazy("操作", "登记组织机构代码"),
    "need.declare": pgettext_lazy("操作", "填报需求或能力"),
    "need.remove": pgettext_lazy("操作", "删除填报"),
    "need.upload": pgettext_lazy("操作", "上传供需工作簿"),
    "obligation.remind": pgettext_lazy("操作", "责任到期提醒"),
    "obligation.set_duties": pgettext_lazy("操作", "责任记入台账"),
    "obligation.state": pgettext_lazy("操作", "填报履行情况"),
    "pairing.add": pgettext_lazy("操作", "新增结对"),
    "pairing.edit": pgettext_lazy("操作", "修改结对"),
    "pairing.end": pgettext_lazy("操作", "终止结对"),
    "person.correct": pgettext_lazy("操作", "修改人员"),
    "person.enter": pgettext_lazy("操作", "登记人员"),
    "plan.agree_for": pgettext_lazy("操作", "代表一方同意规划"),
    "plan.departments": pgettext_lazy("操作", "选定重点建设科室"),
    "plan.edit": pgettext_lazy("操作", "修改规划"),
    "plan.factor": pgettext_lazy("操作", "填写规划因素"),
    "plan.import": pgettext_lazy("操作", "导入年度任务"),
    "plan.open": pgettext_lazy("操作", "开始编制规划"),
    "plan.president": pgettext_lazy("操作", "指定规划第一责任人"),
    "plan.remove": pgettext_lazy("操作", "删除规划草稿"),
    "plan.share_add": pgettext_lazy("操作", "分解任务"),
    "plan.share_confirm": pgettext_lazy("操作", "确认任务分工"),
    "plan.share_remove": pgettext_lazy("操作", "收回任务分工"),
    "plan.task_add": pgettext_lazy("操作", "增加年度任务"),
    "plan.task_edit": pgettext_lazy("操作", "修改年度任务"),
    "plan.task_remove": pgettext_lazy("操作", "移除年度任务"),
    "places.import_boundaries": pgettext_lazy("操作", "导入边界"),
    "places.import_travel": pgettext_lazy("操作", "导入路程"),
    "places.load": pgettext_lazy("操作", "载入行政区划"),
    "places.remove_boundaries": pgettext_lazy("操作", "删除边界"),
    "places.remove_travel": pgettext_lazy("操作", "删除路程"),
    "places.use_boundaries": pgettext_lazy("操作", "启用边界"),
    "proposal.add_newcomer": pgettext_lazy("操作", "方案新增医院"),
    "proposal.agree": pgettext_lazy("操作", "批准方案的一部分"),
    "proposal.approve": pgettext_lazy("操作", "批准方案"),
    "proposal.close_hospital": pgettext_lazy("操作", "方案关闭医院"),
    "proposal.copy": pgettext_lazy("操作", "复制方案"),
    "proposal.create": pgettext_lazy("操作", "新建方案"),
    "proposal.edit_pairs": pgettext_lazy("操作", "指定或禁止结对"),
    "proposal.name_recipient": pgettext_lazy("操作", "方案新增待登记医院"),
    "proposal.remove_newcomer": pgettext_lazy("操作", "方案移除新增医院"),
    "proposal.rename": pgettext_lazy("操作", "方案改名"),
    "proposal.reopen_hospital": pgettext_lazy("操作", "方案恢复医院"),
    "proposal.return": pgettext_lazy("操作", "退回方案"),
    "proposal.set": pgettext_lazy("操作", "更改方案设置"),
    "proposal.solve": pgettext_lazy("操作", "求解方案"),
    "proposal.solve_later": pgettext_lazy("操作", "请求后台求解方案"),
    "residence.decide": pgettext_lazy("操作", "裁定现住址写法"),
    "round.audit": pgettext_lazy("操作", "核查轮次"),
    "round.create": pgettext_lazy("操作", "建立轮次"),
    "round.edit": pgettext_lazy("操作", "修改轮次"),
    "round.loaded": pgettext_lazy("操作", "载入轮次"),
    "round.opened": pgettext_lazy("操作", "方案转为新一轮"),
    "scheme.activate": pgettext_lazy("操作", "启用分组方案"),
    "settlements.import": pgettext_lazy("操作", "导入医保结算表"),
    "settlements.retract": pgettext_lazy("操作", "撤回医保结算表"),
    "scheme.register": pgettext_lazy("操作", "登记分组方案"),
    "scheme.regroup": pgettext_lazy("操作", "按另一方案重新分组"),
    "sums.export": pgettext_lazy("操作", "导出汇总文件"),
    "sums.receive": pgettext_lazy("操作", "接收汇总文件"),
    "sums.register": pgettext_lazy("操作", "登记汇总上报单位"),
    "sums.retract": pgettext_lazy("操作", "撤回汇总文件"),
    "submission.commit": pgettext_lazy("操作", "病案首页入库"),
    "submission.open": pgettext_lazy("操作", "开始上传病案首页"),
    "submission.taken_out": pgettext_lazy("操作", "病案首页移出存储"),
    "target.answer": pgettext_lazy("操作", "答复目标建议"),
    "target.propose": pgettext_lazy("操作", "提出目标"),
    "weights.import": pgettext_lazy("操作", "导入权重表"),
    "weights.stop": pgettext_lazy("操作", "停用权重表"),
    "weights.use": pgettext_lazy("操作", "使用权重表"),
    "token.created": pgettext_lazy("操作", "创建接口令牌"),
    "token.revoked": pgettext_lazy("操作", "停用接口令牌"),
}
# What everybody does all the time: left out where the acts that matter are wanted.
ROUTINE = ("account.signed_in", "account.signed_out", "account.password_changed", "account.language_chosen")
VALUES: dict[str, object] = {  # names of the values that acts note most often
    "departments": _("限定科室"),
    "department": _("科室"),
    "display_name": _("姓名"),
    "end": _("止"),
    "expires_at": _("到期"),
    "hospital": _("医院"),
    "is_active": _("在用"),
    "job": _("任务"),
    "kind": _("类别"),
    "language": _("界面语言"),
    "left_on": _("离任"),
    "level": _("等级"),
    "name": _("名称"),
    "org": _("组织"),
    "post": _("职务"),
    "reason": _("理由"),
    "recipient": _("受援医院"),
    "role": _("角色"),
    "scopes": _("权限"),
    "start": _("起"),
    "state": _("状态"),
    "supporter": _("支援医院"),
    "title": _("职称"),
    "user": _("账号"),
    "username": _("账号名"),
    "valid_from": _("开始日期"),
    "valid_to": _("最后一天"),
}
SUBJECTS: dict[str, object] = {  # what a life cycle is about, in front of the name of its step
    "finding": _("核查发现"),
    "annex_batch": _("导入批次"),
    "name_review": _("名称裁定"),
    "submission": _("病案首页"),
    "agreement": _("协议"),
    "termination": _("终止申请"),
    "plan": _("规划"),
    "year_task": _("年度任务"),
}
PAGES = {  # table of an event's target → the page of one row
    "agreements.agreement": "agreements:detail",
    "agreements.uploadedtemplate": "agreements:template",
    "core.user": "people:account",
    "core.job": "jobs:job",
    "discharges.settlementtable": "discharges:settlement",
    "discharges.submission": "discharges:submission",
    "discharges.weighttable": "discharges:weight_table",
    "hospitals.hospital": "hospitals:detail",
    "hospitals.namereview": "hospitals:review",
    "obligations.obligation": "obligations:detail",
    "pairings.annexbatch": "pairings:batch",
    "pairings.finding": "pairings:finding",
    "pairings.pairing": "pairings:detail",
    "people.person": "people:person",
    "plans.supportplan": "plans:plan",
    "plans.yeartask": "plans:task",
    "places.division": "places:division",
}


@cache
def _workflows() -> dict[str, Workflow]:
    found: dict[str, Workflow] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("duikou.wings."):
            try:
                found |= load(app.name)
            except FileNotFoundError:
                continue  # a wing without a life cycle
    return found


def act_label(name: str) -> str:
    """An act in the language of the request; its own name where it has no words."""
    if name in ACTS:
        return str(ACTS[name])
    subject, _dot, step = name.partition(".")
    workflow = _workflows().get(subject)
    if workflow is None or step not in workflow.transitions:
        return name
    words = SUBJECTS.get(subject)
    return f"{words} · {workflow.transitions[step].label}" if words else workflow.transitions[step].label


def actor_words(label: str) -> str:
    """Who acted: an account's name as it was then, the system and strangers in the reader's language."""
    return {SYSTEM.label: gettext("系统"), NOBODY.label: gettext("匿名")}.get(label, label)


def described(change: Change) -> Change:
    """A change with the name of its value, and roles, in words."""
    words = VALUES.get(change.name)
    before, after = change.before, change.after
    if change.name == "role":
        before, after = (str(roles().get(value, value)) for value in (before, after))
    return replace(change, name=str(words or change.name), before=before, after=after)


def target_url(event: AuditEvent) -> str:
    """The page of what an event touched; '' when there is none. The page itself checks the scope."""
    name = PAGES.get(event.target_type)
    if not name or not event.target_id:
        return ""
    return link(name, event.target_id)
