"""What this wing does when the register tells that something changed."""

from __future__ import annotations

from typing import Any

from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.signals import hospital_moved
from duikou.wings.plans.actions.plans import follow_hospital


def move(sender: type[Hospital], hospital: Hospital, old_path: str, new_path: str, **_: Any) -> None:
    """Keep the copied paths of a hospital that got another keeper."""
    follow_hospital(old_path=old_path, new_path=new_path)


def connect() -> None:
    """Listen."""
    hospital_moved.connect(move, dispatch_uid="plans.follow_hospital")
