"""When to remind, and when to call in the authority above. The days are parameters of the pack."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.policy import load_pack
from duikou.policy.vocabulary import Mark

RULE = "OBL-01"


@dataclass(frozen=True, slots=True)
class Days:
    """Days before and after a due date on which to remind, and after which to escalate."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    escalate: int
    mark: Mark
    rule: str = ""

    @property
    def to_confirm(self) -> bool:
        """Whether users must see "to be confirmed": no document says it."""
        return self.mark.to_confirm


# Where a pack is silent. No document gives these numbers.
DEFAULT = Days(before=(30, 7, 1), after=(1, 7), escalate=14, mark=Mark.INFERRED)


def days(pack: str) -> Days:
    """The days of a pack."""
    rule = load_pack(pack).rules.get(RULE)
    if rule is None:
        return DEFAULT
    before, after, escalate = (
        rule.value(name) for name in ("remind_before", "remind_after", "escalate_after")
    )
    return Days(_days(before), _days(after), int(escalate), rule.mark, rule.id)  # type: ignore[arg-type]


def _days(value: object) -> tuple[int, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(sorted((int(one) for one in values), reverse=True))
