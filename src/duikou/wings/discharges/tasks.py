"""The wing's own periodic work."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.discharges.jobs import reconcile_discharges

periodic("reconcile-discharges", reconcile_discharges, every=dt.timedelta(hours=1))
