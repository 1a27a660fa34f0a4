"""What forms and filters of this wing offer to choose from, and numbers behind keys."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division


def cities() -> QuerySet[Division]:
    """All cities of today, by code."""
    return Division.objects.filter(level=Division.Level.CITY, valid_to=None).order_by("code")


def hospital_numbers(keys: Collection[str]) -> dict[str, int]:
    """Primary keys of hospitals by key: for links, whose pages decide what is shown."""
    return dict(Hospital.objects.filter(key__in=keys).values_list("key", "pk"))


def division_codes(pks: Collection[int], *, of_city: bool = False) -> dict[int, str]:
    """Codes of divisions, or of the cities that they belong to, by the divisions' primary keys."""
    column = "parent__code" if of_city else "code"
    return dict(Division.objects.filter(pk__in=pks).values_list("pk", column))


def staff(actor: Actor, hospitals: Collection[int]) -> QuerySet[Person]:
    """People in office of these hospitals whom the actor may see, by name."""
    people = Person.objects.visible_to(actor).filter(hospital__in=hospitals, left_on__isnull=True)
    return people.order_by("name")
