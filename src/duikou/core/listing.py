"""Lists of rows: one declaration drives the table, its sorting, filters, pages and exports.

A `Listing` names the columns and filters once. Given a request and the rows (a query set
that is already scoped to the actor, or a sequence) it counts once and fetches one page
once, whatever the number of rows; what the rows need from elsewhere is fetched for the
whole page by `prepare`. A parameter that cannot be understood is refused with a message
that names it; nothing is ignored silently.

Parameters: `page`, `size` (25, 50, 100), `sort` (column name, "-" in front: descending),
`export` (xlsx, csv) and one per filter. Other parameters of the address are kept in all
links. `prefix` keeps two lists on one page apart.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from html import escape  # of texts; Django's own first asks of each value whether it is lazy
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from duikou.core import exports
from duikou.core.errors import DuikouError

Row = Any
Rows = Any  # QuerySet or Sequence
Words = str | Promise
SIZES = (25, 50, 100)
CHUNK = 2000  # rows fetched at a time by an export


class BadParameter(DuikouError):
    """A parameter of the address cannot be understood."""

    status = 400
    code = "bad_parameter"

    def __init__(self, name: str, found: str, expected: str) -> None:
        message = _(
            "参数 %(name)s 的值“%(found)s”无法识别：应为 %(expected)s。请改正地址，或清除筛选后重试。"
        ) % {
            "name": name,
            "found": found[:60],
            "expected": expected,
        }
        super().__init__(message, fields={name: [message]})


def value_at(row: Row, path: str) -> Any:
    """The value at `a__b` of a row: attributes or keys; None where a link is empty."""
    for step in path.split("__"):
        if row is None:
            return None
        row = row[step] if isinstance(row, Mapping) else getattr(row, step)
    return row


# --- columns ------------------------------------------------------------------------------------------------


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
            content = escape(exports.text(self.read(row)))
        else:
            given = self.html(row)
            content = given if hasattr(given, "__html__") else escape(str(given))
        if self.href and content and (url := self.href(row)):
            return f'<a href="{escape(url)}">{content}</a>'
        return content


# --- filters ------------------------------------------------------------------------------------------------


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


def parse_day(name: str, found: str) -> dt.date:
    """A day written 2014-03-01; raises BadParameter."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
            raise ValueError
        return dt.date.fromisoformat(found)
    except ValueError:
        raise BadParameter(name, found, _("日期，写作 2014-03-01")) from None


def as_of(request: HttpRequest, default: dt.date | None = None) -> dt.date:
    """The day that `?as_of=` asks for, else `default` (today when None); raises BadParameter."""
    found = request.GET.get("as_of", "")
    return parse_day("as_of", found) if found else default or timezone.localdate()


# --- the list -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selection:
    """What an address asks of a list, checked."""

    page: int
    size: int
    sort: str  # column name, "-" in front for descending; "" = the rows' own order
    values: Mapping[str, Any]  # filter name → parsed value
    export: str


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
            if c.head:
                opened.append((f'<th scope="row" role="rowheader"{look}>', "</th>", c.cell))
            else:
                opened.append(
                    (f'<td role="cell"{look} data-label="{escape(str(c.label))}">', "</td>", c.cell)
                )
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
