"""Filters: conditions that a reader may set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.listing.parameters import BadParameter, parse_day
from duikou.core.listing.values import Rows, Words, value_at
from duikou.core.search.text import answers


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition that a reader may set. `apply(rows, value)` replaces the usual condition on `fields`."""

    name: str
    label: Words
    fields: tuple[str, ...] = ()
    apply: Callable[[Rows, Any], Rows] | None = None

    kind = "text"

    def parse(self, found: str, options: Mapping[str, Words]) -> Any:
        """The value behind what the address says; raises BadParameter."""
        return found

    def words(self, value: Any, options: Mapping[str, Words]) -> str:
        """The value as shown in the line of filters in force."""
        return str(value)

    def options(self, actor: Any) -> Mapping[str, Words]:
        """Values to choose from, with their words; empty when the value is free."""
        return {}

    def narrow(self, rows: Rows, value: Any) -> Rows:
        """The rows that meet the condition."""
        if self.apply:
            return self.apply(rows, value)
        fields = self.fields or (self.name,)
        if isinstance(rows, QuerySet):
            return rows.filter(reduce(or_, (Q(**{self.lookup(field): value}) for field in fields)))
        return [row for row in rows if any(self.matches(value_at(row, field), value) for field in fields)]

    def lookup(self, field: str) -> str:
        """The field lookup for a query set."""
        return field

    def matches(self, found: Any, value: Any) -> bool:
        """The same condition for a row of a sequence."""
        return bool(found == value)


@dataclass(frozen=True, slots=True)
class TextFilter(Filter):
    """Free text, contained in one of `fields` (capitals do not matter)."""

    def parse(self, found: str, options: Mapping[str, Words]) -> str:
        """Refuse what cannot be a search text: control characters, more than 100 characters."""
        if len(found) > 100 or not found.isprintable():
            raise BadParameter(self.name, found, _("不超过 100 个字的文字"))
        return found

    def lookup(self, field: str) -> str:
        """Contained; a field that names its own lookup (`pinyin__startswith`) keeps it."""
        return (
            field
            if field.rpartition("__")[2] in ("startswith", "istartswith", "exact")
            else f"{field}__icontains"
        )

    def matches(self, found: Any, value: Any) -> bool:
        """Contained, too."""
        return str(value).casefold() in str(found or "").casefold()


@dataclass(frozen=True, slots=True)
class NameFilter(TextFilter):
    """Part of a Chinese name in a list that is looked through: as written, in pinyin or initials.

    A query set needs `apply`, with the same understanding (`search.keys`).
    """

    def matches(self, found: Any, value: Any) -> bool:
        """Contained, or heard in it."""
        return answers(str(found or ""), str(value))


@dataclass(frozen=True, slots=True)
class ChoiceFilter(Filter):
    """One of some values. `choices`: pairs of value and words, or a function of the actor that gives them."""

    choices: Iterable[tuple[Any, Words]] | Callable[[Any], Iterable[tuple[Any, Words]]] = ()
    autosubmit: bool = False

    kind = "choice"

    def options(self, actor: Any) -> Mapping[str, Words]:
        """The choices by their written form."""
        pairs = self.choices(actor) if callable(self.choices) else self.choices
        return {str(value): words for value, words in pairs}

    def parse(self, found: str, options: Mapping[str, Words]) -> str:
        """Refuse what is not among the choices."""
        if found not in options:
            shown = list(options)[:12]
            raise BadParameter(
                self.name, found, _("、").join(shown) + ("…" if len(options) > len(shown) else "")
            )
        return found

    def words(self, value: Any, options: Mapping[str, Words]) -> str:
        """The words of the choice."""
        return str(options[value])

    def matches(self, found: Any, value: Any) -> bool:
        """Equal in written form."""
        return str(getattr(found, "value", found)) == value


@dataclass(frozen=True, slots=True)
class FlagFilter(Filter):
    """Yes or no."""

    kind = "choice"

    def options(self, actor: Any) -> Mapping[str, Words]:
        """Yes and no."""
        return {"yes": _("是"), "no": _("否")}

    def parse(self, found: str, options: Mapping[str, Words]) -> bool:
        """`yes` or `no`."""
        if found not in options:
            raise BadParameter(self.name, found, "yes / no")
        return found == "yes"

    def words(self, value: Any, options: Mapping[str, Words]) -> str:
        """Yes or no."""
        return str(options["yes" if value else "no"])


@dataclass(frozen=True, slots=True)
class DateFilter(Filter):
    """A day; `comparison` is the field lookup (gte, lte, exact)."""

    comparison: str = "gte"

    kind = "date"

    def parse(self, found: str, options: Mapping[str, Words]) -> dt.date:
        """Refuse what is not a day."""
        return parse_day(self.name, found)

    def lookup(self, field: str) -> str:
        """The comparison."""
        return f"{field}__{self.comparison}"

    def matches(self, found: Any, value: Any) -> bool:
        """The comparison, for a row of a sequence."""
        if found is None:
            return False
        return bool({"gte": found >= value, "lte": found <= value}.get(self.comparison, found == value))
