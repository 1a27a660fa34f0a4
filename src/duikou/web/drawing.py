"""Maps and charts as SVG made on the server: readable without script, focusable, printable.

Everything is presentational attributes and classes, because the content security policy
allows no inline style. Each mark carries its words in a <title>; the same numbers stand
in a table beside the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

TILE_WIDTH, TILE_HEIGHT, GAP = 54, 40, 3
LARGE = 150  # a map of more tiles is given more room
CURVE = 0.22  # how far a flow bends away from the straight line, as a part of its length


def value_of(item: Any, name: str, default: Any = None) -> Any:
    """A field of a mapping or of an object."""
    if isinstance(item, Mapping):
        return item.get(name, default)
    return getattr(item, name, default)


def _linked(href: str | None, title: str, look: str, inner: str) -> str:
    """A mark with its words: a link when there is somewhere to go, else a group."""
    words = escape(title)
    if href:
        return f'<a class="{look}" href="{escape(href)}"><title>{words}</title>{inner}</a>'
    return f'<g class="{look}" role="img" aria-label="{words}"><title>{words}</title>{inner}</g>'


def _svg(look: str, width: float, height: float, title: str, parts: Iterable[str]) -> SafeString:
    """The drawing as a whole: a group, so that the marks inside stay reachable."""
    return mark_safe(  # noqa: S308 - every text in it went through escape
        f'<svg class="{look}" viewBox="0 0 {width:g} {height:g}" role="group" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def _words(x: float, y: float, text: str, more: str = "") -> str:
    """A text, centred in height on `y`; the mark's title says it to a screen reader."""
    place = f'x="{x:.1f}" y="{y:.1f}" dominant-baseline="central" aria-hidden="true"'
    return f"<text {place}{more}>{escape(text)}</text>"


def _squeeze(text: str, room: float, size: int) -> str:
    """Attributes that set a long text narrower, so that it stays inside `room`."""
    length = sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in text)
    return f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"' if length > room else ""


# --- tile map -----------------------------------------------------------------------------------------------


def tile_map(cells: Iterable[Any], title: str, flows: Iterable[Any] = ()) -> SafeString:
    """A map of equal tiles, one per unit, at their columns and rows; flows are curves between tiles.

    A tile may have a `note`, a second line below its label.
    """
    cells = list(cells)
    left = min((value_of(cell, "col") for cell in cells), default=0)
    top = min((value_of(cell, "row") for cell in cells), default=0)
    centres: dict[Any, tuple[float, float]] = {}
    tiles = []
    for cell in cells:
        x = (value_of(cell, "col") - left) * TILE_WIDTH
        y = (value_of(cell, "row") - top) * TILE_HEIGHT
        centres[value_of(cell, "key")] = (x + TILE_WIDTH / 2, y + TILE_HEIGHT / 2)
        tiles.append(_tile(cell, x, y))
    width = max((x for x, _y in centres.values()), default=TILE_WIDTH / 2) + TILE_WIDTH / 2
    height = max((y for _x, y in centres.values()), default=TILE_HEIGHT / 2) + TILE_HEIGHT / 2
    look = "dk-map dk-map-large" if len(cells) > LARGE else "dk-map"
    return _svg(look, width, height, title, [*tiles, *(_flow(flow, centres) for flow in flows)])


def _tile(cell: Any, x: float, y: float) -> str:
    level = value_of(cell, "level")
    look = f"dk-fill-{'none' if level is None else level}{' dk-chosen' if value_of(cell, 'chosen') else ''}"
    label = str(value_of(cell, "label", ""))
    wide, high = TILE_WIDTH - GAP, TILE_HEIGHT - GAP
    shape = f'<rect x="{x + GAP / 2:g}" y="{y + GAP / 2:g}" width="{wide}" height="{high}" rx="5"/>'
    note = str(value_of(cell, "note") or "")
    middle = y + TILE_HEIGHT / 2
    text = _words(x + TILE_WIDTH / 2, middle - (7 if note else 0), label, _squeeze(label, wide - 5, 12))
    if note:
        text += _words(x + TILE_WIDTH / 2, middle + 9, note, ' class="dk-map-note"')
    return _linked(value_of(cell, "href"), str(value_of(cell, "title") or label), look, shape + text)


def _flow(flow: Any, centres: Mapping[Any, tuple[float, float]]) -> str:
    start, end = centres.get(value_of(flow, "source")), centres.get(value_of(flow, "target"))
    if start is None or end is None or start == end:
        return ""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) * CURVE, (y1 + y2) / 2 + (x2 - x1) * CURVE
    # The curve ends short of the centre, so that the name of the target stays readable.
    short = max(0.0, 1 - 14 / length)
    x3, y3 = bend_x + (x2 - bend_x) * short, bend_y + (y2 - bend_y) * short
    return (
        f'<g class="dk-flow-line"><title>{escape(str(value_of(flow, "title", "")))}</title>'
        f'<path class="dk-flow" d="M{x1:.1f} {y1:.1f}Q{bend_x:.1f} {bend_y:.1f} {x3:.1f} {y3:.1f}"/>'
        f'<circle class="dk-flow-start" cx="{x1:.1f}" cy="{y1:.1f}" r="3"/>'
        f'<circle class="dk-flow-end" cx="{x3:.1f}" cy="{y3:.1f}" r="4.2"/></g>'
    )


# --- charts -------------------------------------------------------------------------------------------------


