"""The wing's own periodic work: emergencies are answered within minutes, so it runs often."""

from __future__ import annotations

import datetime as dt

from duikou.core.jobs.schedule import periodic
from duikou.wings.telehealth.jobs import escalate_consultations, tend_consultations

periodic("escalate-consultations", escalate_consultations, every=dt.timedelta(minutes=5))
periodic("tend-consultations", tend_consultations, every=dt.timedelta(minutes=10))
