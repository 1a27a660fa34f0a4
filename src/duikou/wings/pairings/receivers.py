"""What this wing does when the register tells that something changed."""

from __future__ import annotations

from typing import Any

from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.signals import hospital_moved
from duikou.wings.pairings.models import FindingScope, Pairing


def follow_hospital(
    sender: type[Hospital], hospital: Hospital, old_path: str, new_path: str, **_: Any
) -> None:
    """Keep the copied paths of a hospital that got another keeper, in the transaction of that act."""
    Pairing.objects.filter(supporter=hospital).update(supporter_path=new_path)
    Pairing.objects.filter(recipient=hospital).update(recipient_path=new_path)
    known = FindingScope.objects.filter(path=new_path).values("finding")
    FindingScope.objects.filter(path=old_path).exclude(finding__in=known).update(path=new_path)


def connect() -> None:
    """Listen to the register."""
    hospital_moved.connect(follow_hospital, dispatch_uid="pairings.follow_hospital")
