"""What stands in the agreement where a word of the template stood."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.engines.clauses.matching import Demand, Segment

WINDOW = 5  # words looked at beyond a neighbour whose partner is elsewhere


def gap_of(demand: Demand, number: int, segments: Sequence[Segment]) -> tuple[Segment | None, list[int]]:
    """The segment and its words between the neighbours of a missing word; new words only."""
    left = next((demand.found[n] for n in range(number - 1, -1, -1) if n in demand.found), None)
    right = next(
        (demand.found[n] for n in range(number + 1, len(demand.row.tokens)) if n in demand.found), None
    )
    if left and right and left[0] == right[0] and 0 < right[1] - left[1] <= 40:
        segment = segments[left[0]]
        return segment, [n for n in range(left[1] + 1, right[1]) if segment.owner[n] < 0]
    for neighbour, step in ((left, 1), (right, -1)):
        if neighbour is None:
            continue
        segment = segments[neighbour[0]]
        reach = [neighbour[1] + step * k for k in range(1, WINDOW + 1)]
        inside = [n for n in reach if 0 <= n < len(segment.owner)]
        run = []
        for n in inside:
            if segment.owner[n] >= 0:
                break
            run.append(n)
        if run:
            return segment, sorted(run)
    return None, []
