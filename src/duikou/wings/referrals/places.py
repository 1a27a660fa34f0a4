"""Places of services: how many patients a week and a slot take, and how many are booked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from duikou.wings.referrals.models import Referral, Service, Slot

State = Referral.State
# Who holds a place: whoever was accepted for a day and has not been withdrawn.
BOOKED = (State.ACCEPTED, *Referral.RECEIVED)


def monday(day: dt.date) -> dt.date:
    """The first day of a day's week."""
    return day - dt.timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Free:
    """A day and time of a service with what is left."""

    day: dt.date
    slot: Slot
    left: int

    @property
    def key(self) -> str:
        """For form fields."""
        return f"{self.day.isoformat()}_{self.slot.pk}"


def booked(
    services: Collection[int], first: dt.date, last: dt.date
) -> Counter[tuple[int, dt.date, int | None]]:
    """How many hold a place, by service, day and slot; one query. Emergencies take none."""
    rows = (
        Referral.objects.filter(
            service__in=services, state__in=BOOKED, appointed_on__gte=first, appointed_on__lte=last
        )
        .exclude(urgency=Referral.Urgency.EMERGENCY)
        .order_by()
        .values_list("service", "appointed_on", "slot")
    )
    return Counter(tuple(row) for row in rows)  # type: ignore[misc]


def left_in_week(service: Service, day: dt.date) -> int:
    """Places that are left in the week of a day."""
    first = monday(day)
    return service.weekly - sum(booked([service.pk], first, first + dt.timedelta(days=6)).values())


def free(service: Service, first: dt.date, days: int = 28) -> list[Free]:
    """Days and slots with places left, the earliest first; three queries."""
    last = first + dt.timedelta(days=days - 1)
    taken = booked([service.pk], monday(first), monday(last) + dt.timedelta(days=6))
    by_week: Counter[dt.date] = Counter()
    for (_service, day, _slot), count in taken.items():
        by_week[monday(day)] += count
    slots = list(service.slots.all())
    found = []
    for offset in range(days):
        day = first + dt.timedelta(days=offset)
        week = service.weekly - by_week[monday(day)]
        for slot in slots:
            left = min(slot.places - taken[service.pk, day, slot.pk], week)
            if slot.weekday == day.isoweekday() and left > 0:
                found.append(Free(day, slot, left))
    return found


def first_free(services: Collection[Service], first: dt.date, days: int = 28) -> dict[int, Free]:
    """The earliest place of each service, in two queries whatever their number."""
    keys = [service.pk for service in services]
    last = first + dt.timedelta(days=days - 1)
    taken = booked(keys, monday(first), monday(last) + dt.timedelta(days=6))
    by_week: Counter[tuple[int, dt.date]] = Counter()
    for (service_id, day, _slot), count in taken.items():
        by_week[service_id, monday(day)] += count
    weekly = {service.pk: service.weekly for service in services}
    found: dict[int, Free] = {}
    for slot in Slot.objects.filter(service__in=keys).order_by("weekday", "starts"):
        for week in range(days // 7 + 1):
            day = monday(first) + dt.timedelta(days=7 * week + slot.weekday - 1)
            left = min(
                slot.places - taken[slot.service_id, day, slot.pk],
                weekly[slot.service_id] - by_week[slot.service_id, monday(day)],
            )
            if first <= day <= last and left > 0:
                known = found.get(slot.service_id)
                if known is None or (day, slot.starts) < (known.day, known.slot.starts):
                    found[slot.service_id] = Free(day, slot, left)
                break
    return found
