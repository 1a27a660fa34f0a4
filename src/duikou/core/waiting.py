"""What waits for a person, as each wing tells it to the first page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things of one kind that somebody has to do, with the page where they are done."""

    kind: str
    label: str
    count: int
    url: str
