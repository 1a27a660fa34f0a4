"""The wing's own periodic work."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.imaging.forwarding import forward_what_waits
from duikou.wings.imaging.receiving import announce_gateways, receive_what_came

periodic("forward-images", forward_what_waits, every=dt.timedelta(minutes=5))
periodic("receive-images", receive_what_came, every=dt.timedelta(minutes=1))
periodic("announce-gateways", announce_gateways, every=dt.timedelta(minutes=10))
