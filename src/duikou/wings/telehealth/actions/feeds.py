"""The secret address of the calendar of one's own live sessions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duikou.core.feeds import Feed
from duikou.wings.telehealth.models import SessionFeed

FEED = Feed(SessionFeed, "session_feed", "consult.view", _("请登录网站，在“我的会诊时间”页面管理订阅地址。"))
