"""Issues of a table on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from duikou.cli.boot import message_language
from duikou.cli.output import MARKS, say

if TYPE_CHECKING:
    from duikou.engines.pairing.annex import Issue

SHOWN = 10  # of the same sort, unless they are errors: those must all be repaired


def say_issues(issues: Sequence[Issue]) -> None:
    """Print issues with their places; many of the same harmless sort are summed up."""
    english = message_language() == "en"
    seen: Counter[str] = Counter()
    for issue in issues:
        seen[issue.code] += 1
        if seen[issue.code] <= SHOWN or issue.severity == "error":
            say(f"{MARKS[issue.severity]} {issue.message.en if english else issue.message.zh}")
    harmless = {issue.code for issue in issues if issue.severity != "error"}
    for code in sorted(harmless):
        if (more := seen[code] - SHOWN) > 0:
            say(f"  … 另有 {more} 处同类情况 / and {more} more of the same sort ({code})")
