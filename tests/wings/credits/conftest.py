"""A pairing with people who act for it, and a posting with its appraisal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Appraisal, Leave, Posting
from duikou.wings.training.models import Appraisal as TrainingAppraisal
from duikou.wings.training.models import Traineeship
from tests.wings.posted import SINCE, a_pairing


@pytest.fixture
def pairing(db: None) -> Pairing:
    return a_pairing()


@pytest.fixture
def user_at(db: None) -> Callable[[OrgUnit | Hospital, str], User]:
    """An account with a role at a hospital or another unit."""

    def make(place: OrgUnit | Hospital, role: str) -> User:
        unit = place.org if isinstance(place, Hospital) else place
        name = f"{role}-{unit.pk}"
        user, made = User.objects.get_or_create(username=name, defaults={"display_name": role})
        if made:
            RoleGrant.objects.create(user=user, role=role, org=unit, valid_from=SINCE)
        return user

    return make


@pytest.fixture
def officer(user_at: Callable[[OrgUnit, str], User]) -> Actor:
    """Somebody of the provincial office, who recognises credits."""
    return actor_for(user_at(OrgUnit.objects.get(kind="province", name="浙江省"), "provincial_officer"))


def appraised(posting: Posting, passed: bool = True, year: int = 2014) -> Appraisal:
    """The recipient's appraisal; an earlier one of the year is replaced."""
    return _judged(Appraisal, "posting", posting, passed=passed, year=year)


def examined(traineeship: Traineeship, passed: bool = True, year: int = 2014) -> TrainingAppraisal:
    """The supporter's final appraisal."""
    return _judged(TrainingAppraisal, "traineeship", traineeship, passed=passed, year=year, kind="final")


def _judged(model: Any, name: str, row: Any, **values: Any) -> Any:
    from django.utils import timezone

    known = {key: value for key, value in values.items() if key in ("year", "kind")}
    model.objects.filter(**{name: row}, **known, replaced_at=None).update(replaced_at=timezone.now())
    return model.objects.create(
        **{name: row}, home_path=row.home_path, host_path=row.host_path, on=dt.date(2014, 12, 20), **values
    )


def leave_of(posting: Posting, first: dt.date, last: dt.date) -> Leave:
    """Days away."""
    return Leave.objects.create(
        posting=posting,
        home_path=posting.home_path,
        host_path=posting.host_path,
        first_day=first,
        last_day=last,
        reason="探亲",
    )
