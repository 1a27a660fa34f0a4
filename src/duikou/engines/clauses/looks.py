"""Whether a reader of the printed page sees a piece of text: hidden, white on white, too small."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from duikou.engines.clauses.numbering import on, whole

SMALLEST = 7  # half points: 3.5 pt and less cannot be read
NARROWEST = 15  # percent of a character's width
LOWEST = 70  # twips of an exact line height: 3.5 pt
NEAR = 40  # of 255: colours closer than this cannot be told apart

_WHITE, _BLACK = 255.0, 0.0
_HIGHLIGHTS = {
    "black": 0.0, "white": 255.0, "yellow": 226.0, "green": 150.0, "cyan": 179.0, "magenta": 105.0,
    "red": 76.0, "blue": 29.0, "lightGray": 192.0, "darkGray": 128.0, "darkBlue": 15.0, "darkRed": 38.0,
}  # fmt: skip
_THEME = {"background1": _WHITE, "light1": _WHITE, "bg1": _WHITE, "lt1": _WHITE}


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks; None: as the surroundings say. Colours are grey values, 0 black to 255 white."""

    hidden: bool | None = None
    colour: float | None = None
    fill: float | None = None
    size: int | None = None
    width: int | None = None

    def over(self, below: Look) -> Look:
        """This look laid over another."""
        return Look(
            below.hidden if self.hidden is None else self.hidden,
            below.colour if self.colour is None else self.colour,
            below.fill if self.fill is None else self.fill,
            below.size if self.size is None else self.size,
            below.width if self.width is None else self.width,
        )

    @property
    def seen(self) -> bool:
        """Whether a reader sees it."""
        if self.hidden or (self.size is not None and self.size < SMALLEST):
            return False
        if self.width is not None and 0 < self.width < NARROWEST:
            return False
        if self.colour is None:  # automatic: black, or white on a dark ground
            return True
        ground = _WHITE if self.fill is None else self.fill
        return abs(self.colour - ground) >= NEAR


PLAIN = Look()


@dataclass(slots=True)
class Styles:
    """Looks of the styles of a document, and the list that a paragraph style belongs to."""

    base: Look = PLAIN
    default: str = ""
    _looks: dict[str, Look] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)
    _lists: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)

    def look(self, style: str) -> Look:
        """Look of a style with those that it is based on."""
        look = PLAIN
        for one in self._line(style):
            look = look.over(self._looks.get(one, PLAIN))
        return look

    def list_of(self, style: str) -> tuple[str | None, int | None]:
        """List and level that a paragraph of this style belongs to."""
        identity: str | None = None
        level: int | None = None
        for one in self._line(style):
            found, found_level = self._lists.get(one, (None, None))
            identity = found if identity is None else identity
            level = found_level if level is None else level
        return identity, level

    def _line(self, style: str) -> list[str]:
        line: list[str] = []
        while style and style not in line and len(line) < 30:
            line.append(style)
            style = self._parents.get(style, "")
        return line


def read_styles(root: Element | None) -> Styles:
    """Styles of a document."""
    styles = Styles()
    if root is None:
        return styles
    styles.base = look_of(root.find("docDefaults/rPrDefault/rPr"))
    for one in root.findall("style"):
        identity = one.get("styleId", "")
        if one.get("type") == "paragraph" and one.get("default") in ("1", "true", "on"):
            styles.default = identity
        ground = one.find("pPr/shd")
        styles._looks[identity] = look_of(one.find("rPr")).over(Look(fill=_fill(ground)))
        if (parent := one.find("basedOn")) is not None:
            styles._parents[identity] = parent.get("val", "")
        if (numbers := one.find("pPr/numPr")) is not None:
            styles._lists[identity] = list_of(numbers)
    return styles


def list_of(numbers: Element) -> tuple[str | None, int | None]:
    """List and level as a numPr says them."""
    identity, level = numbers.find("numId"), numbers.find("ilvl")
    return (
        None if identity is None else identity.get("val"),
        None if level is None else whole(level.get("val")),
    )


def look_of(properties: Element | None) -> Look:
    """Look that the properties of a run ask for."""
    if properties is None:
        return PLAIN
    hidden: bool | None = None
    colour = fill = None
    size = width = None
    for one in properties:
        value = one.get("val", "")
        match one.tag:
            case "vanish" | "specVanish":
                hidden = on(one)
            case "color":
                colour = _THEME.get(one.get("themeColor", ""), _grey(value))
            case "shd":
                fill = _fill(one) if fill is None else fill
            case "highlight":
                fill = _HIGHLIGHTS.get(value, fill)
            case "sz":
                size = whole(value)
            case "w":
                width = whole(value.removesuffix("%"))
    return Look(hidden, colour, fill, size, width)


def _fill(shading: Element | None) -> float | None:
    if shading is None:
        return None
    if shading.get("val") == "solid":
        grey = _grey(shading.get("color", ""))
        return _BLACK if grey is None else grey
    return _grey(shading.get("fill", ""))


def _grey(colour: str) -> float | None:
    """Brightness of RRGGBB; None for automatic."""
    try:
        red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    except ValueError:
        return None
    return 0.299 * red + 0.587 * green + 0.114 * blue


def paragraph_ground(properties: Element | None) -> Look:
    """What a paragraph's properties do to its text: its shading; a line too low to show anything."""
    if properties is None:
        return PLAIN
    spacing = properties.find("spacing")
    low = (
        spacing is not None and spacing.get("lineRule") == "exact" and 0 < whole(spacing.get("line")) < LOWEST
    )
    return Look(hidden=True if low else None, fill=_fill(properties.find("shd")))


def row_hides(row: Element) -> bool:
    """Whether a table row is too low to show its text."""
    height = row.find("trPr/trHeight")
    return height is not None and height.get("hRule") == "exact" and 0 < whole(height.get("val")) < LOWEST
