"""Postings and traineeships as the engine takes them: days, leave, appraisals; in six queries for any number.

Nothing is kept of it: whatever is corrected in the two wings counts at the next look.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from duikou.engines.credits import Stay
from duikou.wings.postings.models import Appraisal as PostingAppraisal
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.training.models import Absence, Traineeship
from duikou.wings.training.models import Appraisal as TrainingAppraisal

POSTING, TRAINING = "posting", "training"
_COLUMNS = (
    "pk", "person_id", "first_day", "last_day", "title", "specialty", "home_path", "demonstration",
    "supporter_id", "supporter__name", "recipient_id", "recipient__name", "pairing__round__policy_pack",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A posting or traineeship: what the engine needs of it, and how it is called."""

    kind: str
    pk: int
    person_id: int
    home_id: int  # the hospital that sent the person
    home: str
    home_path: str
    host: str
    title: str
    specialty: str
    pack: str
    demonstration: bool
    stay: Stay

    @property
    def first(self) -> dt.date:
        """First day."""
        return self.stay.first

    @property
    def last(self) -> dt.date:
        """Last day, not after the day up to which was looked."""
        return self.stay.last

    @property
    def away(self) -> int:
        """Days of leave inside."""
        return sum(
            max(0, (min(end, self.last) - max(start, self.first)).days + 1) for start, end in self.stay.leaves
        )


def parts(
    narrow: Q, first: dt.date, until: dt.date, kinds: Sequence[str] = (POSTING, TRAINING)
) -> list[Part]:
    """The stays that meet a condition and touch the days from `first` to `until`, in order of their days.

    The condition names columns that both tables have. Days after `until` are cut off.
    """
    found: list[Part] = []
    if POSTING in kinds:
        rows = Posting.objects.filter(narrow).between(first, until)
        leaves = Leave.objects.filter(posting__in=rows.values("pk"), withdrawn_at=None)
        verdicts = PostingAppraisal.objects.filter(posting__in=rows.values("pk"), replaced_at=None)
        found += _read(
            POSTING,
            rows.values(*_COLUMNS),
            leaves.values_list("posting_id", "first_day", "last_day"),
            verdicts.values_list("posting_id", "year", "passed"),
            until,
        )
    if TRAINING in kinds:
        trainees = Traineeship.objects.filter(narrow).between(first, until)
        absences = Absence.objects.filter(traineeship__in=trainees.values("pk"), withdrawn_at=None)
        finals = TrainingAppraisal.objects.filter(
            traineeship__in=trainees.values("pk"), kind=TrainingAppraisal.Kind.FINAL, replaced_at=None
        )
        found += _read(
            TRAINING,
            trainees.values(*_COLUMNS),
            absences.values_list("traineeship_id", "first_day", "last_day"),
            finals.values_list("traineeship_id", "year", "passed"),
            until,
        )
    return sorted(found, key=lambda part: (part.first, part.kind, part.pk))


def _read(
    kind: str,
    rows: Iterable[Any],
    leaves: Iterable[tuple[int, dt.date, dt.date]],
    verdicts: Iterable[tuple[int, int, bool]],
    until: dt.date,
) -> list[Part]:
    away: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for pk, first, last in leaves:
        if first <= until:
            away[pk].append((first, min(last, until)))
    judged: dict[tuple[int, bool], set[int]] = defaultdict(set)
    for pk, year, passed in verdicts:
        judged[pk, passed].add(year)
    home, host = ("supporter", "recipient") if kind == POSTING else ("recipient", "supporter")
    found = []
    for row in rows:
        pk = row["pk"]
        stay = Stay(
            row["first_day"],
            min(row["last_day"], until),
            tuple(away[pk]),
            frozenset(judged[pk, True]),
            frozenset(judged[pk, False]),
        )
        found.append(
            Part(
                kind,
                pk,
                row["person_id"],
                row[f"{home}_id"],
                row[f"{home}__name"],
                row["home_path"],
                row[f"{host}__name"],
                row["title"],
                row["specialty"],
                row["pairing__round__policy_pack"] or settings.DEFAULT_ROUND_PACK,
                row["demonstration"],
                stay,
            )
        )
    return found
