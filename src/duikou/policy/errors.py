"""What is wrong with a policy pack, said in both languages with file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One fault of a pack.

    `line` counts from 1; None when the fault has no line (a missing file or folder).
    """

    file: Path
    line: int | None
    zh: str
    en: str

    def place(self) -> str:
        """Return `folder/file:line`, short enough for a terminal and still clickable."""
        short = "/".join(self.file.parts[-2:])
        return short if self.line is None else f"{short}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place()}: {self.zh} / {self.en}"


class PackError(ValueError):
    """A policy pack was refused.

    `problems` holds every fault that one reading could find; `file`, `line`, `zh`
    and `en` repeat the first one for callers that show a single sentence.
    """

    def __init__(self, pack: str, problems: Iterable[PackProblem]) -> None:
        self.pack = pack
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("a PackError needs at least one problem")
        super().__init__(pack, self.problems)

    @property
    def file(self) -> Path:
        """File of the first problem."""
        return self.problems[0].file

    @property
    def line(self) -> int | None:
        """Line of the first problem, from 1, or None."""
        return self.problems[0].line

    @property
    def zh(self) -> str:
        """First problem in Chinese."""
        return self.problems[0].zh

    @property
    def en(self) -> str:
        """First problem in English."""
        return self.problems[0].en

    def __str__(self) -> str:
        head = (
            f"政策包 {self.pack} 有 {len(self.problems)} 处错误，未载入 / "
            f"policy pack {self.pack} was refused, {len(self.problems)} problem(s)"
        )
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])
