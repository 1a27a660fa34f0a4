"""The secret address of the calendar of one's own obligations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duikou.core.feeds import Feed
from duikou.wings.obligations.models import CalendarFeed

FEED = Feed(CalendarFeed, "calendar_feed", "obligation.view", _("请登录网站，在责任日历页面管理订阅地址。"))
