"""What a task says, as acts take it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Any

from duikou.engines.clauses.model import Party
from duikou.policy.agreements import Period
from duikou.policy.vocabulary import Unit

UNITS = tuple(str(one) for one in Unit if one not in (Unit.DATE, Unit.FLAG, Unit.TEXT, Unit.KIND, Unit.RANK))


@dataclass(frozen=True, slots=True)
class TaskValues:
    """What a task says; `amount` None with a unit: still to be agreed."""

    title: str
    due: dt.date
    one: str = ""
    focus: str = ""
    content: str = ""
    specialty: str = ""
    technique: str = ""
    baseline: str = ""
    target: str = ""
    unit: str = ""
    amount: int | None = None
    period: str = Period.ONCE.value
    evidence: tuple[str, ...] = ()
    owner: str = Party.SUPPORTER.value

    def stripped(self) -> TaskValues:
        """Without space around the texts."""
        texts: dict[str, Any] = {
            name: value.strip() for name, value in asdict(self).items() if isinstance(value, str)
        }
        return replace(self, **texts)
