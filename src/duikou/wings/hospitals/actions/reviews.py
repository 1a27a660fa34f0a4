"""Acts on uncertain name matches: ask, decide, decide again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from duikou.core.actions import act, together
from duikou.core.scope import Actor
from duikou.core.workflow import load, move
from duikou.wings.hospitals.actions.common import changing
from duikou.wings.hospitals.actions.entry import Facts, register_hospital
from duikou.wings.hospitals.actions.names import write_alias
from duikou.wings.hospitals.models import Hospital, NameReview
from duikou.wings.places.models import Division

NAME_REVIEW = load("duikou.wings.hospitals")["name_review"]


@dataclass(frozen=True, slots=True)
class Question:
    """A printed name that could not be matched with certainty.

    `candidates` are ranked, best first: {"hospital": id, "confidence": 0…1,
    "why": [{"zh": …, "en": …}]}.
    """

    printed: str
    context: str
    on: dt.date
    candidates: Sequence[Mapping[str, Any]] = field(default=())


def open_reviews(*, actor: Actor, scope_path: str, questions: Sequence[Question]) -> list[NameReview]:
    """Put names before a person of the area `scope_path`; a name that waits there already is not asked twice.

    Needs the permission to import tables there. One audit event for all; none when
    every name waits already.
    """
    printed = {question.printed: question for question in questions}
    waiting = {
        review.printed: review
        for review in NameReview.objects.filter(
            scope_path=scope_path, state=NAME_REVIEW.initial, printed__in=list(printed)
        )
    }
    fresh = [question for name, question in printed.items() if name not in waiting]
    if fresh:
        with act("name_review.open", actor=actor, permission="pairing.import", on=scope_path) as event:
            for question in fresh:
                waiting[question.printed] = NameReview.objects.create(
                    printed=question.printed,
                    context=question.context,
                    on=question.on,
                    scope_path=scope_path,
                    candidates=[dict(candidate) for candidate in question.candidates],
                )
            event.note(waiting[fresh[0].printed], after={"printed": [question.printed for question in fresh]})
    return [waiting[name] for name in printed]


def match_review(
    *,
    actor: Actor,
    review: NameReview,
    hospital: Hospital,
    reason: str = "",
    remember_as: str = "",
    hospital_version: int | None = None,
) -> None:
    """Decide that the printed name means `hospital`.

    With `remember_as` (a kind of alias) the name becomes an alias of the hospital, so
    that it resolves by itself next time; this needs the permission to keep that entry.
    """
    with together():
        _decide(review, "match", actor, reason, hospital)
        if remember_as:
            version = hospital.version if hospital_version is None else hospital_version
            with changing("hospital.alias_added", actor=actor, hospital=hospital, version=version) as event:
                alias = write_alias(hospital, name=review.printed, kind=remember_as, note=review.context)
                event.note(after={"alias": alias.name, "alias_kind": remember_as}, reason=reason)


def register_reviewed(
    *,
    actor: Actor,
    review: NameReview,
    facts: Facts,
    division: Division,
    name: str = "",
    reason: str = "",
    confirmed: bool = False,
) -> Hospital:
    """Decide that the printed name means a hospital that is not registered yet, and register it."""
    with together():
        hospital = register_hospital(
            actor=actor,
            name=name or review.printed,
            facts=facts,
            division=division,
            reason=reason,
            confirmed=confirmed,
        )
        _decide(review, "create", actor, reason, hospital)
    return hospital


def dismiss_review(*, actor: Actor, review: NameReview, reason: str) -> None:
    """Decide that the printed name is no hospital (a heading, a note, a misprint)."""
    _decide(review, "dismiss", actor, reason, None)


def reopen_review(*, actor: Actor, review: NameReview, reason: str) -> None:
    """Put a decided name before a person again; aliases added by the decision stay until removed."""
    move(
        NAME_REVIEW,
        review,
        "reopen",
        actor=actor,
        reason=reason,
        changes={"decided_id": None, "decided_by_id": None, "decided_at": None},
    )


def _decide(review: NameReview, step: str, actor: Actor, reason: str, hospital: Hospital | None) -> None:
    move(
        NAME_REVIEW,
        review,
        step,
        actor=actor,
        reason=reason,
        changes={
            "decided_id": hospital.pk if hospital else None,
            "decided_by_id": actor.user_id,
            "decided_at": timezone.now(),
        },
    )
