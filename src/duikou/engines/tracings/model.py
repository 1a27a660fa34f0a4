"""A tracing, and what its device measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duikou.engines.text import Text

Floats = npt.NDArray[np.float64]

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


class BadTracing(ValueError):
    """The file is no tracing that can be shown; `text` says what was found and what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that the device gives, as it gives it. `text` names it in both languages."""

    text: Text
    value: float
    unit: str


@dataclass(frozen=True, eq=False, slots=True)
class Tracing:
    """Twelve leads in microvolts; NaN where the device recorded nothing."""

    rate: float  # samples a second
    leads: Mapping[str, Floats]  # by name, in the order of LEADS
    measures: tuple[Measure, ...] = ()
    statements: tuple[str, ...] = ()  # of the device, in its language
    notes: tuple[Text, ...] = ()  # what a reader should know: derived leads, flat leads, disagreement

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.leads["I"]) / self.rate
