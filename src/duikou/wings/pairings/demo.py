"""Demonstration data (演示数据): invented heads of departments and the links they answer for,
invented needs and strengths of hospitals.

Nobody in it exists: names are a surname, 演示 and a number. Everything is marked
`demonstration`, or hangs on persons that are, so that `clear` finds all of it and nothing else.
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
from duikou.wings.hospitals.models import Mark
from duikou.wings.pairings.models import Declaration, DepartmentLink, Pairing
from duikou.wings.people.models import Person

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
LINKS_PER_PAIRING = (1, 3)
NEEDS, STRENGTHS = (2, 5), (4, 9)  # departments declared by a recipient and by a supporter
ASKED, AVAILABLE_PER_PAIRING = (6, 24), (24, 30)  # person-months a year
SOURCE = "演示数据（虚构）"
DEMONSTRATION = Q(supporter_head__demonstration=True) | Q(recipient_head__demonstration=True)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent persons and department links for every pairing; the same seed gives the same data.

    Returns how many of each. Raises Conflict when demonstration data are there already.
    """
    marked = (Person.objects, Declaration.objects)
    if any(rows.filter(demonstration=True).exists() for rows in marked):
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
        declared = _declarations(chance)
        bulk_create_with_history(declared, Declaration, batch_size=500)
        made = {"persons": len(people), "department_links": len(links), "declarations": len(declared)}
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


def _specialties(chance: random.Random, pairing: Pairing) -> list[str]:
    known = sorted(load_pack(pairing.round.policy_pack).specialties)
    return sorted(chance.sample(known, chance.randint(*LINKS_PER_PAIRING)))


def _both(names: Iterator[str], pairing: Pairing) -> list[tuple[str, int]]:
    return [(next(names), pairing.supporter_id), (next(names), pairing.recipient_id)]


def _head(name: str, hospital_id: int) -> Person:
    return Person(hospital_id=hospital_id, name=name, title="主任医师", post="科室主任", demonstration=True)


def _declarations(chance: random.Random) -> list[Declaration]:
    """Invented needs of recipients and strengths of supporters, of the year in which their round began.

    Facts that somebody declared stay as they are.
    """
    known = set(Declaration.objects.values_list("hospital_id", "year", "kind", "specialty"))
    supports: dict[int, list[Pairing]] = {}
    supported: dict[int, Pairing] = {}
    for pairing in Pairing.objects.select_related("round").order_by("pk"):
        supports.setdefault(pairing.supporter_id, []).append(pairing)
        supported.setdefault(pairing.recipient_id, pairing)
    found = []
    kinds = Declaration.Kind
    for hospital, pairing in supported.items():
        year, specialties = pairing.round.start.year, sorted(load_pack(pairing.round.policy_pack).specialties)
        for specialty in chance.sample(specialties, chance.randint(*NEEDS)):
            found.append(_declared(hospital, year, kinds.NEED, specialty, chance.randint(1, 3)))
        found.append(_declared(hospital, year, kinds.ASKED, "", chance.randint(*ASKED)))
    for hospital, rows in supports.items():
        year, specialties = rows[0].round.start.year, sorted(load_pack(rows[0].round.policy_pack).specialties)
        for specialty in chance.sample(specialties, chance.randint(*STRENGTHS)):
            found.append(_declared(hospital, year, kinds.STRENGTH, specialty, 1))
        months = sum(chance.randint(*AVAILABLE_PER_PAIRING) for _row in range(max(3, len(rows))))
        found.append(_declared(hospital, year, kinds.AVAILABLE, "", months))
    return [row for row in found if (row.hospital_id, row.year, row.kind, row.specialty) not in known]


def _declared(hospital: int, year: int, kind: str, specialty: str, amount: int) -> Declaration:
    return Declaration(
        hospital_id=hospital,
        year=year,
        kind=kind,
        specialty=specialty,
        amount=amount,
        source=SOURCE,
        mark=Mark.ENTERED,
        demonstration=True,
    )


def clear() -> dict[str, int]:
    """Remove all demonstration data and nothing else; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="pairing.edit") as event:
        links = DepartmentLink.objects.filter(DEMONSTRATION)
        persons = Person.objects.filter(demonstration=True)
        link_ids, person_ids = (
            list(links.values_list("pk", flat=True)),
            list(persons.values_list("pk", flat=True)),
        )
        declared = Declaration.objects.filter(demonstration=True)
        declared_ids = list(declared.values_list("pk", flat=True))
        declared.delete()
        links.delete()
        persons.delete()
        # The history goes last: deleting writes into it, too.
        DepartmentLink.history.filter(id__in=link_ids).delete()
        Person.history.filter(id__in=person_ids).delete()
        Declaration.history.filter(id__in=declared_ids).delete()
        removed = {
            "persons": len(person_ids),
            "department_links": len(link_ids),
            "declarations": len(declared_ids),
        }
        event.note(label="演示数据", before=removed)
    return removed
