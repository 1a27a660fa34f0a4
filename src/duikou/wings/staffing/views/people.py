"""Who is where in a month."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.hospitals import catalogue
from duikou.wings.staffing import labels
from duikou.wings.staffing.queries import people as queries
from duikou.wings.staffing.queries.people import Whereabouts
from duikou.wings.staffing.views._common import Choice, office_label

KINDS = ((queries.POSTING, gettext_lazy("派驻")), (queries.TRAINING, gettext_lazy("进修")))


def _work(row: Whereabouts) -> str:
    return office_label(row.office) if row.kind == queries.POSTING else ""


def _record(row: Whereabouts) -> str:
    """The page of the posting or traineeship."""
    name = "postings:posting" if row.kind == queries.POSTING else "training:detail"
    return reverse(name, args=[row.id])


PEOPLE = Listing(
    key="staffing-people",
    title=gettext_lazy("谁在哪里"),
    empty=gettext_lazy("这个月没有人在岗或在训。请换一个月份。"),
    columns=(
        Column("person", gettext_lazy("姓名"), head=True, sort=True, href=_record),
        Column("kind", gettext_lazy("类别"), value=lambda row: str(dict(KINDS)[row.kind]), sort=True),
        Column("title", gettext_lazy("职称"), value=lambda row: labels.title(row.title), sort=True),
        Column(
            "specialty", gettext_lazy("专业"), value=lambda row: labels.specialty(row.specialty), sort=True
        ),
        Column("office", gettext_lazy("任职"), value=_work),
        Column("home", gettext_lazy("原单位"), sort=True, width=28),
        Column("host", gettext_lazy("所在医院"), sort=True, width=28),
        Column("host_department", gettext_lazy("所在科室")),
        Column("county", gettext_lazy("县（市、区）"), sort=("county_code", "host")),
        Column("first", gettext_lazy("第一天"), sort=True),
        Column("last", gettext_lazy("最后一天"), sort=True),
        Column("leave_days", gettext_lazy("当月请假（天）"), numeric=True, sort=True),
    ),
    filters=(
        ChoiceFilter("kind", gettext_lazy("类别"), choices=KINDS),
        ChoiceFilter(
            "county", gettext_lazy("县（市、区）"), fields=("county_code",), choices=queries.counties
        ),
        ChoiceFilter("specialty", gettext_lazy("专业"), choices=lambda _actor: catalogue.specialty_choices()),
        TextFilter("q", gettext_lazy("医院"), fields=("home", "host")),
    ),
)


@page("posting.view")
def people_page(request: PageRequest) -> HttpResponseBase:
    """Posted staff and trainees of a month whom the actor may see, with place and days."""
    choice = Choice.of(request, "posting.view")
    rows = queries.whereabouts(choice.area, choice.month)
    return PEOPLE.respond(
        request,
        rows,
        "staffing/people.html",
        {**choice.context("people"), "demo_data": any(row.demonstration for row in rows)},
    )
