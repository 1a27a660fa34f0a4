"""Training as evidence: a trainee's stay, and a team of tutors, fulfil obligations of their pairing."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation
from duikou.wings.training.models import Traineeship, TutorTeam

MOST = 200  # offers in a list to choose from


def register() -> None:
    """Offer stays and teams of tutors to the ledger."""
    register_kind("trainee", Text("进修记录", "trainee's stay"), _trainee, _trainees)
    register_kind("tutoring", Text("导师带教", "tutoring"), _team, _teams)


def _trainee(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    one = Traineeship.objects.filter(
        pairing=obligation.pairing_id, state__in=Traineeship.SERVED, pk=_number(reference)
    ).first()
    if one is None:
        return None
    return Found(_title(one), one.first_day, url=link("training:detail", one.pk))


def _trainees(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    rows = Traineeship.objects.filter(pairing=obligation.pairing_id, state__in=Traineeship.SERVED)
    return [
        Offer(str(one.pk), _title(one))
        for one in rows.select_related("person").order_by("first_day", "pk")[:MOST]
    ]


def _team(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    team = TutorTeam.objects.filter(pairing=obligation.pairing_id, pk=_number(reference)).first()
    if team is None:
        return None
    return Found(str(team), team.formed_on, url=link("training:team", team.pk))


def _teams(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    rows = TutorTeam.objects.filter(pairing=obligation.pairing_id).select_related("leader")
    return [
        Offer(str(team.pk), f"{team} · {team.formed_on}") for team in rows.order_by("formed_on", "pk")[:MOST]
    ]


def _title(one: Traineeship) -> str:
    return f"{one.person.name} · {one.first_day} — {one.last_day}"


def _number(reference: str) -> int:
    return int(reference) if reference.isascii() and reference.isdigit() and len(reference) < 19 else 0
