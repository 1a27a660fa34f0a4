"""Parts of a problem that touch each other nowhere: what is proved for each is proved for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from duikou.engines.swap.columns import Columns, Ints
from duikou.engines.swap.model import Problem


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """Positions of the persons, places, departments and columns of one block."""

    persons: Ints
    places: Ints
    departments: Ints
    columns: Ints


def parts_of(problem: Problem, columns: Columns) -> list[Part]:
    """Split a problem: a person joins its places, and departments whose minimum could be missed.

    Departments that stay above their minimum whatever the plan does join nothing and need no rows.
    Those with nobody who could come or go are left to `check`: no plan changes them.
    """
    tight = _could_fall_short(problem, columns)
    home, host = _homes(problem), _hosts(problem)
    base_place = len(problem.persons)
    base_department = base_place + len(problem.places)
    edges = [(columns.person, base_place + columns.place)]
    for departments in (home[columns.person], host[columns.place]):
        at = (departments >= 0) & tight[departments]
        edges.append((columns.person[at], base_department + departments[at]))
    one, two = (np.concatenate(side) for side in zip(*edges, strict=True))
    size = base_department + len(problem.departments)
    graph = coo_array((np.ones(len(one), np.int8), (one, two)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    # What has no possible stay is alone: an empty place is a gap, a person stays at home.
    used = np.unique(label[columns.person])
    order = np.argsort(label[columns.person], kind="stable")
    cuts = np.searchsorted(label[columns.person][order], used)
    found = []
    for number, mark in enumerate(used.tolist()):
        last = cuts[number + 1] if number + 1 < len(cuts) else len(order)
        members = np.flatnonzero(label == mark)
        found.append(
            Part(
                members[members < base_place],
                members[(members >= base_place) & (members < base_department)] - base_place,
                members[members >= base_department] - base_department,
                order[cuts[number] : last],
            )
        )
    return found


def _homes(problem: Problem) -> Ints:
    index = {department.key: at for at, department in enumerate(problem.departments)}
    return np.array([index.get(person.home, -1) for person in problem.persons], np.int64)


def _hosts(problem: Problem) -> Ints:
    index = {department.key: at for at, department in enumerate(problem.departments)}
    return np.array([index.get(place.department, -1) for place in problem.places], np.int64)


def _could_fall_short(problem: Problem, columns: Columns) -> npt.NDArray[np.bool_]:
    """Say of each department whether some plan brings it below its minimum in some month."""
    home = _homes(problem)
    months = problem.months
    # Months in which a person can be away, each person counted once.
    away = np.zeros((len(problem.persons), months + 1), np.int64)
    np.add.at(away, (columns.person, columns.start), 1)
    np.add.at(away, (columns.person, np.minimum(columns.end, months)), -1)
    could = np.cumsum(away, axis=1)[:, :months] > 0
    most = np.zeros((len(problem.departments) + 1, months), np.int64)
    np.add.at(most, home, could.astype(np.int64))  # persons without a department count in the last row
    slack = np.array(
        [np.subtract(department.staff, department.minimum) for department in problem.departments], np.int64
    ).reshape(len(problem.departments), months)
    # One more answer than departments: -1 stands for none.
    return np.r_[(slack < most[:-1]).any(axis=1), False]
