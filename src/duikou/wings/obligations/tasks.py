"""The wing's own periodic work."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.obligations.jobs import remind_of_obligations

periodic("remind-of-obligations", remind_of_obligations, every=dt.timedelta(hours=6))
