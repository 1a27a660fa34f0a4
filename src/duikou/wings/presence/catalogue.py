"""The counters of work, and how near "near the hospital" is, as the posting's policy pack has them."""

from __future__ import annotations

from collections.abc import Mapping

from duikou.core.faces import words
from duikou.policy import load_pack
from duikou.policy.activities import Activity
from duikou.wings.hospitals.catalogue import pack
from duikou.wings.postings.models import Posting

RULE = "PER-05"  # the recipient manages posted staff as its own; the distance is a parameter of it


def activities(policy_pack: str) -> Mapping[str, Activity]:
    """The counters of a pack by id, in its order."""
    return load_pack(policy_pack).activities


def of_posting(posting: Posting) -> Mapping[str, Activity]:
    """The counters by which a posting's work is told."""
    return activities(posting.pairing.round.policy_pack)


def metres(policy_pack: str) -> int:
    """Up to which distance a check-in is near the hospital."""
    value = load_pack(policy_pack).rule(RULE).parameters["check_in_metres"].value
    assert isinstance(value, int)
    return value


def label(activity: str) -> str:
    """Name of an activity; its id where the register's pack has none such (any more)."""
    found = pack().activities.get(activity)
    return words(found.title) if found else activity
