"""The secret address of the calendar of one's own duties."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duikou.core.feeds import Feed
from duikou.wings.rosters.models import DutyFeed

FEED = Feed(DutyFeed, "duty_feed", "roster.own", _("请登录网站，在“我的班次”页面管理订阅地址。"))
