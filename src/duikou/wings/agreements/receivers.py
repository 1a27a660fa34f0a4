"""What this wing does when the register tells that something changed."""

from __future__ import annotations

from typing import Any

from duikou.wings.agreements.models import Agreement, TerminationRequest
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.signals import hospital_moved


def follow_hospital(
    sender: type[Hospital], hospital: Hospital, old_path: str, new_path: str, **_: Any
) -> None:
    """Keep the copied paths of a hospital that got another keeper, in the transaction of that act."""
    Agreement.objects.filter(supporter=hospital).update(supporter_path=new_path)
    Agreement.objects.filter(recipient=hospital).update(recipient_path=new_path)
    TerminationRequest.objects.filter(party_path=old_path).update(party_path=new_path)


def connect() -> None:
    """Listen to the register."""
    hospital_moved.connect(follow_hospital, dispatch_uid="agreements.follow_hospital")
