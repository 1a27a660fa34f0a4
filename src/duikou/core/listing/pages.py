"""One page of a list as shown: heading, rows, filter form, links to other pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape  # of texts; Django's own first asks of each value whether it is lazy
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from duikou.core.listing.parameters import SIZES, Selection
from duikou.core.listing.values import Row

if TYPE_CHECKING:
    from duikou.core.listing.listings import Listing


@dataclass(frozen=True, slots=True)
class Heading:
    """One column heading as shown."""

    label: str
    url: str  # sorts by this column; "" when it cannot be sorted
    state: str  # "ascending", "descending" or ""
    numeric: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One filter as shown in the form."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...]

    @property
    def options_html(self) -> SafeString:
        """The choices as HTML, built here like the table's body: there are hundreds of counties."""
        parts = []
        for value, words in self.options:
            chosen = " selected" if value == self.value else ""
            parts.append(f'<option value="{escape(value)}"{chosen}>{escape(words)}</option>')
        return mark_safe("".join(parts))  # noqa: S308 - both parts are escaped


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the address without it."""

    label: str
    words: str
    url: str


@dataclass(frozen=True)
class ListPage:
    """One page of a list, ready for the template `web/list.html`."""

    listing: Listing
    selection: Selection
    query: QueryDict
    count: int
    last: int
    rows: Sequence[Row]
    actor: Any

    def url(self, **changes: str | None) -> str:
        """The address with some of the list's parameters changed (None: taken away)."""
        query = self.query.copy()
        for name, value in changes.items():
            query.pop(self.listing.parameter(name), None)
            if value is not None:
                query[self.listing.parameter(name)] = value
        return f"?{query.urlencode()}"

    @property
    def total_words(self) -> str:
        """The number of rows, with its unit."""
        return ngettext("共 %(count)s 条", "共 %(count)s 条", self.count) % {"count": self.count}

    @cached_property
    def headings(self) -> list[Heading]:
        """The table's head."""
        shown = []
        for column in self.listing.columns:
            if not column.on_page:
                continue
            down = self.selection.sort == f"-{column.name}"
            state = "descending" if down else "ascending" if self.selection.sort == column.name else ""
            url = ""
            if column.order:
                url = self.url(
                    sort=f"-{column.name}" if state == "ascending" else column.name, page=None, export=None
                )
            shown.append(Heading(str(column.label), url, state, column.numeric))
        return shown

    @cached_property
    def body(self) -> SafeString:
        """All rows as HTML. Built here: a template tag per cell would cost more than the query."""
        columns = [c for c in self.listing.columns if c.on_page]
        opened = []
        for c in columns:
            look = ' class="dk-num"' if c.numeric else ""
            label = f' data-label="{escape(str(c.label))}"'
            if c.head:
                opened.append((f'<th scope="row" role="rowheader"{look}{label}>', "</th>", c.cell))
            else:
                opened.append((f'<td role="cell"{look}{label}>', "</td>", c.cell))
        parts = []
        for row in self.rows:
            parts.append('<tr role="row">')
            parts += [f"{start}{cell(row)}{end}" for start, end, cell in opened]
            parts.append("</tr>")
        return mark_safe("".join(parts))  # noqa: S308 - every cell is escaped by Column.cell

    @cached_property
    def controls(self) -> list[Control]:
        """The filter form."""
        found = []
        for condition in self.listing.filters:
            name = self.listing.parameter(condition.name)
            options = tuple((value, str(words)) for value, words in condition.options(self.actor).items())
            value = self.query.get(name, "").strip()
            found.append(Control(name, str(condition.label), condition.kind, value, options))
        return found

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters of the address that the filter form must carry along."""
        own = {self.listing.parameter(c.name) for c in self.listing.filters}
        own |= {self.listing.parameter(name) for name in ("page", "export")}
        return [(name, value) for name, values in self.query.lists() if name not in own for value in values]

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in force."""
        return [
            Chip(
                str(condition.label),
                condition.words(self.selection.values[condition.name], condition.options(self.actor)),
                self.url(**{condition.name: None, "page": None, "export": None}),
            )
            for condition in self.listing.filters
            if condition.name in self.selection.values
        ]

    @property
    def clear_url(self) -> str:
        """The address without any filter."""
        return self.url(**dict.fromkeys([*(c.name for c in self.listing.filters), "page", "export"]))

    @property
    def first_number(self) -> int:
        """Number of the page's first row, from 1; 0 when there is none."""
        return (self.selection.page - 1) * self.selection.size + 1 if self.rows else 0

    @property
    def last_number(self) -> int:
        """Number of the page's last row."""
        return (self.selection.page - 1) * self.selection.size + len(self.rows)

    @cached_property
    def page_links(self) -> list[tuple[int | None, str]]:
        """Page numbers with their addresses: the ends and the neighbours; None stands for a gap."""
        here, last = self.selection.page, self.last
        shown = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
        links: list[tuple[int | None, str]] = []
        previous = 0
        for number in shown:
            if number > previous + 1:
                links.append((None, ""))
            links.append((number, self.url(page=str(number), export=None)))
            previous = number
        return links

    @property
    def previous_url(self) -> str:
        """The page before, or nothing."""
        return self.url(page=str(self.selection.page - 1), export=None) if self.selection.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after, or nothing."""
        return (
            self.url(page=str(self.selection.page + 1), export=None)
            if self.selection.page < self.last
            else ""
        )

    @property
    def sizes(self) -> list[tuple[int, str]]:
        """Page sizes with their addresses."""
        return [(size, self.url(size=str(size), page=None, export=None)) for size in SIZES]

    @property
    def xlsx_url(self) -> str:
        """The address of the workbook with all rows of the filters in force."""
        return self.url(export="xlsx", page=None)

    @property
    def csv_url(self) -> str:
        """The address of the same rows as .csv."""
        return self.url(export="csv", page=None)
