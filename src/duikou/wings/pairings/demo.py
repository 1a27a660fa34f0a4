"""Demonstration data (演示数据): invented heads of departments and the links they answer for.

Nobody in it exists: names are a surname, 演示 and a number. Everything hangs on persons
marked `demonstration`, so that `clear` finds all of it and nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from django.db.models import Q
from simple_history.utils import bulk_create_with_history

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.policy import load_pack
from duikou.wings.pairings.models import DepartmentLink, Pairing
from duikou.wings.people.models import Person

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
LINKS_PER_PAIRING = (1, 3)
DEMONSTRATION = Q(supporter_head__demonstration=True) | Q(recipient_head__demonstration=True)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent persons and department links for every pairing; the same seed gives the same data.

    Returns how many of each. Raises Conflict when demonstration data are there already.
    """
    if Person.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    with act("demo.loaded", actor=SYSTEM, permission="pairing.edit") as event:
        links: list[DepartmentLink] = []
        people: list[Person] = []
        linked = set(DepartmentLink.objects.filter(end=None).values_list("pairing_id", "specialty"))
        names = (f"{chance.choice(SURNAMES)}演示{number:04d}" for number in range(1, 100_000))
        for pairing in Pairing.objects.select_related("round").order_by("pk"):
            for specialty in _specialties(chance, pairing):
                if (pairing.pk, specialty) in linked:
                    continue
                heads = [_head(name, hospital) for name, hospital in _both(names, pairing)]
                people += heads
                links.append(
                    DepartmentLink(
                        pairing=pairing,
                        specialty=specialty,
                        supporter_head=heads[0],
                        recipient_head=heads[1],
                        start=pairing.start,
                    )
                )
        bulk_create_with_history(people, Person, batch_size=500)
        for link in links:  # the heads have their numbers only now
            link.supporter_head, link.recipient_head = link.supporter_head, link.recipient_head
        bulk_create_with_history(links, DepartmentLink, batch_size=500)
        made = {"persons": len(people), "department_links": len(links)}
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


def _specialties(chance: random.Random, pairing: Pairing) -> list[str]:
    known = sorted(load_pack(pairing.round.policy_pack).specialties)
    return sorted(chance.sample(known, chance.randint(*LINKS_PER_PAIRING)))


def _both(names: Iterator[str], pairing: Pairing) -> list[tuple[str, int]]:
    return [(next(names), pairing.supporter_id), (next(names), pairing.recipient_id)]


def _head(name: str, hospital_id: int) -> Person:
    return Person(hospital_id=hospital_id, name=name, title="主任医师", post="科室主任", demonstration=True)


def clear() -> dict[str, int]:
    """Remove all demonstration data and nothing else; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="pairing.edit") as event:
        links = DepartmentLink.objects.filter(DEMONSTRATION)
        persons = Person.objects.filter(demonstration=True)
        link_ids, person_ids = (
            list(links.values_list("pk", flat=True)),
            list(persons.values_list("pk", flat=True)),
        )
        links.delete()
        persons.delete()
        # The history goes last: deleting writes into it, too.
        DepartmentLink.history.filter(id__in=link_ids).delete()
        Person.history.filter(id__in=person_ids).delete()
        removed = {"persons": len(person_ids), "department_links": len(link_ids)}
        event.note(label="演示数据", before=removed)
    return removed
