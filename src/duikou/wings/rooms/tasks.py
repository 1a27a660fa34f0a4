"""The wing's own periodic work."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.rooms.jobs import tidy_rooms

periodic("tidy-rooms", tidy_rooms, every=dt.timedelta(minutes=5))
