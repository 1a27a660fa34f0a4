"""The posted person's page on a phone: check in and out, counters of the day, a file as proof.

The page works without script (plain forms), and with it also without a link: `today.js` puts each
tap into a queue on the phone and sends it when there is a link. The two ways end in the same action.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_permissions_policy.decorators import permissions_policy_override

from duikou.core import documents
from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import done, words
from duikou.core.listing import as_of, parse_day
from duikou.core.pages import PageRequest, page
from duikou.wings.presence import actions, catalogue, consenting
from duikou.wings.presence.actions import Outcome
from duikou.wings.presence.models import Delivery, Work
from duikou.wings.presence.queries import own as records

FIRST = ("outpatient", "inpatient", "ward_round", "operation", "consultation", "lecture")
"""What stands in front as long as somebody has counted nothing yet."""
MAY_LOCATE: dict[str, Any] = {**settings.PERMISSIONS_POLICY, "geolocation": ["self"]}
"""Only here, and only after the person's consent, does a script ask where the phone is."""


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that serves the phone's page without a link. It holds nothing of anybody."""
    answer = render(request, "presence/worker.js", content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
@permissions_policy_override(MAY_LOCATE)
@page("presence.own")
def today(request: PageRequest) -> HttpResponse:
    """The day's page; without a posting today, the last day on post."""
    now = timezone.localdate()
    day = as_of(request) if request.GET.get("as_of") else now
    found = records.today(request.actor, day)
    if found is None and day == now and (last := records.latest_day(request.actor, now)):
        found = records.today(request.actor, last)
    return render(
        request,
        "presence/today.html",
        {
            "found": found,
            "now": now,
            "consent": consenting.given_by(request.actor.user_id),
            "account": request.actor.user_id,
            "static_url": settings.STATIC_URL,
            "most_bytes": documents.MOST_BYTES,
            "csrf_cookie": settings.CSRF_COOKIE_NAME,
            **(_of(found, now) if found else {"asked": day}),
        },
    )


def _of(found: records.Today, now: dt.date) -> dict[str, Any]:
    known = catalogue.of_posting(found.posting)
    counters = [
        {
            "id": each.id,
            "title": words(each.title),
            "unit": words(each.unit),
            "most": each.most,
            "row": found.counts.get(each.id),
            "fixed": (row := found.counts.get(each.id)) is not None and _fixed(row),
        }
        for each in known.values()
    ]
    front = (found.lately or set(FIRST)) | set(found.counts)
    hospital = found.posting.recipient
    return {
        "posting": found.posting,
        "over": found.posting.last_day < now - dt.timedelta(days=1),
        "front": [one for one in counters if one["id"] in front],
        "others": [one for one in counters if one["id"] not in front],
        "counters": counters,
        "lon": "" if hospital.lon is None else repr(hospital.lon),
        "lat": "" if hospital.lat is None else repr(hospital.lat),
        "metres": catalogue.metres(found.posting.pairing.round.policy_pack),
        "last_day": min(found.posting.last_day, now),
        "demo_data": found.record is not None and found.record.demonstration,
    }


def _fixed(row: Work) -> bool:
    return row.corrected or row.confirmation_id is not None


def _sent(request: PageRequest, item: dict[str, Any]) -> Outcome:
    """Carry out what a plain form says, as if it came from a queue of one."""
    now = timezone.now()
    item = {"uuid": str(uuid.uuid4()), "at": now.isoformat(), **item}
    (outcome,) = actions.replay(actor=request.actor, sent_at=now, sent=[item]).outcomes
    if outcome.status == Delivery.Status.REFUSED:
        raise Invalid(outcome.message)
    return outcome


@require_POST
@page("presence.own")
def check(request: PageRequest) -> HttpResponse:
    """Check in or out, without script: the place is then not checked."""
    outcome = _sent(request, {"kind": request.POST.get("kind", "")})
    done(request, outcome.message or _("已记录。"))
    return redirect("presence:today")


@require_POST
@page("presence.own")
def report(request: PageRequest) -> HttpResponse:
    """Counters of a day, without script: those that were filled in."""
    day = parse_day("day", request.POST.get("day", ""))
    counts: dict[str, int] = {}
    for name in request.POST:
        value = request.POST.get(name, "").strip()
        if name.startswith("count-") and value:
            if not (value.isascii() and value.isdigit()):
                raise Invalid(_("数量应为 0 以上的整数，实际“%(found)s”。") % {"found": value[:20]})
            counts[name.removeprefix("count-")] = int(value[:6])
    if not counts:
        raise Conflict(_("没有填写数量。请填写至少一项。"))
    outcome = _sent(request, {"kind": "work", "day": day.isoformat(), "counts": counts})
    done(request, outcome.message or _("%(day)s 的工作量已记录。") % {"day": day})
    return redirect(f"{reverse('presence:today')}?as_of={day}")


@require_POST
@page("presence.own")
def add_proof(request: PageRequest) -> HttpResponse:
    """A file with an activity of a day."""
    day = parse_day("day", request.POST.get("day", ""))
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("请选择要上传的文件。"))
    actions.add_proof(
        actor=request.actor,
        day=day,
        activity=request.POST.get("activity", ""),
        number=uuid.uuid4(),
        filename=file.name or "",
        content=file.read(),
    )
    done(request, _("佐证已保存。"))
    return redirect(f"{reverse('presence:today')}?as_of={day}")
