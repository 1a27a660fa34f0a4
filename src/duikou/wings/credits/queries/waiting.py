"""What waits for those who recognise credits: what is met and not issued, what was corrected after issue."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor
from duikou.core.waiting import Waiting
from duikou.wings.credits.queries.years import DIFFERS, issuable, lines_by_year, years


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """Of every year in which something waits, newest first; as many queries as one year takes."""
    if not actor.may("credit.issue"):
        return
    for year, lines in lines_by_year(actor, years(actor), "credit.issue").items():
        met = len(issuable(actor, lines))
        differing = sum(line.state == DIFFERS for line in lines)
        if met:
            yield Waiting(
                "credit_met",
                _("项学分已达标待认定（%(year)s 年）") % {"year": year},
                met,
                f"{reverse('credits:list')}?year={year}&state=met",
            )
        if differing:
            yield Waiting(
                "credit_differs",
                _("份学分认定与现有数据不一致（%(year)s 年）") % {"year": year},
                differing,
                f"{reverse('credits:list')}?year={year}&state=differs",
            )
