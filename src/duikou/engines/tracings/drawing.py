"""A tracing on squared paper, as SVG of real size: a unit of its coordinates is a twentieth of a millimetre.

Nothing in it names a patient. Each lead is drawn around its median: a shift of the whole lead says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from duikou.engines.tracings.model import LEADS, Floats, Tracing
from duikou.engines.tracings.thinning import thinned

UNIT = 20  # to the millimetre
LARGEST = 150_000  # bytes
SPEEDS = (25, 50)  # mm/s
GAINS = (5, 10, 20)  # mm/mV
LAYOUTS = {
    "3x4": (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"), ("II",)),
    "6x2": (("I", "V1"), ("II", "V2"), ("III", "V3"), ("aVR", "V4"), ("aVL", "V5"), ("aVF", "V6")),
    "12x1": tuple((lead,) for lead in LEADS),
}  # fmt: skip
_COLUMNS = (2, 4, 5, 6, 8, 10, 12, 15, 20, 40)  # widths tried, in units; 2 is what a printer shows
_MARGIN = 15  # mm on the left, for the calibration mark
_LEAST_ROW = 15.0  # mm between two rows at least
_PAPER, _FINE, _BOLD, _INK = "#fffafa", "#f6cfcf", "#e59a9a", "#111111"


@dataclass(frozen=True, slots=True)
class Paper:
    """How to draw: speed in mm/s, gain in mm/mV, rows of leads, seconds shown."""

    speed: int = 25
    gain: int = 10
    layout: str = "3x4"
    seconds: float = 10.0

    def __post_init__(self) -> None:
        """Only what a reader knows from paper."""
        if self.speed not in SPEEDS or self.gain not in GAINS or self.layout not in LAYOUTS:
            raise ValueError(f"no such paper: {self.speed} mm/s, {self.gain} mm/mV, {self.layout}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture with its size in mm; `column` is the width in mm into which samples were joined."""

    svg: str
    width: float
    height: float
    column: float


@dataclass(frozen=True, slots=True)
class _Strip:
    """A piece of a lead: where it begins on the paper, and its samples in units around the median."""

    lead: str
    row: int
    left: float  # units
    x: Floats
    y: Floats


def draw(tracing: Tracing, paper: Paper = Paper(), *, title: str = "") -> Drawn:
    """Draw it, as fine as the limit of size allows."""
    strips = _strips(tracing, paper)
    base, height = _rows(strips)
    seconds = min(paper.seconds, tracing.seconds)
    width = _MARGIN + seconds * paper.speed + 5
    for column in _COLUMNS:
        lines = [_path(strip, base[strip.row], column) for strip in strips]
        svg = _svg(paper, strips, base, lines, width, height, title)
        if len(svg.encode()) <= LARGEST:
            break
    return Drawn(svg, width, height, column / UNIT)


def _strips(tracing: Tracing, paper: Paper) -> list[_Strip]:
    rows = LAYOUTS[paper.layout]
    seconds = min(paper.seconds, tracing.seconds)
    found = []
    for row, names in enumerate(rows):
        each = seconds / len(names)
        for at, lead in enumerate(names):
            first, last = round(at * each * tracing.rate), round((at + 1) * each * tracing.rate)
            whole = tracing.leads[lead]
            middle = 0.0 if np.isnan(whole).all() else float(np.nanmedian(whole))
            part = whole[first:last]
            x = (_MARGIN + np.arange(first, first + len(part)) / tracing.rate * paper.speed) * UNIT
            y = -(part - middle) / 1000 * paper.gain * UNIT
            found.append(_Strip(lead, row, (_MARGIN + at * each * paper.speed) * UNIT, x, y))
    return found


