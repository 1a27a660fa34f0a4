"""Columns: what is shown and exported of each row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape  # of texts; Django's own first asks of each value whether it is lazy

from duikou.core import exports
from duikou.core.listing.values import Row, Words, value_at


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `value` gives the plain value (default: the attribute or key `name`, `a__b` follows
    links); exports write it, pages show it as text. `html` gives the cell of the page
    instead, `href` makes the text a link. `sort` names the order fields ("" = not
    sortable; True = `name`); `nulls_last` for fields that may be empty.
    """

    name: str
    label: Words
    value: Callable[[Row], object] | None = None
    html: Callable[[Row], str] | None = None
    href: Callable[[Row], str | None] | None = None
    sort: str | tuple[str, ...] | bool = ""
    nulls_last: bool = False
    numeric: bool = False
    head: bool = False  # the cell that names the row
    whole: bool = False  # stays on one line: two characters below each other are no word
    on_page: bool = True
    in_export: bool = True
    width: int = 0  # of the exported column, in characters; 0 = by the heading

    @property
    def order(self) -> tuple[str, ...]:
        """Fields to sort by; empty when the column cannot be sorted."""
        if isinstance(self.sort, bool):
            return (self.name,) if self.sort else ()
        return (self.sort,) if isinstance(self.sort, str) and self.sort else tuple(self.sort)

    def read(self, row: Row) -> object:
        """The plain value of a row."""
        return self.value(row) if self.value else value_at(row, self.name)

    def cell(self, row: Row) -> str:
        """The cell's content as safe HTML."""
        if self.html is None:
            value = self.read(row)
            content = escape(exports.text(value))
            if self.whole or isinstance(value, date):  # a day broken over two lines is hard to read
                content = f'<span class="dk-nowrap">{content}</span>'
        else:
            given = self.html(row)
            content = given if hasattr(given, "__html__") else escape(str(given))
        if self.href and content and (url := self.href(row)):
            return f'<a href="{escape(url)}">{content}</a>'
        return content
