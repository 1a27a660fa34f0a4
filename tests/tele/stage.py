"""What tests of the shared stage look at: the view, the pointer and the pixels of each side."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.browser.calls import until

PATIENCE = 60.0  # seconds, on a machine that is busy with all of it; what comes true ends the waiting
SIZE = (480, 300)  # to which what is on a stage is brought: windows are not all as large
VIEW = """() => {
  const { stage } = window.duikouRoom;
  const surface = stage.surface;
  const kind = surface?.facts?.kind || 'flat';
  return surface ? { exhibit: stage.exhibit, kind, ...(surface.bounds || surface.view) } : null;
}"""


def show(page: Page, words: str) -> None:
    """Lay an exhibit on the stage, by its button."""
    page.locator("[data-exhibits]").get_by_role("button", name=words).click()


def view(page: Page) -> dict[str, Any] | None:
    """What of the exhibit fills the stage of a window, amid a movement too."""
    found: dict[str, Any] | None = page.evaluate(VIEW)
    return found


def alike(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two windows show the same: the numbers to a thousandth of the exhibit."""
    if one is None or other is None or one.keys() != other.keys():
        return False
    return all(
        abs(value - other[name]) < 0.001 if isinstance(value, float | int) else value == other[name]
        for name, value in one.items()
    )


Being = Callable[[dict[str, Any]], bool]


def in_step(pages: Sequence[Page], being: Being = bool, seconds: float = PATIENCE) -> dict[str, Any]:
    """Wait until all windows show the same, which is as it should be; what that is."""
    seen: list[dict[str, Any] | None] = []

    def agreed() -> bool:
        seen[:] = [view(page) for page in pages]
        return all(alike(seen[0], one) for one in seen) and seen[0] is not None and being(seen[0])

    try:
        until(agreed, seconds, "the same view everywhere")
    except AssertionError as error:
        raise AssertionError(f"{error}: {seen}") from error
    assert seen[0] is not None
    return seen[0]


def hover(page: Page, x: float, y: float) -> None:
    """Move the mouse to a place of the stage, as shares of its width and height."""
    page.mouse.move(*_spot(page, x, y))


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag on the stage."""
    page.mouse.move(*_spot(page, *begin))
    page.mouse.down()
    page.mouse.move(*_spot(page, *end), steps=8)
    page.mouse.up()


def _spot(page: Page, x: float, y: float) -> tuple[float, float]:
    canvas = page.locator("[data-ink]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def points(pointing: Page, seeing: Page, x: float, y: float, seconds: float = PATIENCE) -> None:
    """Point at a place here; the other side is shown the same place of the exhibit, to a hundredth."""
    hover(pointing, x, y)
    place: list[float] = pointing.evaluate(f"window.duikouRoom.stage.surface.fromStage([{x}, {y}])")
    stage = seeing.locator("[data-stage]")

    def shown() -> bool:
        told = [float(word) for word in (stage.get_attribute("data-pointed-at") or "").split(",") if word]
        return len(told) == 2 and all(abs(one - two) < 0.01 for one, two in zip(told, place, strict=True))

    until(shown, seconds, f"the pointer at {place}")
    seen: list[float] = seeing.evaluate(f"window.duikouRoom.stage.surface.toStage({place})")
    assert max(abs(seen[0] - x), abs(seen[1] - y)) < 0.01, seen  # on the same spot of the screen, too


def pixels(page: Page) -> np.ndarray[Any, Any]:
    """The picture on the stage as it is drawn, without what is written over it, in one size."""
    page.evaluate("document.querySelector('[data-ink]').style.visibility = 'hidden'")
    seen = Image.open(io.BytesIO(page.locator("[data-stage]").screenshot())).convert("RGB")
    page.evaluate("document.querySelector('[data-ink]').style.visibility = ''")
    return np.asarray(seen.resize(SIZE, Image.Resampling.BOX), dtype=float)


def drawn(page: Page, least: float, seconds: float = PATIENCE) -> np.ndarray[Any, Any]:
    """Wait until the stage shows a picture with shades, and not one colour; its pixels."""
    found: list[np.ndarray[Any, Any]] = []

    def shaded() -> bool:
        found[:] = [pixels(page)]
        height, width = found[0].shape[:2]
        return float(found[0][height // 4 : -height // 4, width // 4 : -width // 4].std()) >= least

    until(shaded, seconds, "a picture on the stage")
    return found[0]


def same_picture(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Whether two stages show the same picture."""
    return float(np.abs(one - other).mean()) < 4.0
