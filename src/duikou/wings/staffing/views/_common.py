"""What the pages share: the month and place that an address asks for, words, the row of tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.pages import PageRequest
from duikou.wings.postings.models import Posting
from duikou.wings.staffing.figures import Against, Month, rounded
from duikou.wings.staffing.queries.rows import VIEW, Area, area_of, month_of

PAGES = ("overview", "hospitals", "people", "gaps")
NONE = "—"


@dataclass(frozen=True)
class Choice:
    """A month and an area."""

    month: Month
    area: Area

    @classmethod
    def of(cls, request: PageRequest, permission: str = VIEW) -> Choice:
        """Read the address; raises BadParameter."""
        area = area_of(request.actor, request.GET.get("place", "").strip())
        return cls(month_of(request.actor, request.GET.get("month", "").strip(), permission), area)

    def query(self, **changes: str) -> str:
        """The address of the same choice, or of another month."""
        place = str(self.area.place.pk) if self.area.place else ""
        asked = {"month": self.month.name, "place": place, **changes}
        return urlencode({name: value for name, value in asked.items() if value})

    def context(self, page: str) -> Mapping[str, Any]:
        """What `staffing/_choice.html` shows on top of each page."""
        earlier, later = self.month.moved(-1), self.month.moved(1)
        may = self.area.actor.may
        labels = {
            "overview": (_("总览"), "staffing.view"),
            "hospitals": (_("各医院"), "staffing.view"),
            "people": (_("谁在哪里"), "posting.view"),
            "gaps": (_("即将出现的缺口"), "staffing.view"),
        }
        return {
            "month": self.month,
            "place": self.area.place,
            "places": self.area.places if may("staffing.view") else [],
            "until": self.month.until,
            "earlier": self.query(month=earlier.name) if earlier.is_possible else "",
            "later": self.query(month=later.name) if later.is_possible else "",
            "chosen_query": self.query(),
            "tabs": [
                (f"{reverse(f'staffing:{name}')}?{self.query()}", label, name == page)
                for name in PAGES
                for label, permission in [labels[name]]
                if may(permission)
            ],
        }


def share(number: Decimal | None) -> str:
    """A percentage in words; a dash where there is nothing to share."""
    return NONE if number is None else f"{number}%"


def agreed_words(one: Against) -> str:
    """Delivered against agreed, or that it is still to be agreed."""
    if not one.agreed:
        return _("待约定") if one.open else NONE
    return f"{rounded(one.done)} / {one.target}"


def agreed_note(one: Against) -> str:
    """The same in per cent, and how many pairings have no number yet."""
    parts = [f"{one.percent}%"] if one.percent is not None else []
    if one.open:
        parts.append(_("%(count)s 对待约定") % {"count": one.open})
    return " · ".join(parts)


def office_label(office: str) -> str:
    """An office by its name; a doctor without office is one."""
    return str(dict(Posting.Office.choices).get(office, office))
