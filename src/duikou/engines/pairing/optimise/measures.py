"""Values as people read them: roads are counted in hundreds of metres and shown in kilometres."""

from __future__ import annotations

from duikou.engines.text import Text

HUNDRED_METRES = Text("百米", "100 m")
KILOMETRES = Text("公里", "km")


def readable(value: int, unit: Text) -> tuple[int | float, Text]:
    """The value in the unit that a person reads."""
    if unit.zh != HUNDRED_METRES.zh:
        return value, unit
    return (value // 10 if value % 10 == 0 else value / 10), KILOMETRES


def amount(value: int, unit: Text) -> Text:
    """A value with its unit."""
    number, shown = readable(value, unit)
    return Text(f"{number:,} {shown.zh}".strip(), f"{number:,} {shown.en}".strip())


def change(by: int, unit: Text) -> Text:
    """A difference with its sign and unit."""
    number, shown = readable(by, unit)
    signed = f"{number:+,}".replace("-", "−")
    words = f" {shown.en}" if shown is KILOMETRES else f" ({shown.en})"
    return Text(f"{signed}{shown.zh}", f"{signed}{words}")