def _rows(strips: Sequence[_Strip]) -> tuple[list[float], float]:
    """The base line of each row in units, and the height in mm: rows do not run into each other."""
    number = max(strip.row for strip in strips) + 1
    above, below = [5.0 * UNIT] * number, [3.0 * UNIT] * number
    for strip in strips:
        if not np.isnan(strip.y).all():
            above[strip.row] = max(above[strip.row], -float(np.nanmin(strip.y)))
            below[strip.row] = max(below[strip.row], float(np.nanmax(strip.y)))
    base = [above[0] + 8 * UNIT]
    for row in range(1, number):
        base.append(base[-1] + max(_LEAST_ROW * UNIT, below[row - 1] + above[row] + 3 * UNIT))
    return [float(round(one)) for one in base], float(np.ceil((base[-1] + below[-1]) / UNIT + 10))


def _path(strip: _Strip, base: float, column: int) -> str:
    """The line in whole units, each point by its distance from the one before."""
    kept = thinned(strip.y, np.floor(strip.x / column).astype(np.int64))
    parts: list[str] = []
    x = y = 0
    down = False
    for left, height in zip(strip.x[kept].tolist(), strip.y[kept].tolist(), strict=True):
        if height != height:  # NaN: nothing was recorded
            down = False
            continue
        to_x, to_y = round(left), round(base + height)
        if not down:
            parts.append(f"M{to_x} {to_y}l")
            down = True
        elif (to_x, to_y) != (x, y):
            # A minus sign parts two numbers by itself.
            step = f"{to_x - x}{'' if to_y < y else ' '}{to_y - y}"
            parts.append(step if parts[-1].endswith("l") or step.startswith("-") else f" {step}")
        x, y = to_x, to_y
    return "".join(part for part in parts).replace("lM", "M").removesuffix("l")


def _svg(
    paper: Paper,
    strips: Sequence[_Strip],
    base: Sequence[float],
    lines: Sequence[str],
    width: float,
    height: float,
    title: str,
) -> str:
    big_width, big_height = round(width * UNIT), round(height * UNIT)
    seen: set[int] = set()
    marks, labels = [], []
    for strip in strips:
        at = round(base[strip.row])
        if strip.row not in seen:
            seen.add(strip.row)
            up, wide = paper.gain * UNIT, 5 * UNIT
            marks.append(f"M{4 * UNIT} {at}h{UNIT}v-{up}h{wide}v{up}h{UNIT}")
        else:
            marks.append(f"M{round(strip.left)} {at - 3 * UNIT}v{6 * UNIT}")
        top = at - 4 * UNIT
        labels.append(f'<text x="{round(strip.left) + UNIT}" y="{top}">{strip.lead}</text>')
    foot = f"{paper.speed} mm/s   {paper.gain} mm/mV"
    named = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {big_width} {big_height}">{named}<defs>'
        f'<pattern id="f" width="{UNIT}" height="{UNIT}" patternUnits="userSpaceOnUse">'
        f'<path d="M{UNIT} 0H0V{UNIT}" fill="none" stroke="{_FINE}" stroke-width="2"/></pattern>'
        f'<pattern id="b" width="{5 * UNIT}" height="{5 * UNIT}" patternUnits="userSpaceOnUse">'
        f'<rect width="{5 * UNIT}" height="{5 * UNIT}" fill="url(#f)"/>'
        f'<path d="M{5 * UNIT} 0H0V{5 * UNIT}" fill="none" stroke="{_BOLD}" stroke-width="4"/>'
        "</pattern></defs>"
        f'<rect width="{big_width}" height="{big_height}" fill="{_PAPER}"/>'
        f'<rect width="{big_width}" height="{big_height}" fill="url(#b)"/>'
        f'<g fill="none" stroke="{_INK}" stroke-width="5" stroke-linejoin="round">'
        f'<path d="{"".join(marks)}"/>'
        + "".join(
            f'<path data-lead="{strip.lead}" d="{line}"/>' for strip, line in zip(strips, lines, strict=True)
        )
        + f'</g><g fill="{_INK}" font-family="sans-serif" font-size="{3 * UNIT}" '
        # A rim in the colour of the paper keeps a name readable on a peak.
        f'stroke="{_PAPER}" stroke-width="12" paint-order="stroke">'
        + "".join(labels)
        + f'<text x="{_MARGIN * UNIT}" y="{big_height - 2 * UNIT}">{foot}</text></g></svg>'
    )
