"""When a course is completed: the rule as plain values, so that a table can test it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A lesson as the rule sees it."""

    required: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is: required lessons and how many are done; whether a quiz is needed and passed."""

    required: int
    done: int
    quiz: bool
    passed: bool

    @property
    def lessons_done(self) -> bool:
        """Whether nothing but the quiz may be missing. A course without required lessons cannot be done."""
        return 0 < self.required == self.done

    @property
    def complete(self) -> bool:
        """Every required lesson done, and the quiz passed where there is one."""
        return self.lessons_done and (self.passed or not self.quiz)

    @property
    def percent(self) -> int:
        """How much is done, for a bar: the quiz counts as one lesson."""
        parts = self.required + self.quiz
        return (self.done + (self.quiz and self.passed)) * 100 // parts if parts else 0


def standing(parts: Iterable[Part], *, quiz: bool, passed: bool) -> Standing:
    """Where somebody stands. Lessons that are not required change nothing."""
    needed = [part for part in parts if part.required]
    return Standing(len(needed), sum(part.done for part in needed), quiz, passed)
