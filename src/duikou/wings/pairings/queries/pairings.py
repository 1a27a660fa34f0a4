"""Pairings: the list, one pairing with all that belongs to it, supporters and recipients with their loads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.wings.pairings.models import AidLoad, DepartmentLink, Finding, Pairing, PairingQuerySet, Round
from duikou.wings.pairings.translate import rows_of

LIST_COLUMNS = (
    "id", "position", "table", "group", "supporter_id", "recipient_id", "supporter_printed",
    "recipient_printed", "supporter__name", "recipient__name", "recipient_division__code",
    "recipient_division__name", "recipient_division__name_en", "recipient_division__parent__name",
    "kind", "level", "start", "end", "departments", "ended_reason", "running_number", "round__key",
)  # fmt: skip


def pairings(actor: Actor) -> PairingQuerySet:
    """All pairings that the actor may see."""
    found: PairingQuerySet = Pairing.objects.visible_to(actor)
    return found


def pairing_list(actor: Actor) -> PairingQuerySet:
    """The same in order of printing; lists show `LIST_COLUMNS` of them."""
    return pairings(actor).order_by("-round__start", "position", "id")


def in_force(actor: Actor, day: dt.date) -> PairingQuerySet:
    """Who supported whom on a day, as far as the actor may see."""
    return pairings(actor).on(day)


def pairing(actor: Actor, pk: int) -> Pairing:
    """One pairing with hospitals, round and place; raises Missing."""
    found = (
        pairings(actor)
        .select_related("round__org", "supporter", "recipient", "recipient_division__parent", "batch")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这条结对，或它不在您的范围内。"))
    return found


def links_of(pairing: Pairing) -> list[DepartmentLink]:
    """Department links of a pairing that the actor sees, open ones first."""
    links = DepartmentLink.objects.filter(pairing=pairing).select_related(
        "pairing", "supporter_head", "recipient_head"
    )
    return sorted(links, key=lambda link: (link.end is not None, link.specialty, link.start))


def department_link(actor: Actor, pk: int) -> DepartmentLink:
    """One department link; raises Missing."""
    found = (
        DepartmentLink.objects.visible_to(actor)
        .select_related("pairing__round", "pairing__supporter", "pairing__recipient")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这项科室对口，或它不在您的范围内。"))
    return found


def findings_of(actor: Actor, pairing: Pairing) -> list[Finding]:
    """Findings that a pairing proves, those that stand first."""
    found = Finding.objects.visible_to(actor).filter(proof__pairing=pairing).select_related("assignee")
    return list(found.order_by("-present", "rank", "id"))


def aid_loads(actor: Actor, hospital_ids: Iterable[int]) -> list[AidLoad]:
    """Other aid programmes of some hospitals."""
    found = AidLoad.objects.visible_to(actor).filter(hospital__in=list(hospital_ids))
    return list(found.select_related("hospital"))


def aid_load(actor: Actor, pk: int) -> AidLoad:
    """One aid programme of a hospital; raises Missing."""
    found = AidLoad.objects.visible_to(actor).select_related("hospital").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这项援助任务，或它不在您的范围内。"))
    return found


def events_of(*rows: Any) -> list[AuditEvent]:
    """What was done to some records of one kind, newest first: who sees a record may see its history."""
    if not rows:
        return []
    kind = rows[0]._meta.label_lower
    ids = [str(row.pk) for row in rows]
    return list(AuditEvent.objects.filter(target_type=kind, target_id__in=ids).order_by("-number")[:100])


def origin_of(pairing: Pairing) -> list[AuditEvent]:
    """How a pairing came in that was not added by itself: its batch's commit, or its round's loading."""
    if pairing.batch is not None:
        return [event for event in events_of(pairing.batch) if event.action == "annex_batch.commit"]
    return [event for event in events_of(pairing.round) if event.action == "round.loaded"]


# ---------------------------------------------------------------- supporters and recipients


@dataclass(frozen=True, slots=True)
class Party:
    """A hospital of a round with the number of its partners."""

    id: int
    key: str
    name: str
    kind: str
    printed: str
    table: str
    group: str
    city: str
    county: str
    county_code: str
    partners: int
    names: str


def supporters(actor: Actor, round_: Round, as_of: dt.date | None = None) -> list[Party]:
    """Supporters with their recipients, in order of printing."""
    return _parties(actor, round_, as_of, "supporter", "recipient")


def recipients(actor: Actor, round_: Round, as_of: dt.date | None = None) -> list[Party]:
    """Recipients with their supporters, in order of printing."""
    return _parties(actor, round_, as_of, "recipient", "supporter")


def _parties(actor: Actor, round_: Round, as_of: dt.date | None, side: str, other: str) -> list[Party]:
    rows = (
        pairings(actor)
        .filter(pk__in=rows_of(round_, as_of).values("pk"))
        .order_by("position")
        .values(
            f"{side}_id",
            f"{side}__key",
            f"{side}__name",
            f"{side}__kind",
            f"{side}_printed",
            f"{other}_id",
            f"{other}_printed",
            "table",
            "group",
            "recipient_division__name",
            "recipient_division__code",
            "recipient_division__parent__name",
        )
    )
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row[f"{side}_id"], []).append(row)
    found = []
    for pk, own in grouped.items():
        first = own[0]
        partners = {row[f"{other}_id"]: row[f"{other}_printed"] for row in own}
        found.append(
            Party(
                id=pk,
                key=first[f"{side}__key"],
                name=first[f"{side}__name"],
                kind=first[f"{side}__kind"],
                printed=first[f"{side}_printed"],
                table=first["table"],
                group=first["group"],
                city=first["recipient_division__parent__name"] if side == "recipient" else first["group"],
                county=first["recipient_division__name"] if side == "recipient" else "",
                county_code=first["recipient_division__code"] if side == "recipient" else "",
                partners=len(partners),
                names=_("、").join(partners.values()),
            )
        )
    return found
