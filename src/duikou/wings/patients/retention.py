"""Until when a record is kept (PAT-05), and which are due. Nothing is ever erased by itself."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from duikou.engines.credits.days import add_months
from duikou.wings.patients.catalogue import RETENTION, number
from duikou.wings.patients.models import Patient


def years(care: str) -> int:
    """How many years a record of outpatient or inpatient care is kept."""
    return number(RETENTION, f"{care}_years")


def kept_until(patient: Patient) -> dt.date:
    """The last day on which a record has to be kept."""
    return later(patient.last_contact_on, years(patient.care))


def recording_kept_until(made_on: dt.date) -> dt.date:
    """The last day on which a recording of sound or picture has to be kept."""
    return later(made_on, number(RETENTION, "recording_years"))


def later(day: dt.date, years_on: int) -> dt.date:
    """The same day some years on; 28 February for a leap day without one."""
    return add_months(day, 12 * years_on)


def due(today: dt.date) -> Q:
    """Condition: the record need not be kept any more on a day."""
    conditions = Q(pk__in=[])
    for care in Patient.Care.values:
        conditions |= Q(care=care, last_contact_on__lt=earliest_kept(today, years(care)))
    return Q(merged_into=None, erased_at=None) & conditions


def earliest_kept(today: dt.date, years_back: int) -> dt.date:
    """The first day of last contact whose records are still kept on a day."""
    day = add_months(today, -12 * years_back)
    while later(day, years_back) < today:  # 29 February came back as the 28th
        day += dt.timedelta(days=1)
    return day
