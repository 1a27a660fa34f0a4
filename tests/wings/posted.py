"""Postings and traineeships as tests need them: invented persons of a real pairing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from duikou.core.models import RoleGrant, User
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.training.models import Traineeship

FIRST, LAST = dt.date(2014, 3, 1), dt.date(2014, 8, 31)
SINCE = dt.date(2014, 1, 1)


def a_pairing() -> Pairing:
    """浙江医院 → 安吉县人民医院, as printed in annex 1."""
    return Pairing.objects.select_related("supporter__org", "recipient__org").get(
        round__key="zhejiang-2014", supporter__name="浙江医院", recipient__name="安吉县人民医院"
    )


def person_of(hospital: Hospital, name: str, **values: Any) -> Person:
    """An invented person of a hospital."""
    return Person.objects.create(hospital=hospital, name=name, title="副主任医师", **values)


def account_of(person: Person) -> User:
    """The person's own account, as medical staff of the hospital."""
    user = User.objects.create(username=f"staff-{person.pk}", display_name=person.name)
    RoleGrant.objects.create(user=user, role="medical_staff", org=person.hospital.org, valid_from=SINCE)
    person.user = user
    person.save()
    return user


def posting_of(pairing: Pairing, name: str, **values: Any) -> Posting:
    """A posting of an invented person: on post from March to August 2014 unless told."""
    values.setdefault("person", None)
    person = values.pop("person") or person_of(pairing.supporter, name)
    fields: dict[str, Any] = {
        "specialty": "cardiology",
        "title": person.title,
        "planned_from": FIRST,
        "planned_to": LAST,
        "arrived_on": FIRST,
        "state": Posting.State.ON_POST,
        "home_path": pairing.supporter.scope_path,
        "host_path": pairing.recipient.scope_path,
        **values,
    }
    posting = Posting(
        pairing=pairing, person=person, supporter=pairing.supporter, recipient=pairing.recipient, **fields
    )
    posting.settle_days()
    posting.save()
    return posting


def traineeship_of(pairing: Pairing, name: str, **values: Any) -> Traineeship:
    """A traineeship of an invented person: from March to August 2014 unless told."""
    values.setdefault("person", None)
    person = values.pop("person") or person_of(pairing.recipient, name)
    fields: dict[str, Any] = {
        "specialty": "cardiology",
        "title": person.title,
        "planned_from": FIRST,
        "planned_to": LAST,
        "arrived_on": FIRST,
        "state": Traineeship.State.IN_TRAINING,
        "home_path": pairing.recipient.scope_path,
        "host_path": pairing.supporter.scope_path,
        **values,
    }
    traineeship = Traineeship(
        pairing=pairing, person=person, supporter=pairing.supporter, recipient=pairing.recipient, **fields
    )
    traineeship.settle_days()
    traineeship.save()
    return traineeship
