"""A posted person's own record and consent; files of the record."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from duikou.core import documents
from duikou.core.errors import Missing
from duikou.core.faces import badge, done, words
from duikou.core.listing import Column, DateFilter, Listing
from duikou.core.pages import PageRequest, page
from duikou.wings.presence import actions, consenting
from duikou.wings.presence.catalogue import label
from duikou.wings.presence.models import Work
from duikou.wings.presence.queries import own as records
from duikou.wings.presence.views._common import subject


def _state(row: Work) -> str:
    if row.confirmation_id is None:
        return badge("warning", _("待确认"))
    return badge("success", _("科室已确认"))


MINE = Listing(
    key="my-work",
    title=gettext_lazy("我的工作量"),
    default_sort="-day",
    empty=gettext_lazy("还没有工作量。请在“今日签到”页填报。"),
    columns=(
        Column("day", gettext_lazy("日期"), sort=True, head=True),
        Column("activity", gettext_lazy("工作"), value=lambda r: label(r.activity), sort="activity"),
        Column("count", gettext_lazy("数量"), sort=True, numeric=True),
        Column("hospital", pgettext_lazy("单数", "受援医院"), value=lambda r: r.posting.recipient.name),
        Column("corrected", gettext_lazy("更正"), value=lambda r: _("科室已更正") if r.corrected else ""),
        Column(
            "state",
            gettext_lazy("确认"),
            value=lambda r: _("科室已确认") if r.confirmation_id else _("待确认"),
            html=_state,
        ),
    ),
    filters=(
        DateFilter("first", gettext_lazy("从"), fields=("day",), comparison="gte"),
        DateFilter("last", gettext_lazy("到"), fields=("day",), comparison="lte"),
    ),
)
RECENT = 31  # days at work that are shown beside the work


@page("presence.own")
def mine(request: PageRequest) -> HttpResponseBase:
    """The own work as a list, with the last days at work and what was put right."""
    days = list(records.my_days(request.actor).order_by("-day")[:RECENT])
    return MINE.respond(
        request,
        records.my_work(request.actor),
        "presence/mine.html",
        {
            "person": records.person_of(request.actor),
            "days": days,
            "corrections": [
                {"row": row, "what": subject(row)} for row in records.my_corrections(request.actor)[:RECENT]
            ],
            "refused": list(records.my_refused(request.actor)[:RECENT]),
            "demo_data": any(day.demonstration for day in days),
        },
    )


@require_http_methods(["GET", "POST"])
@page("presence.own")
def consent(request: PageRequest) -> HttpResponse:
    """The text about the place match; agree to it, or take that back."""
    text = consenting.current()
    if request.method == "POST":
        if "withdraw" in request.POST:
            actions.withdraw(actor=request.actor)
            done(request, _("已撤回同意，签到不再核对地点。"))
        else:
            actions.agree(actor=request.actor, version=request.POST.get("version", ""))
            done(request, _("已记录您的同意。"))
        return redirect("presence:consent")
    return render(
        request,
        "presence/consent.html",
        {
            "text": words(text.text),
            "version": text.version,
            "given": consenting.given_by(request.actor.user_id),
            "history": consenting.history_of(request.actor.user_id),
        },
    )


@page("presence.own")
def my_proof(request: PageRequest, pk: int) -> HttpResponse:
    """A file that one has added oneself."""
    found = records.my_proof(request.actor, pk)
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的佐证，或不在您的查看范围内。") % {"pk": pk})
    return documents.download(found.document)
