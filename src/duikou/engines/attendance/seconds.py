"""Sets of seconds of a lesson as sorted, separate stretches; a stretch ends before its last number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Seconds:
    """A set of whole seconds. `stretches` are sorted and do not touch."""

    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Seconds:
        """The union. Raises ValueError for a stretch that ends before it begins."""
        merged: list[Stretch] = []
        for start, end in sorted(stretches):
            if end < start:
                raise ValueError(f"a stretch from {start} to {end} ends before it begins")
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            elif start < end:
                merged.append((start, end))
        return cls(tuple(merged))

    def __len__(self) -> int:
        """How many seconds."""
        return sum(end - start for start, end in self.stretches)

    def within(self, length: int) -> Seconds:
        """Those of a lesson of that length."""
        return Seconds(
            tuple(
                (max(start, 0), min(end, length))
                for start, end in self.stretches
                if max(start, 0) < min(end, length)
            )
        )

    def missing(self, length: int) -> Seconds:
        """Those of the lesson that are not among them."""
        left, at = [], 0
        for start, end in self.within(length).stretches:
            if at < start:
                left.append((at, start))
            at = end
        if at < length:
            left.append((at, length))
        return Seconds(tuple(left))

    def share(self, length: int) -> float:
        """Which part of a lesson of that length they are; nothing of a lesson without length."""
        return len(self.within(length)) / length if length > 0 else 0.0
