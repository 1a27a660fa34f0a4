"""How a rule of the oracle is asked: of one column, of each of several, of diagnoses or operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tests.unit.engines.casemix.checks.oracle.record import One, chapter

Rule = Callable[[One], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    def keep(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return keep


def when(name: str, column: str, broken: Callable[[One], bool], *needs: str) -> None:
    """A rule of one column that needs others."""

    def ask(one: One) -> Iterator[str]:
        if one.has(column, *needs) and broken(one):
            yield column

    RULES[name] = ask


def of_each(name: str, columns: Sequence[str], broken: Callable[[One, str], bool]) -> None:
    """A rule asked of several columns."""

    def ask(one: One) -> Iterator[str]:
        yield from (column for column in columns if one.has(column) and broken(one, column))

    RULES[name] = ask


def of_operations(name: str, beside: str, broken: Callable[[One, str], bool]) -> None:
    """A rule asked of each operation that has a column beside it."""

    def ask(one: One) -> Iterator[str]:
        if one.has("px01", f"px01_{beside}" if beside else "px01"):
            for column in one.operations:
                if one.has(f"{column}_{beside}" if beside else column) and broken(one, column):
                    yield column

    RULES[name] = ask


def first_diagnosis(
    name: str, fits: Callable[[str], bool], broken: Callable[[One], bool], *needs: str
) -> None:
    """A rule that names the first diagnosis of a kind."""

    def ask(one: One) -> Iterator[str]:
        if one.has("pdx", *needs) and broken(one):
            for column in ("pdx", *one.diagnoses):
                if one.page[column] and fits(one.page[column]):
                    yield column
                    return

    RULES[name] = ask


def first_operation(name: str, chapters: range, sex: int) -> None:
    def ask(one: One) -> Iterator[str]:
        if one.has("px01", "sex") and one.sex == sex:
            for column in one.operations:
                if chapter(one.page[column]) in chapters:
                    yield column
                    return

    RULES[name] = ask


def unreadable(one: One, column: str) -> bool:
    return one.page[column] is None and one.text(column) is not None


def missing(one: One, column: str) -> bool:
    if column in ("hospital", "record_no", "visit_no", "department", "payment", "pdx"):
        return one.page[column] is None
    return one.text(column) is None


def not_in(values: str) -> Callable[[One, str], bool]:
    return lambda one, column: one.text(column) is not None and one.text(column) not in values.split()


def number_not_in(values: set[int]) -> Callable[[One, str], bool]:
    return lambda one, column: one.page[column] is not None and one.page[column] not in values


def looks_unlike(pattern: str) -> Callable[[One, str], bool]:
    return lambda one, column: (text := one.text(column)) is not None and not re.fullmatch(pattern, text)
