"""Who is where in a month. Names are for those who may see the postings and traineeships themselves."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from duikou.core.scope import Actor
from duikou.engines.credits import Days
from duikou.engines.credits.days import Stretch
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.staffing.figures import Month
from duikou.wings.staffing.queries.rows import Area
from duikou.wings.training.models import Absence, Traineeship

POSTING, TRAINING = "posting", "training"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A person on post or in training on a day of the month."""

    kind: str
    id: int  # of the posting or traineeship
    person: str
    title: str
    specialty: str
    office: str
    home: str  # hospital that the person belongs to
    home_department: str
    host: str  # hospital where the person works or studies
    host_department: str
    county_code: str  # of the recipient, in the pairing; "" without one
    county: str
    first: dt.date
    last: dt.date
    leave_days: int  # of the month
    demonstration: bool


def whereabouts(area: Area, month: Month) -> list[Whereabouts]:
    """Posted staff, then trainees, by host: four queries."""
    inside = area.inside("home_path", "host_path")
    sent = Posting.objects.visible_to(area.actor).filter(inside).between(month.first, month.until)
    studying = Traineeship.objects.visible_to(area.actor).filter(inside).between(month.first, month.until)
    found = [
        *_named(POSTING, sent, "supporter", "recipient", _leave(Leave, "posting", sent, month), month),
        *_named(
            TRAINING,
            studying,
            "recipient",
            "supporter",
            _leave(Absence, "traineeship", studying, month),
            month,
        ),
    ]
    return sorted(found, key=lambda one: (one.kind, one.host, one.first, one.id))


def _leave(
    model: type[Leave] | type[Absence], of: str, rows: QuerySet, month: Month
) -> dict[int, list[Stretch]]:
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    away = model._default_manager.filter(
        **{f"{of}__in": rows.order_by().values("pk")},
        withdrawn_at=None,
        first_day__lte=month.until,
        last_day__gte=month.first,
    )
    for key, first, last in away.values_list(f"{of}_id", "first_day", "last_day"):
        found[key].append((first, last))
    return found


def _named(
    kind: str, rows: QuerySet, home: str, host: str, leave: dict[int, list[Stretch]], month: Month
) -> list[Whereabouts]:
    columns = (
        "pk", "person__name", "title", "specialty", *(("office",) if kind == POSTING else ()),
        f"{home}__name", "home_department__name", f"{host}__name", "host_department__name",
        "pairing__recipient_division__code", "pairing__recipient_division__name",
        "first_day", "last_day", "demonstration",
    )  # fmt: skip
    found = []
    for row in rows.order_by().values(*columns):
        first, last = row["first_day"], row["last_day"]
        away = Days.of(leave.get(row["pk"], ())).within(max(first, month.first), min(last, month.until))
        found.append(
            Whereabouts(
                kind,
                row["pk"],
                row["person__name"],
                row["title"],
                row["specialty"],
                row.get("office", ""),
                row[f"{home}__name"],
                row["home_department__name"] or "",
                row[f"{host}__name"],
                row["host_department__name"] or "",
                row["pairing__recipient_division__code"] or "",
                row["pairing__recipient_division__name"] or "",
                first,
                last,
                len(away),
                row["demonstration"],
            )
        )
    return found


def counties(actor: Actor) -> list[tuple[str, str]]:
    """Counties of the recipients that an actor may look for, by code."""
    seen = Pairing.objects.visible_to(actor, "posting.view")
    rows = seen.order_by("recipient_division__code").values_list(
        "recipient_division__code", "recipient_division__name"
    )
    return list(dict.fromkeys(rows))
