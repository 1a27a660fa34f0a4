"""The wing's own periodic work."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.media.jobs import look_after_videos, sweep_videos

periodic("media-look-after", look_after_videos, every=dt.timedelta(minutes=5))
periodic("media-sweep", sweep_videos, every=dt.timedelta(hours=6))
