"""The wing's own periodic work: emergencies are answered within minutes, so it runs often."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.referrals.jobs import escalate_referrals

periodic("escalate-referrals", escalate_referrals, every=dt.timedelta(minutes=5))
