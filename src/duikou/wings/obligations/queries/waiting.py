"""What waits for whom: what one owes, what one has to look at, what came up to the authority."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.models import OrgUnit
from duikou.core.paths import WIDTH
from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.hospitals.models import Department
from duikou.wings.obligations.models import Evidence, Obligation, TargetProposal
from duikou.wings.obligations.queries.ledger import overdue
from duikou.wings.obligations.reminding import DEFAULT
from duikou.wings.obligations.sides import VERIFY, WORK, acting
from duikou.wings.obligations.standing import PARTIES, Says, Side, Stage

NONE = Q(pk__in=[])
SOON = max(DEFAULT.before)  # days: the first reminder


KINDS = {
    "overdue": gettext_lazy("我方逾期未履行"),
    "due": gettext_lazy("我方即将到期"),
    "verify": gettext_lazy("待我方核实"),
    "changed": gettext_lazy("我方佐证数字已更正"),
    "disputed": gettext_lazy("各方说法不一"),
    "escalated": gettext_lazy("逾期已提请上级"),
}


def waiting_for(everybody: Sequence[Actor], today: dt.date) -> dict[str, Q]:
    """The condition of each kind, for an actor and the colleagues in whose place it acts."""
    owed, seen, above = owing(everybody), looking(everybody), watching(everybody)
    open_ = Q(closed_on=None)
    return {
        "overdue": owed & overdue(today),
        "due": owed
        & open_
        & Q(
            due__gte=today,
            due__lte=today + dt.timedelta(days=SOON),
            stage=Stage.PROMISED,
        ),
        "verify": seen & open_ & Q(stage=Stage.DELIVERED),
        "changed": giving(everybody) & open_,
        "disputed": (owed | seen | above) & open_ & Q(stage=Stage.DISPUTED),
        "escalated": above & overdue(today) & Q(escalated_on__isnull=False),
    }


def _hospitals(actors: Sequence[Actor], permission: str) -> list[str]:
    return [
        grant.path
        for one in actors
        for grant in one.grants
        if grant.org_kind == OrgUnit.Kind.HOSPITAL
        and permission in grant.permissions
        and (one.limit is None or permission in one.limit)
    ]


def owing(actors: Sequence[Actor]) -> Q:
    """Condition: a hospital, or a department, for which somebody of these works owes it."""
    conditions = [NONE]
    if paths := _hospitals(actors, WORK):
        conditions += [
            Q(**{"owner__in": (side, "both"), f"{side}_path__in": paths}) & ~_said(side) for side in PARTIES
        ]
    for hospital, specialties in _departments(actors).items():
        conditions += [
            Q(
                **{
                    "owner__in": (side, "both"),
                    f"{side}_path": hospital,
                    "owner_department__in": specialties,
                }
            )
            & ~_said(side)
            for side in PARTIES
        ]
    return reduce(or_, conditions)


def giving(actors: Sequence[Actor]) -> Q:
    """Condition: a side for which somebody of these works gave evidence that counts differently now."""
    moved = Evidence.objects.filter(withdrawn_at=None, figure_now__isnull=False)
    hospitals, departments = _hospitals(actors, WORK), _departments(actors)
    conditions = [NONE]
    for side in PARTIES:
        here = [Q(**{f"{side}_path__in": hospitals})] if hospitals else []
        here += [
            Q(**{f"{side}_path": hospital, "owner_department__in": specialties})
            for hospital, specialties in departments.items()
        ]
        if here:
            conditions.append(reduce(or_, here) & Q(pk__in=moved.filter(side=side).values("obligation")))
    return reduce(or_, conditions)


def _said(side: Side) -> Q:
    """Condition: the side says already that it has delivered (its half, where both owe)."""
    return Q(**{f"{side}_says__in": (Says.DELIVERED, Says.VERIFIED)}) & ~Q(stage=Stage.DISPUTED)


def _departments(actors: Sequence[Actor]) -> dict[str, list[str]]:
    """Specialties of departments for which somebody of these works, by the path of their hospital."""
    grants = [
        grant
        for one in actors
        for grant in one.grants
        if grant.org_kind == OrgUnit.Kind.DEPARTMENT
        and WORK in grant.permissions
        and (one.limit is None or WORK in one.limit)
    ]
    if not grants:
        return {}
    named = reduce(
        or_, (Q(hospital__scope_path=grant.path[:-WIDTH], name=grant.org_name) for grant in grants)
    )
    found: dict[str, list[str]] = {}
    for path, specialty in Department.objects.filter(named).values_list("hospital__scope_path", "specialty"):
        found.setdefault(path, []).append(specialty)
    return found


def looking(actors: Sequence[Actor]) -> Q:
    """Condition: a hospital for which somebody of these verifies has not yet looked at the other's part."""
    paths = _hospitals(actors, VERIFY)
    if not paths:
        return NONE
    return reduce(
        or_,
        (
            Q(**{"owner__in": (other, "both"), f"{side}_path__in": paths})
            & ~Q(**{f"{side}_says": Says.VERIFIED})
            for side, other in (PARTIES, PARTIES[::-1])
        ),
    )


def watching(actors: Sequence[Actor]) -> Q:
    """Condition: an authority for which somebody of these verifies lies above one of the hospitals."""
    kinds = (OrgUnit.Kind.PROVINCE, OrgUnit.Kind.CITY, OrgUnit.Kind.COUNTY)
    paths = [
        grant.path
        for one in actors
        for grant in one.grants
        if grant.org_kind in kinds
        and VERIFY in grant.permissions
        and (one.limit is None or VERIFY in one.limit)
    ]
    return within(paths, ("supporter_path", "recipient_path")) if paths else NONE


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do in the ledger; nothing with a count of 0."""
    if not actor.may("obligation.view"):
        return
    everybody = acting(actor)
    conditions = waiting_for(everybody, timezone.localdate())
    size = Obligation.objects.visible_to(actor).aggregate(
        # not by the bare name: one of these is also that of a column
        **{f"{kind}_": Count("pk", filter=condition) for kind, condition in conditions.items()}
    )
    desk = reverse("obligations:list")
    labels = {
        "overdue": _("项责任已逾期，请履行或说明"),
        "due": _("项责任即将到期"),
        "verify": _("项对方已履行的责任待您核实"),
        "changed": _("项责任的佐证数字已更正，请按新数字提交"),
        "disputed": _("项责任各方说法不一"),
        "escalated": _("项逾期责任已提请您处理"),
    }
    for kind, label in labels.items():
        if size[f"{kind}_"]:
            yield Waiting(f"obligation_{kind}", label, size[f"{kind}_"], f"{desk}?waits={kind}")
    if targets := open_targets(everybody).count():
        yield Waiting("obligation_target", _("项目标待您答复"), targets, reverse("obligations:targets"))


def open_targets(everybody: Sequence[Actor]) -> QuerySet[TargetProposal]:
    """Proposals of the other party that one of these may answer."""
    paths = _hospitals(everybody, VERIFY)
    if not paths:
        return TargetProposal.objects.none()
    mine = Q(side=Side.SUPPORTER, pairing__recipient_path__in=paths) | Q(
        side=Side.RECIPIENT, pairing__supporter_path__in=paths
    )
    return TargetProposal.objects.filter(mine, state=TargetProposal.State.OPEN)
