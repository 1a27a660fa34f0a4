"""The first page after signing in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from duikou.core import trail
from duikou.core.pages import PageRequest, page
from duikou.core.roles import roles
from duikou.web import home
from duikou.web.acts import ROUTINE


@page(None)
def start(request: PageRequest) -> HttpResponse:
    """What waits for me, what I did last, where to go."""
    actor = request.actor
    events = trail.own_events(actor, without=ROUTINE)
    context = {
        "duties": [(roles()[grant.role].label, grant.org_name) for grant in actor.grants],
        "urgencies": home.waiting(actor),
        "newcomer": not events,
        "steps": home.first_steps(actor),
        "ways": home.ways(actor),
        "activity": home.activity(events),
    }
    return render(request, "web/pages/home.html", context)
