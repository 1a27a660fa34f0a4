"""The wing's own periodic work."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.agreements.jobs import expire_agreements

periodic("expire-agreements", expire_agreements, every=dt.timedelta(hours=12))
