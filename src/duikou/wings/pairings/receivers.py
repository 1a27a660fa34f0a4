"""What this wing does when the register tells that something changed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import with_absorbed
from duikou.wings.hospitals.signals import hospital_changed, hospital_moved
from duikou.wings.pairings.actions._common import touch_all
from duikou.wings.pairings.actions.audits import count_again
from duikou.wings.pairings.models import FindingScope, Pairing, Round


def follow_hospital(
    sender: type[Hospital], hospital: Hospital, old_path: str, new_path: str, **_: Any
) -> None:
    """Keep the copied paths of a hospital that got another keeper, in the transaction of that act."""
    Pairing.objects.filter(supporter=hospital).update(supporter_path=new_path)
    Pairing.objects.filter(recipient=hospital).update(recipient_path=new_path)
    known = FindingScope.objects.filter(path=new_path).values("finding")
    FindingScope.objects.filter(path=old_path).exclude(finding__in=known).update(path=new_path)
    concerned = FindingScope.objects.filter(path__in=(old_path, new_path)).values("finding__round")
    count_again(Round.objects.filter(pk__in=concerned).select_related("org"))


def outdate_rounds(sender: type[Hospital], hospitals: tuple[int, ...], **_: Any) -> None:
    """Rounds with pairings of changed hospitals need a new audit, in the transaction of that act.

    So do the rounds after them: their audit compares the two. Entries that were merged
    into a changed one count as it does.
    """
    ids = with_absorbed(hospitals)
    rounds = Pairing.objects.filter(Q(supporter__in=ids) | Q(recipient__in=ids)).values("round")
    touch_all(Round.objects.filter(Q(pk__in=rounds) | Q(previous__in=rounds)))


def connect() -> None:
    """Listen to the register."""
    hospital_changed.connect(outdate_rounds, dispatch_uid="pairings.outdate_rounds")
    hospital_moved.connect(follow_hospital, dispatch_uid="pairings.follow_hospital")
