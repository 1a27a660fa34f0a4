"""What the device itself measured and says about a tracing: shown as its own, not as an opinion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duikou.engines.text import Text
from duikou.engines.tracings.model import Measure

_NAMES = {
    "VENTRICULAR HEART RATE": Text("心室率", "Ventricular rate"),
    "VENTRICULAR RATE": Text("心室率", "Ventricular rate"),
    "HEART RATE": Text("心率", "Heart rate"),
    "ATRIAL HEART RATE": Text("心房率", "Atrial rate"),
    "RR INTERVAL": Text("RR 间期", "RR interval"),
    "PP INTERVAL": Text("PP 间期", "PP interval"),
    "PR INTERVAL": Text("PR 间期", "PR interval"),
    "P DURATION": Text("P 波时限", "P duration"),
    "QRS DURATION": Text("QRS 时限", "QRS duration"),
    "QT INTERVAL": Text("QT 间期", "QT interval"),
    "QTC INTERVAL": Text("QTc 间期", "QTc interval"),
    "P AXIS": Text("P 电轴", "P axis"),
    "QRS AXIS": Text("QRS 电轴", "QRS axis"),
    "T AXIS": Text("T 电轴", "T axis"),
}
_UNITS = {"ms": "ms", "s": "s", "deg": "°", "/min": "/min", "{H.B.}/min": "/min", "uV": "µV", "mV": "mV"}
_MOST_STATEMENTS = 20
_LONGEST = 200


def measures_of(file: Any) -> tuple[Measure, ...]:
    """Named intervals, durations and axes, each once; zero stands for “not measured”."""
    found: dict[str, Measure] = {}
    for note in file.get("WaveformAnnotationSequence") or ():
        name = _first(note, "ConceptNameCodeSequence", "CodeMeaning").upper()
        number = _number(note.get("NumericValue"))
        if name in _NAMES and name not in found and number:
            unit = _first(note, "MeasurementUnitsCodeSequence", "CodeValue")
            found[name] = Measure(_NAMES[name], number, _UNITS.get(unit, unit))
    return tuple(found[name] for name in _NAMES if name in found)


def statements_of(file: Any) -> tuple[str, ...]:
    """Sentences of the device, as it wrote them."""
    said = [
        str(note.get("UnformattedTextValue") or "").strip()[:_LONGEST]
        for note in file.get("WaveformAnnotationSequence") or ()
    ]
    return tuple(dict.fromkeys(text for text in said if text))[:_MOST_STATEMENTS]


def _number(value: Any) -> float:
    """The first number of an element, which may hold several or none."""
    if isinstance(value, Sequence):
        value = value[0] if value else None
    return float(value or 0)


def _first(note: Any, sequence: str, name: str) -> str:
    items = list(note.get(sequence) or ())
    return str(items[0].get(name) or "").strip() if items else ""
