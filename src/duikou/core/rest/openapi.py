"""What the framework's OpenAPI document lacks: words for each answer, tags, how to sign in."""

from __future__ import annotations

from typing import Any

ANSWERS = {
    "400": "请求正文不可读 / the body cannot be read",
    "401": "未登录或令牌无效 / not signed in, or the token does not count",
    "403": "没有所需权限，或缺 CSRF 令牌 / the permission (or the CSRF token) is missing",
    "404": "不存在，或不在查看范围内 / not there, or outside the caller's scope: both look alike",
    "409": "与数据或业务规则冲突，未保存任何内容 / conflicts with the data or a rule; nothing was saved",
    "422": "请求不符合本文档 / the request does not follow this document",
    "429": "请求过于频繁 / too many calls; see Retry-After",
}
TAGS = {
    "self": ("本人与令牌", "Me and my tokens"),
    "search": ("搜索", "Search"),
    "places": ("行政区划与路程", "Divisions and travel"),
    "hospitals": ("医院登记", "Hospital register"),
    "reviews": ("名称裁定", "Name reviews"),
    "people": ("人员", "Persons"),
    "accounts": ("账号与授权", "Accounts and grants"),
    "rounds": ("轮次与指标", "Rounds and figures"),
    "pairings": ("结对", "Pairings"),
    "imports": ("导入结对表", "Import of pairing tables"),
    "findings": ("核查发现", "Findings"),
    "proposals": ("结对方案", "Proposals of pairings"),
    "needs": ("供需填报", "Declared needs and strengths"),
    "discharges": ("病案首页", "Front pages of discharges"),
    "agreements": ("协议", "Agreements"),
    "obligations": ("责任台账", "Obligation ledger"),
    "plans": ("规划与年度任务", "Plans and annual tasks"),
    "capabilities": ("技术能力", "Techniques of hospitals"),
    "presence": ("考勤与工作量", "Presence and work"),
    "postings": ("派驻", "Postings"),
    "training": ("进修", "Training at supporters"),
    "swaps": ("置换方案", "Swap plans"),
    "rosters": ("月排班表", "Monthly rosters"),
    "staffing": ("人员帮扶总览", "Overview of people"),
    "credits": ("学分与证明", "Credits and certificates"),
    "education": ("远程教育", "Remote education"),
    "consultations": ("远程会诊", "Remote consultations"),
    "patients": ("患者与同意", "Patients and consents"),
    "rooms": ("会诊室", "Live rooms"),
    "images": ("检查影像", "Studies and their images"),
    "media": ("教学视频", "Teaching videos"),
    "slides": ("病理切片", "Slides"),
    "referrals": ("转诊", "Referrals"),
    "policy": ("政策规则", "Policy rules"),
    "audit": ("审计日志", "Audit trail"),
    "jobs": ("后台任务", "Background jobs"),
    "public": ("公众窗口（无需登录）", "Public window (no sign-in)"),
}
SIGN_IN = {
    "TokenAuth": "接口令牌 / an API token: `Authorization: Bearer dk_…`",
    "BrowserAuth": "浏览器会话；写操作须带 X-CSRFToken / the browser's session; writes need X-CSRFToken",
}


def complete(document: dict[str, Any]) -> None:
    """Add descriptions of answers, tags and sign-in to the document, in place."""
    used: set[str] = set()
    for operations in document["paths"].values():
        for entry in operations.values():
            used |= set(entry.get("tags", ()))
            for parameter in entry["parameters"]:
                parameter["schema"] = _plain(parameter["schema"])
            for body in entry.get("requestBody", {}).get("content", {}).values():
                if "properties" in body["schema"]:  # the parts of a form; bodies in JSON say so themselves
                    body["schema"]["additionalProperties"] = False
                    for part in body["schema"]["properties"].values():
                        if part.get("format") == "binary":
                            part["minLength"] = 1  # an empty file is none
            entry["responses"] = {str(status): answer for status, answer in entry["responses"].items()}
            for status, answer in entry["responses"].items():
                answer["description"] = ANSWERS.get(status, "成功 / done")
            if "429" in entry["responses"]:
                entry["responses"]["429"]["headers"] = {
                    "Retry-After": {"schema": {"type": "integer"}, "description": "seconds to wait"}
                }
    document["tags"] = [
        {"name": tag, "description": f"{zh} / {en}"} for tag, (zh, en) in TAGS.items() if tag in used
    ]
    for name, scheme in document["components"].get("securitySchemes", {}).items():
        scheme["description"] = SIGN_IN.get(name, "")


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without "or null": an address cannot say null, it leaves the parameter out."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if not choices:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**rest, **choices[0]} if len(choices) == 1 else {**rest, "anyOf": choices}


def printable(text: str) -> str:
    """Text for an error answer: what came in may hold anything, even what JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()[:200]
