"""Which duties lag: by rule, with a chart, and by pairing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.listing import BadParameter, Column, Listing, TextFilter
from duikou.core.models import OrgUnit
from duikou.core.pages import PageRequest, page
from duikou.policy import load_pack
from duikou.wings.obligations.queries import progress as queries
from duikou.wings.obligations.queries.progress import Tally
from duikou.wings.obligations.views._common import rule_link, rule_title

BARS = 12


def _row(tally: Tally) -> dict[str, Any]:
    return {
        "id": tally.key.id,
        "supporter": tally.key.supporter,
        "recipient": tally.key.recipient,
        "pair": f"{tally.key.supporter} → {tally.key.recipient}",
        "total": tally.total,
        "due": tally.due,
        "verified": tally.verified,
        "delivered": tally.delivered,
        "overdue": tally.overdue,
        "disputed": tally.disputed,
        "percent": tally.percent,
        "lag": tally.lag,
    }


def _url(row: dict[str, Any], more: str = "") -> str:
    return f"{reverse('obligations:list')}?pairing={row['id']}{more}"


def _linked(name: str, query: str) -> Any:
    def cell(row: dict[str, Any]) -> SafeString:
        if not row[name]:
            return SafeString("0")
        url = _url(row, f"&{query}")
        return SafeString(f'<a href="{escape(url)}">{row[name]}</a>')

    return cell


PAIRINGS = Listing(
    key="obligation-progress",
    title=gettext_lazy("各结对进度"),
    empty=gettext_lazy("还没有记入台账的责任。"),
    columns=(
        Column(
            "pair",
            gettext_lazy("结对"),
            head=True,
            href=_url,
            sort=("supporter", "recipient"),
            width=44,
        ),
        Column("total", gettext_lazy("责任（项）"), numeric=True, sort=True),
        Column("due", gettext_lazy("已到期"), numeric=True, sort=True),
        Column("verified", gettext_lazy("已核实"), numeric=True, sort=True),
        Column("delivered", gettext_lazy("待核实"), numeric=True, sort=True),
        Column(
            "overdue", gettext_lazy("逾期"), numeric=True, sort=True, html=_linked("overdue", "overdue=yes")
        ),
        Column(
            "disputed",
            gettext_lazy("说法不一"),
            numeric=True,
            sort=True,
            html=_linked("disputed", "disputed=yes"),
        ),
        Column(
            "percent",
            gettext_lazy("核实率"),
            numeric=True,
            sort=True,
            value=lambda r: r["percent"],
            html=lambda r: "—" if r["percent"] is None else f"{r['percent']}%",
        ),
    ),
    filters=(TextFilter("hospital", gettext_lazy("医院"), fields=("supporter", "recipient")),),
)


@page("obligation.view")
def progress(request: PageRequest) -> HttpResponseBase:
    """Obligations by rule and by pairing; those that lag most on top."""
    today = timezone.localdate()
    places = queries.places(request.actor)
    place = _place(request.GET.get("place", ""), places)
    path = (place.path or "") if place else ""
    rules = queries.by_rule(request.actor, today, path)
    pairs = [_row(one) for one in queries.by_pairing(request.actor, today, path)]
    packs = queries.packs_in_use(request.actor)
    lagging = [one for one in rules if one.overdue][:BARS]
    return PAIRINGS.respond(
        request,
        pairs,
        "obligations/progress.html",
        {
            "today": today,
            "places": places,
            "place": place,
            "whole": queries.whole(rules),
            "rules": [_rule(packs, one) for one in rules],
            "bars": [
                {
                    "label": one.key or _("双方增加的条款"),
                    "value": one.overdue,
                    "series": 2,
                    "title": _("%(rule)s：逾期 %(n)d 项，占已到期 %(share)d%%")
                    % {"rule": _title(packs, one.key), "n": one.overdue, "share": one.lag or 0},
                }
                for one in lagging
            ],
        },
    )


def _place(text: str, places: list[OrgUnit]) -> OrgUnit | None:
    if not text:
        return None
    for place in places:
        if str(place.pk) == text:
            return place
    raise BadParameter("place", text, _("、").join(str(place.pk) for place in places[:12]) or "—")


def _pack(packs: list[str], rule: str) -> str:
    """The pack that has a rule; "" where none of these has it."""
    return next((pack for pack in packs if rule in load_pack(pack).rules), "")


def _title(packs: list[str], rule: str) -> str:
    if not rule:
        return _("双方增加的条款")
    pack = _pack(packs, rule)
    return rule_title(pack, rule) if pack else rule


def _rule(packs: list[str], tally: Tally) -> dict[str, Any]:
    pack = _pack(packs, tally.key)
    return {
        "rule": tally.key,
        "title": _title(packs, tally.key),
        "url": rule_link(pack, tally.key) if pack else "",
        "list": f"{reverse('obligations:list')}?rule={tally.key}" if tally.key else "",
        "tally": tally,
    }
