"""The declaration of a list, and how its rows are narrowed, ordered, cut and exported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duikou.core import exports
from duikou.core.listing.columns import Column
from duikou.core.listing.filters import Filter
from duikou.core.listing.pages import ListPage
from duikou.core.listing.parameters import SIZES, BadParameter, Selection
from duikou.core.listing.values import Row, Rows, Words, value_at

CHUNK = 2000  # rows fetched at a time by an export


@dataclass(frozen=True)
class Listing:
    """The declaration of a list."""

    key: str  # id on the page and file name of exports
    title: Words
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    default_sort: str = ""
    prepare: Callable[[list[Row]], Sequence[Row]] | None = None
    size: int = SIZES[0]
    prefix: str = ""
    empty: Words = ""  # what to do when there is no row at all
    # For long lists out of many tables: rows are model instances until the page is cut, then plain
    # rows of these columns (`id` among them). Sorting thousands of joined rows costs ten times as much.
    fields: Sequence[str] = ()

    def column(self, name: str) -> Column | None:
        """The column of a name."""
        return next((c for c in self.columns if c.name == name), None)

    def parameter(self, name: str) -> str:
        """The name of a parameter in the address."""
        return f"{self.prefix}-{name}" if self.prefix else name

    def select(self, query: QueryDict, actor: Any = None) -> Selection:
        """Read and check the parameters of an address; raises BadParameter."""
        values = {}
        for condition in self.filters:
            if found := self._one(query, condition.name):
                values[condition.name] = condition.parse(found, condition.options(actor))
        sort = self._one(query, "sort")
        column = self.column(sort.removeprefix("-"))
        if sort and (column is None or not column.order):
            sortable = _("、").join(c.name for c in self.columns if c.order)
            raise BadParameter(self.parameter("sort"), sort, sortable)
        page = self._one(query, "page") or "1"
        if not re.fullmatch(r"[1-9][0-9]{0,6}", page):
            raise BadParameter(self.parameter("page"), page, _("从 1 开始的页码"))
        size = self._one(query, "size") or str(self.size)
        if size not in {str(allowed) for allowed in (*SIZES, self.size)}:
            raise BadParameter(self.parameter("size"), size, _("、").join(map(str, SIZES)))
        export = self._one(query, "export")
        if export and export not in exports.TYPES:
            raise BadParameter(self.parameter("export"), export, "xlsx / csv")
        return Selection(int(page), int(size), sort or self.default_sort, values, export)

    def _one(self, query: QueryDict, name: str) -> str:
        name = self.parameter(name)
        found = query.getlist(name)
        if len(found) > 1:
            raise BadParameter(name, " / ".join(found), _("只给出一次"))
        return found[0].strip() if found else ""

    def narrow(self, rows: Rows, selection: Selection) -> Rows:
        """The rows that meet the filters, in order."""
        for condition in self.filters:
            if condition.name in selection.values:
                rows = condition.narrow(rows, selection.values[condition.name])
        return self._ordered(rows, selection.sort)

    def _ordered(self, rows: Rows, sort: str) -> Rows:
        column = self.column(sort.removeprefix("-"))
        if column is None or not column.order:
            return rows
        down = sort.startswith("-")
        if not isinstance(rows, QuerySet):
            return sorted(
                rows, key=lambda row: tuple(_sortable(value_at(row, f)) for f in column.order), reverse=down
            )
        if column.nulls_last:
            order: list[Any] = [
                F(f).desc(nulls_last=True) if down else F(f).asc(nulls_last=True) for f in column.order
            ]
        else:
            order = [f"-{f}" if down else f for f in column.order]
        return rows.order_by(*order, "pk")  # the key decides between equals: no row twice, none left out

    def page(self, request: HttpRequest, rows: Rows) -> ListPage:
        """The page that the address asks for: one count and one fetch."""
        actor = getattr(request, "actor", None)
        selection = self.select(request.GET, actor)
        narrowed = self.narrow(rows, selection)
        count = narrowed.order_by().count() if isinstance(narrowed, QuerySet) else len(narrowed)
        last = max(1, -(-count // selection.size))
        if selection.page > last:
            raise BadParameter(self.parameter("page"), str(selection.page), f"1–{last}")
        start = (selection.page - 1) * selection.size
        found = self._cut(narrowed, start, start + selection.size)
        if self.prepare:
            found = list(self.prepare(found))
        return ListPage(self, selection, request.GET, count, last, found, actor)

    def _cut(self, rows: Rows, start: int, stop: int) -> list[Row]:
        """Rows from `start` to `stop`; with `fields` the order decides by keys, and only those are joined."""
        if not self.fields or not isinstance(rows, QuerySet):
            return list(rows[start:stop])
        keys = list(rows.values_list("pk", flat=True)[start:stop])
        found = {row["id"]: row for row in rows.order_by().filter(pk__in=keys).values(*self.fields)}
        return [found[key] for key in keys if key in found]

    def export(self, request: HttpRequest, rows: Rows) -> HttpResponseBase | None:
        """The file that the address asks for; None when it asks for the page."""
        actor = getattr(request, "actor", None)
        selection = self.select(request.GET, actor)
        if not selection.export:
            return None
        columns = [c for c in self.columns if c.in_export]
        narrowed = self.narrow(rows, selection)
        sheet = exports.Sheet(
            str(self.title),
            [str(c.label) for c in columns],
            ([c.read(row) for c in columns] for row in self._all(narrowed)),
            [c.width or max(10, min(40, 2 * len(str(c.label)) + 4)) for c in columns],
        )
        about = [(_("表格"), str(self.title)), (_("导出时间"), timezone.localtime().replace(tzinfo=None))]
        about += [
            (str(f.label), f.words(selection.values[f.name], f.options(actor)))
            for f in self.filters
            if f.name in selection.values
        ]
        notes = exports.Sheet(pgettext("工作表", "说明"), [_("项目"), _("内容")], about, [16, 40])
        name = f"{self.key}-{timezone.localdate().isoformat()}"
        return exports.download(name, selection.export, [sheet, notes])

    def _all(self, rows: Rows) -> Iterator[Row]:
        if self.fields and isinstance(rows, QuerySet):
            rows = rows.values(*self.fields)
        source = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else iter(rows)
        if self.prepare is None:
            yield from source
            return
        batch: list[Row] = []
        for row in source:
            batch.append(row)
            if len(batch) == CHUNK:
                yield from self.prepare(batch)
                batch = []
        yield from self.prepare(batch)

    def respond(
        self, request: HttpRequest, rows: Rows, template: str, context: Mapping[str, Any] | None = None
    ) -> HttpResponseBase:
        """The whole answer of a list page: the file, or `template` with the page as `listing`."""
        file = self.export(request, rows)
        if file is not None:
            return file
        answer: HttpResponse = render(
            request, template, {"listing": self.page(request, rows), **(context or {})}
        )
        return answer


def _sortable(value: Any) -> tuple[int, Any]:
    """Sort key that puts empty values last."""
    return (1, "") if value is None else (0, value)
