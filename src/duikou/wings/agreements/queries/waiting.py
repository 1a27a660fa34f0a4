"""What waits for a person about agreements, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.agreements.models import (
    Agreement,
    Approval,
    Filing,
    Side,
    Signature,
    TerminationRequest,
)
from duikou.wings.agreements.queries.rounds import LATE, standings
from duikou.wings.pairings.queries.rounds import default_round


def waits_for(actor: Actor) -> list[Waiting]:
    """What the actor has to do about agreements; nothing with a count of 0."""
    if not actor.may("agreement.view"):
        return []
    return [item for item in (*_parties(actor), *_authorities(actor)) if item.count]


def _parties(actor: Actor) -> Iterator[Waiting]:
    desk = reverse("agreements:list")
    if actor.may("agreement.approve"):
        yield Waiting(
            "agreement_agree",
            _("待本院表态的协议"),
            Agreement.objects.filter(to_agree(actor)).count(),
            f"{desk}?waits=agree",
        )
        yield Waiting(
            "agreement_sign",
            _("待本院签署的协议"),
            Agreement.objects.filter(to_sign(actor)).count(),
            f"{desk}?waits=sign",
        )
    if actor.may("agreement.approve") or (actor.may("agreement.edit") and not actor.may("agreement.manage")):
        repair = Agreement.objects.visible_to(actor, "agreement.edit").filter(to_repair())
        yield Waiting(
            "agreement_repair", _("被退回或没有通过条款检查的协议"), repair.count(), f"{desk}?waits=repair"
        )


def to_agree(actor: Actor) -> Q:
    """Agreements that were sent to a side for which the actor decides, and that it has not decided on."""
    decided = Approval.objects.filter(agreement=OuterRef("pk"), submission=OuterRef("submission"))
    return Q(state="review") & _undone(actor, decided)


def to_sign(actor: Actor) -> Q:
    """Approved agreements that a side for which the actor signs has not signed."""
    return Q(state="approved") & _undone(actor, Signature.objects.filter(agreement=OuterRef("pk")))


def _undone(actor: Actor, done: object) -> Q:
    paths = actor.paths("agreement.approve")
    condition = Q(pk__in=[])
    for side in Side:
        own = within(paths, (f"{side.value}_path",))
        condition |= own & ~Q(Exists(done.filter(side=side)))  # type: ignore[attr-defined]
    return condition


def to_repair() -> Q:
    """Drafts that were returned by a side or whose text the check refuses."""
    returned = Approval.objects.filter(
        agreement=OuterRef("pk"), submission=OuterRef("submission"), decision=Approval.Decision.RETURNED
    ).filter(version__number=F("agreement__latest"))
    return Q(state="draft") & (Q(accepted=False) | Q(Exists(returned)))


def _authorities(actor: Actor) -> Iterator[Waiting]:
    desk = reverse("agreements:list")
    if paths := actor.paths("agreement.consent"):
        requests = TerminationRequest.objects.filter(within(paths, ("superior_path",)), state="asked")
        yield Waiting("agreement_end", _("待批复的终止支援申请"), requests.count(), f"{desk}?waits=end")
    if paths := actor.paths("agreement.manage"):
        copies = Filing.objects.filter(within(paths, ("office__path",)), receipt="")
        yield Waiting("agreement_copy", _("待收存的协议备案件"), copies.count(), f"{desk}?waits=copy")
        if (round_ := default_round(actor)) is not None:
            late = sum(row.timing == LATE for row in standings(actor, round_))
            url = f"{reverse('agreements:progress')}?round={round_.key}&timing={LATE}"
            yield Waiting("agreement_late", _("逾期未签协议的结对"), late, url)