def bar_chart(bars: Sequence[Any], title: str, unit: str = "") -> SafeString:
    """Horizontal bars: the label left, the value at the end of each bar."""
    width, thick, space, room = 560, 24, 8, 150
    top = max((float(value_of(bar, "value") or 0) for bar in bars), default=0) or 1
    parts = []
    for index, bar in enumerate(bars):
        value = value_of(bar, "value") or 0
        label = str(value_of(bar, "label", ""))
        y = index * (thick + space)
        length = max(2.0, (width - room - 60) * float(value) / top)
        words = str(value_of(bar, "title") or f"{label} {value} {unit}".strip())
        shape = (
            _words(room - 10, y + thick / 2, label, f' text-anchor="end"{_squeeze(label, room - 14, 12)}')
            + f'<rect class="dk-s{value_of(bar, "series") or 1}" x="{room}" y="{y}" width="{length:.1f}" '
            + f'height="{thick}" rx="3"/>'
            + _words(room + length + 8, y + thick / 2, str(value))
        )
        parts.append(_linked(value_of(bar, "href"), words, "dk-bar", shape))
    return _svg("dk-plot", width, max(1, len(bars)) * (thick + space) - space, title, parts)


def axis_marks(top: float) -> list[float]:
    """Round axis values from zero to at least `top`: 1, 2 or 5 times a power of ten apart."""
    if top <= 0:
        return [0, 1]
    rough = top / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [step * n for n in range(math.ceil(top / step) + 1)]


def line_chart(labels: Sequence[object], series: Sequence[Any], title: str, unit: str = "") -> SafeString:
    """Lines over common labels; None leaves a gap. Points carry their words."""
    width, height, left, right, top, bottom = 560, 240, 44, 24, 14, 28
    peak = max((float(v) for line in series for v in value_of(line, "values") if v is not None), default=0)
    marks = axis_marks(peak)
    across = (width - left - right) / max(1, len(labels) - 1)

    def at(index: int, value: float) -> tuple[float, float]:
        return left + index * across, top + (height - top - bottom) * (1 - value / marks[-1])

    parts = []
    for mark in marks:
        _x, y = at(0, mark)
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_words(left - 8, y, f"{mark:g}", ' class="dk-axis" text-anchor="end"'))
    for index in range(0, len(labels), max(1, math.ceil(len(labels) / 8))):
        x, _y = at(index, 0)
        parts.append(_words(x, height - 9, str(labels[index]), ' class="dk-axis" text-anchor="middle"'))
    for number, line in enumerate(series, start=1):
        name = str(value_of(line, "name", ""))
        for run in _runs(value_of(line, "values")):
            spots = [(*at(index, value), index, value) for index, value in run]
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y, _index, _value in spots)
            parts.append(f'<polyline class="dk-s{number}" points="{points}"/>')
            for x, y, index, value in spots:
                dot = f'<circle class="dk-s{number}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
                words = f"{name} {labels[index]}: {value:g} {unit}".strip()
                parts.append(_linked(None, words, "dk-point", dot))
    return _svg("dk-plot", width, height, title, parts)


def funnel_chart(points: Sequence[Any], centre: float, title: str, across: str, up: str) -> SafeString:
    """Units by size and value between limits of chance; the chosen one stands out.

    A point has `size`, `value`, `low`, `high`, `lowest`, `highest`, `title`, `chosen` and may have `href`.
    """
    width, height, left, right, top, bottom = 560, 310, 44, 16, 28, 40
    points = sorted(points, key=lambda point: float(value_of(point, "size")))
    largest = max((float(value_of(point, "size")) for point in points), default=0) or 1
    peak = max((float(value_of(point, "value")) for point in points), default=0)
    marks = axis_marks(max(peak, 2 * centre) * 1.02)
    sides = axis_marks(largest)

    def at(size: float, value: float) -> tuple[float, float]:
        inside = min(max(value, 0.0), marks[-1])
        return (
            left + (width - left - right) * size / sides[-1],
            top + (height - top - bottom) * (1 - inside / marks[-1]),
        )

    parts = []
    for mark in marks:
        _x, y = at(0, mark)
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_words(left - 8, y, f"{mark:g}", ' class="dk-axis" text-anchor="end"'))
    for mark in sides:
        x, _y = at(mark, 0)
        parts.append(_words(x, height - 26, f"{mark:g}", ' class="dk-axis" text-anchor="middle"'))
    parts.append(_words(width / 2, height - 9, across, ' class="dk-axis" text-anchor="middle"'))
    parts.append(_words(left, 7, up, ' class="dk-axis"'))
    _x, y = at(0, centre)
    parts.append(f'<line class="dk-centre" x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for name in ("low", "high", "lowest", "highest"):
        look = "dk-limit-far" if name.endswith("est") else "dk-limit"
        spots = [at(float(value_of(p, "size")), float(value_of(p, name))) for p in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline class="{look}" points="{line}"/>')
    for point in sorted(points, key=lambda point: bool(value_of(point, "chosen"))):  # the chosen one on top
        x, y = at(float(value_of(point, "size")), float(value_of(point, "value")))
        chosen = bool(value_of(point, "chosen"))
        look, radius = ("dk-s2", 6) if chosen else ("dk-s1", 3.5)
        dot = f'<circle class="{look}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
        parts.append(_linked(value_of(point, "href"), str(value_of(point, "title")), "dk-point", dot))
    return _svg("dk-plot", width, height, title, parts)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches of values without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, float(value)))
    return [run for run in runs if run]
