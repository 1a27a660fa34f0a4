"""Fixed words of the generated pages, in both languages."""

from __future__ import annotations

from typing import Literal

from duikou.engines.pairing.model import Severity
from duikou.engines.text import Text

Language = Literal["zh", "en"]

TO_CONFIRM = Text("**待核实**", "**to be confirmed**")
UNDECIDED = Text("**未定，待核实**", "**open, to be confirmed**")

WORDS: dict[str, Text] = {
    "generated": Text(
        "本页由政策包自动生成，请勿手改；修改政策包后重新生成。",
        "Generated from the policy packs: change a pack and generate again, do not edit this page.",
    ),
    "reference": Text("政策参考", "Policy reference"),
    "other_language": Text("English", "中文"),
    "index": Text("目录", "Index"),
    "id": Text("编号", "id"),
    "title": Text("名称", "title"),
    "validity": Text("有效期", "validity"),
    "extends": Text("继承自", "extends"),
    "rules": Text("规则", "rules"),
    "category": Text("类别", "category"),
    "count": Text("数量", "count"),
    "clause": Text("依据", "clause"),
    "mark": Text("依据等级", "mark"),
    "force": Text("效力", "force"),
    "severity": Text("审核级别", "audit severity"),
    "from_pack": Text("所属政策包", "pack"),
    "replaces": Text("替换上级规则", "replaces the rule of"),
    "note": Text("说明", "note"),
    "parameter": Text("参数", "parameter"),
    "value": Text("值", "value"),
    "specialties": Text("重点专科", "Specialties"),
    "group": Text("所属", "group"),
    "discipline": Text("诊疗科目代码", "discipline code"),
    "techniques": Text("技术任务", "Technique milestones"),
    "year": Text("年份", "year"),
    "kind": Text("类型", "kind"),
    "specialty": Text("专科", "specialty"),
    "due": Text("期限", "due"),
    "diseases": Text("农村居民重大疾病（20 种）", "Major diseases of rural residents (20)"),
    "phase": Text("推开情况（2012–2013）", "roll-out (2012–2013)"),
    "codes": Text("ICD-10 编码", "ICD-10 codes"),
    "age_max": Text("年龄上限", "age limit"),
    "laboratory": Text("须有实验室证据", "needs laboratory evidence"),
    "activities": Text("派驻人员的工作量项目", "Counters of posted staff's work"),
    "counted_in": Text("单位", "counted in"),
    "evidence_kind": Text("可作佐证", "serves as evidence"),
    "calendar": Text("日程", "Calendar"),
    "when": Text("时间", "when"),
    "what": Text("事项", "what"),
    "rule": Text("规则", "rule"),
    "conflicts": Text("日程中的矛盾", "Conflicts in the calendar"),
    "proposal": Text("建议", "proposal"),
    "questions": Text("待省里确认的问题", "Questions to the province"),
    "documents": Text("文件与来源", "Documents and sources"),
    "number": Text("文号", "number"),
    "issuer": Text("发布机关", "issuer"),
    "site": Text("网址", "site"),
    "agreements": Text("协议范本", "Model agreements"),
    "agreements_intro": Text(
        "条款的措辞是本系统的，职责和出处是文件的；没有数字的计量由双方约定。",
        "The words of a clause are ours, the duty and its source are the document's; measures without a "
        "figure are for the parties to agree on.",
    ),
    "section": Text("章节", "section"),
    "agreement_clause": Text("条款", "clause of the agreement"),
    "party": Text("义务方", "whose duty"),
    "party_supporter": Text("甲方", "party A"),
    "party_recipient": Text("乙方", "party B"),
    "party_both": Text("双方", "both"),
    "measure": Text("计量", "measure"),
    "evidence": Text("可接受的证据", "accepted evidence"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "open_end": Text("起", "onwards"),
    "undated": Text("没有日期", "no date"),
    "no_task": Text("没有列出任务", "no task listed"),
    "marks_intro": Text(
        "依据等级：**文件原文**＝见于依据文件；**公开网页**＝见于公开网页（多为转载，数字以发布机关原文为准）；"
        "标有**待核实**的为凭记忆或推断，不得当作规定。",
        "Marks: **governing document** = read there; **public page** = seen on a public page (often a copy; "
        "the issuer's own text counts); what is **to be confirmed** is recalled or inferred and is no rule.",
    ),
    "year_only": Text("（只知年份）", " (year only)"),
    "month_only": Text("（只知月份）", " (month only)"),
}

SEVERITIES = {
    Severity.NOTE: Text("提示", "note"),
    Severity.WARNING: Text("告警", "warning"),
    Severity.ERROR: Text("错误", "error"),
}


def pick(text: Text, language: Language) -> str:
    """Return one language of a text."""
    return text.zh if language == "zh" else text.en


def word(name: str, language: Language) -> str:
    """Return a fixed word of the pages."""
    return pick(WORDS[name], language)
