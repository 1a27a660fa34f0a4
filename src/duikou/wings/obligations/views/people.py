"""Who stands in for whom, notices, and targets that wait for an answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import add_errors, done, row_url, words
from duikou.core.listing import ChoiceFilter, Column, DateFilter, Listing
from duikou.core.pages import PageRequest, page
from duikou.core.roles import roles
from duikou.wings.obligations.actions import delegations as actions
from duikou.wings.obligations.forms import DelegationForm
from duikou.wings.obligations.models import Reminder
from duikou.wings.obligations.queries import ledger
from duikou.wings.obligations.queries import people as queries
from duikou.wings.obligations.queries.progress import packs_in_use
from duikou.wings.obligations.queries.waiting import open_targets
from duikou.wings.obligations.reminding import days
from duikou.wings.obligations.sides import acting


@page("obligation.view")
def delegations(request: PageRequest) -> HttpResponse:
    """Delegations of one's area, and the form for an own one; posted: gives one."""
    form = _form(request)
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            actions.delegate(
                actor=request.actor,
                to=queries.user(int(data["to"])),
                start=data["start"],
                end=data["end"],
                reason=data["reason"],
                path=data["path"],
            )
        except Invalid as error:
            add_errors(form, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
        else:
            done(request, _("已委托。代理期间的操作会注明代谁办理。"))
            return redirect("obligations:delegations")
    today = timezone.localdate()
    rows = list(queries.delegations(request.actor)[:200])
    return render(
        request,
        "obligations/delegations.html",
        {
            "form": form,
            "rows": [
                {
                    "row": row,
                    "now": row.revoked_at is None and row.start <= today <= row.end,
                    "mine": row.delegator_id == request.actor.user_id
                    and row.revoked_at is None
                    and row.end >= today,
                }
                for row in rows
            ],
        },
        status=422 if form is not None and form.is_bound else 200,
    )


def _form(request: PageRequest) -> DelegationForm | None:
    grants = actions.grants_to_give(request.actor)
    if not grants or request.actor.user_id is None:
        return None
    people: dict[int, str] = {}
    for grant in grants:
        for user in actions.colleagues(request.actor, actions.place_of(grant)):
            people[user.pk] = str(user)
    return DelegationForm(
        request.POST if request.method == "POST" else None,
        places=[(grant.path, f"{grant.org_name} · {roles()[grant.role]}") for grant in grants],
        people=[(str(pk), name) for pk, name in people.items()],
    )


@require_POST
@page("obligation.view")
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Take one's duties back."""
    actions.revoke(actor=request.actor, delegation=queries.delegation(request.actor, pk))
    done(request, _("委托已收回。"))
    return redirect("obligations:delegations")


# ---------------------------------------------------------------- notices


def _subject(row: Any) -> SafeString:
    one = row.obligation
    url = row_url("obligations:detail", one.pk)
    return SafeString(f'<a href="{escape(url)}">{escape(words(one.title))}</a>')


NOTICES = Listing(
    key="reminders",
    title=gettext_lazy("责任提醒"),
    empty=gettext_lazy("责任到期前后，提醒会列在这里。"),
    columns=(
        Column("made_on", gettext_lazy("提醒日期"), sort=True),
        Column("kind", gettext_lazy("种类"), value=lambda r: r.get_kind_display(), sort=True),
        Column(
            "title",
            gettext_lazy("责任"),
            head=True,
            value=lambda r: words(r.obligation.title),
            html=_subject,
            width=40,
        ),
        Column(
            "pair",
            gettext_lazy("结对"),
            value=lambda r: f"{r.obligation.pairing.supporter.name} → {r.obligation.pairing.recipient.name}",
            width=40,
        ),
        Column("due", gettext_lazy("期限"), sort=True),
    ),
    filters=(
        ChoiceFilter("kind", gettext_lazy("种类"), choices=Reminder.Kind.choices),
        DateFilter("made_from", gettext_lazy("提醒不早于"), fields=("made_on",)),
    ),
)


@page("obligation.view")
def reminders(request: PageRequest) -> HttpResponseBase:
    """Reminders and escalations of one's area; by which days they are made."""
    return NOTICES.respond(
        request,
        queries.reminders(request.actor),
        "obligations/reminders.html",
        {"days": [(pack, days(pack)) for pack in packs_in_use(request.actor)]},
    )


# ---------------------------------------------------------------- targets that wait

TARGETS = Listing(
    key="targets",
    title=gettext_lazy("待答复的目标"),
    empty=gettext_lazy("对方提出的目标会列在这里。"),
    columns=(
        Column(
            "pair",
            gettext_lazy("结对"),
            head=True,
            value=lambda r: f"{r.pairing.supporter.name} → {r.pairing.recipient.name}",
            href=lambda r: row_url("obligations:target", r.pk),
            width=40,
        ),
        Column("target", gettext_lazy("目标值"), numeric=True, sort=True),
        Column("side", gettext_lazy("提出方"), value=lambda r: r.get_side_display()),
        Column("by_label", gettext_lazy("提出人")),
        Column("at", gettext_lazy("时间"), sort=True),
    ),
)


@page("obligation.view")
def targets(request: PageRequest) -> HttpResponseBase:
    """Targets of other parties that the person may answer."""
    rows = open_targets(acting(request.actor)).select_related("pairing__supporter", "pairing__recipient")
    return TARGETS.respond(request, rows, "obligations/targets.html")


@page("obligation.view")
def target(request: PageRequest, pk: int) -> HttpResponse:
    """Where a proposed target is answered: the page of an obligation of its duty."""
    row = ledger.proposal(request.actor, pk)
    return redirect("obligations:detail", ledger.of_duty(request.actor, row).pk)
