"""The way of people through the platform, down and up: each step with who does what, and its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from duikou.core.scope import Actor
from duikou.web.navigation import address


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its page by name, the permission that opens it, title, and what happens there."""

    id: str
    page: str
    permission: str
    title: str | Promise
    about: str | Promise


DOWN = (
    Step("ask", "postings:requests", "posting.view", _("提出需求"), _("受援医院写明专业、职称和月数。")),
    Step("nominate", "postings:list", "posting.view", _("提名与同意"), _("支援医院提名，受援医院同意。")),
    Step("post", "staffing:people", "posting.view", _("到岗"), _("受援医院登记到岗、请假和离岗。")),
    Step("roster", "rosters:list", "roster.view", _("排班"), _("受援科室排进门诊、病房和值班。")),
    Step("presence", "presence:list", "presence.view", _("签到与工作"), _("本人用手机填报，科室每周确认。")),
    Step("credit", "credits:list", "credit.view", _("考核与学分"), _("受援医院考核，合格的认定学分。")),
)
UP = (
    Step("offer", "training:places", "training.view", _("提供名额"), _("支援医院公布各科室可接收的人数。")),
    Step("apply", "training:list", "training.view", _("申请与接收"), _("受援医院申请，支援医院依次接收。")),
    Step("tutor", "training:teams", "training.view", _("导师与轮转"), _("团队带团队；日志由老师签字。")),
    Step("passed", "credits:list", "credit.view", _("结业与学分"), _("支援医院考核，合格的认定学分。")),
)
WAYS = {"down": (_("派下去"), DOWN), "up": (_("请上来"), UP)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as it is shown; without address where the actor may not open its page."""

    title: str | Promise
    about: str | Promise
    url: str
    current: bool


def chain(actor: Actor, way: str, at: str = "") -> list[Shown]:
    """The steps of `down` or `up`; `at` is the one that the page belongs to."""
    allowed = actor.permissions
    return [
        Shown(
            step.title,
            step.about,
            (address(step.page) or "") if step.permission in allowed and step.id != at else "",
            step.id == at,
        )
        for step in WAYS[way][1]
    ]
