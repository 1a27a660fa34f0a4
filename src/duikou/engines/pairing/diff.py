"""Compare the findings of two audits of a round, for the desk that works them off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duikou.engines.pairing.model import Finding


@dataclass(frozen=True, slots=True)
class Changed:
    """A finding that stands, but with other severity, rows or words."""

    before: Finding
    after: Finding


@dataclass(frozen=True, slots=True)
class Difference:
    """What a re-audit brought: findings come, gone, changed and unchanged, each in its audit's order."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    changed: tuple[Changed, ...]
    unchanged: tuple[Finding, ...]


def diff(before: Iterable[Finding], after: Iterable[Finding]) -> Difference:
    """Compare two audits by the findings' keys."""
    old = {finding.key: finding for finding in before}
    new = {finding.key: finding for finding in after}
    both = [(old[key], finding) for key, finding in new.items() if key in old]
    return Difference(
        new=tuple(finding for key, finding in new.items() if key not in old),
        gone=tuple(finding for key, finding in old.items() if key not in new),
        changed=tuple(Changed(earlier, later) for earlier, later in both if earlier != later),
        unchanged=tuple(later for earlier, later in both if earlier == later),
    )
