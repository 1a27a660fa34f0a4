"""Volumes of work in a period, for everybody of the own hospital or department."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duikou.core.faces import words
from duikou.core.listing import BadParameter, Column, Listing
from duikou.core.pages import PageRequest, page
from duikou.wings.hospitals import catalogue as register
from duikou.wings.presence.folding import last_of
from duikou.wings.presence.queries import weeks as records
from duikou.wings.presence.queries.volumes import volumes
from duikou.wings.presence.views._common import near_day


def _volumes() -> Listing:
    """The list has a column for each counter of the pack: on the page those that matter most."""
    shown = ("outpatient", "ward_round", "operation", "lecture")
    return Listing(
        key="presence-work",
        title=_("工作量统计"),
        empty=_("所选期间没有在岗的派驻人员。"),
        columns=(
            Column(
                "person",
                _("派驻人员"),
                value=lambda r: r.posting.person.name,
                href=lambda r: reverse("presence:week", args=[r.posting.pk]),
                sort="posting__person__name",
                head=True,
            ),
            Column(
                "supporter",
                pgettext("单数", "支援医院"),
                value=lambda r: r.posting.supporter.name,
                sort="posting__supporter__name",
            ),
            Column(
                "recipient",
                pgettext("单数", "受援医院"),
                value=lambda r: r.posting.recipient.name,
                sort="posting__recipient__name",
            ),
            Column("days", _("在岗天数"), sort=True, numeric=True),
            *(
                Column(
                    each.id,
                    words(each.title),
                    value=lambda r, name=each.id: r.counts.get(name, 0),  # type: ignore[misc]
                    numeric=True,
                    on_page=each.id in shown,
                )
                for each in register.pack().activities.values()
            ),
            Column("all", _("合计"), value=lambda r: sum(r.counts.values()), numeric=True, in_export=False),
        ),
    )


@page("presence.view")
def work(request: PageRequest) -> HttpResponseBase:
    """Confirmed volumes of a period by person; the export has every counter."""
    if found := request.GET.get("last", ""):
        last = near_day("last", found)
    else:  # the whole month of what is on record last
        last = last_of(records.latest_day(request.actor, timezone.localdate()).replace(day=1))
    first = near_day("first", found) if (found := request.GET.get("first", "")) else last.replace(day=1)
    if first > last:
        raise BadParameter("first", str(first), f"≤ {last}")
    everything = request.GET.get("all", "") == "yes"
    rows = volumes(request.actor, first, last, confirmed=not everything)
    return _volumes().respond(
        request,
        rows,
        "presence/work.html",
        {
            "first": first,
            "last": last,
            "everything": everything,
            "demo_data": any(row.posting.demonstration for row in rows),
        },
    )
