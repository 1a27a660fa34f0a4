"""Flows on the overview's map: of one city's table or of one supporter, chosen or searched for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, typed
from duikou.wings.pairings.models import Pairing
from duikou.wings.pairings.queries import choices
from duikou.wings.pairings.queries import pairings as pairing_queries
from duikou.wings.pairings.translate import divisions_of, rows_of
from duikou.wings.pairings.views._common import Chosen

LISTED = 100  # choices in one selection; of more, one is searched for
FLOWS_SHOWN = 300
MATCHES = 12
PROVINCE = "0"  # stands for the province's own table in an address

_COLUMNS = (
    "id", "supporter_id", "recipient_id", "supporter_printed", "recipient_printed",
    "recipient_division__name",
)  # fmt: skip

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FlowView:
    """The flows of a chosen city or supporter, and what can be chosen (None: too many to list)."""

    city: str
    supporter: str
    cities: Pairs | None
    supporters: Pairs | None
    text: str  # typed into the search
    matches: Pairs | None  # addresses and names of what the search found; None without a search
    rows: list[dict[str, Any]]
    more: str  # where the rest of the rows stands, when there are more than can be shown
    flows: list[dict[str, str]]
    units: frozenset[str]

    @property
    def searched(self) -> bool:
        """Whether there is a search field."""
        return self.cities is None or self.supporters is None

    @classmethod
    def of(
        cls, request: PageRequest, choice: Chosen, *, cities: int, supporters: int, by_city: bool
    ) -> FlowView:
        """Read ?city= (a heading city, or 0 for the province's table), ?supporter= (a key), ?flow= (a name).

        `cities` and `supporters`: how many there are. `by_city`: the map shows cities.
        """
        visible = pairing_queries.pairings(request.actor)
        rows = visible.filter(pk__in=rows_of(choice.round, choice.as_of).values("pk"))
        heading = _headings(rows) if cities <= LISTED else None
        givers = _supporters(rows) if supporters <= LISTED else None
        city = _one_of(request, "city", heading)
        supporter = _one_of(request, "supporter", givers)
        text = typed(request, "flow") if heading is None or givers is None else ""
        matches = None
        if text and not supporter:
            found = _matches(rows, text, cities=heading is None, supporters=givers is None)
            exact = [one for one in found if one[2] == text] or found
            if len(exact) == 1:
                name, value, _words = exact[0]
                city, supporter = (value, "") if name == "city" else ("", value)
            matches = [(f"?{choice.query}&{urlencode({name: value})}", words) for name, value, words in found]
        shown, more = _chosen(rows, choice, city, supporter)
        if not shown and (supporter or city not in ("", PROVINCE)):
            name, value = ("supporter", supporter) if supporter else ("city", city)
            raise BadParameter(name, value, _("本轮结对表中的市或支援医院"))
        flows, units = _flows(shown, choice, by_city) if shown else ([], frozenset())
        return cls(city, supporter, heading, givers, text, matches, shown, more, flows, units)


def _headings(rows: QuerySet[Pairing]) -> Pairs:
    names = rows.exclude(group="").values_list("group").annotate(first=Min("position")).order_by("first")
    return [(PROVINCE, _("省级医院（附件1）")), *((name, name) for name, _first in names)]


def _supporters(rows: QuerySet[Pairing]) -> Pairs:
    names = rows.values_list("supporter__key", "supporter_printed").annotate(first=Min("position"))
    return list({key: printed for key, printed, _first in names.order_by("first")}.items())


def _one_of(request: PageRequest, name: str, known: Pairs | None) -> str:
    found = typed(request, name, 100)
    if found and known is not None and found not in dict(known):
        raise BadParameter(name, found, _("、").join([value for value, _words in known][:12]))
    return found


def _matches(
    rows: QuerySet[Pairing], text: str, *, cities: bool, supporters: bool
) -> list[tuple[str, str, str]]:
    """What a text may mean: name of the parameter, its value, words."""
    found: list[tuple[str, str, str]] = []
    if cities:
        headings = rows.filter(group__contains=text).order_by("group").values_list("group", flat=True)
        found += [("city", name, name) for name in headings.distinct()[:MATCHES]]
    if supporters:
        named = rows.filter(Q(supporter_printed__contains=text) | Q(supporter__name__contains=text))
        first = named.values_list("supporter__key", "supporter_printed").annotate(first=Min("position"))
        found += [("supporter", key, words) for key, words, _first in first.order_by("first")[:MATCHES]]
    return found


def _chosen(
    rows: QuerySet[Pairing], choice: Chosen, city: str, supporter: str
) -> tuple[list[dict[str, Any]], str]:
    """The rows of what was chosen, in order of printing, and the address of all of them if there are more."""
    if supporter:
        narrow = {"supporter": supporter}
        rows = rows.filter(supporter__key=supporter)
    elif city:
        narrow = {"table": "1"} if city == PROVINCE else {"group": city}
        rows = rows.filter(group="" if city == PROVINCE else city)
    else:
        return [], ""
    found = list(rows.order_by("position").values(*_COLUMNS)[: FLOWS_SHOWN + 1])
    more = f"?{choice.query}&{urlencode(narrow)}" if len(found) > FLOWS_SHOWN else ""
    return found[:FLOWS_SHOWN], more


def _flows(
    rows: list[dict[str, Any]], choice: Chosen, by_city: bool
) -> tuple[list[dict[str, str]], frozenset[str]]:
    day = choice.as_of or choice.round.divisions_on
    places = divisions_of({row[side] for row in rows for side in ("supporter_id", "recipient_id")}, day)
    codes = choices.division_codes(set(places.values()), of_city=by_city)
    flows = []
    for row in rows:
        ends = [codes.get(places.get(row[side], 0), "") for side in ("supporter_id", "recipient_id")]
        if all(ends):
            title = f"{row['supporter_printed']} → {row['recipient_printed']}"
            flows.append({"source": ends[0], "target": ends[1], "title": title})
    return flows, frozenset(flow["source"] for flow in flows)
