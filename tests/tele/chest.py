"""Whether a picture on a screen is the invented chest of `samples.shades`, told by its pixels alone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator

from tests.browser.calls import until
from tests.tele.samples import dataset

SHORTER = 160  # pixels to which the shorter edge of what was seen is brought
SCALES = tuple(np.linspace(0.7, 1.0, 31))  # of the section within that edge
NODULE = 0.4  # of half the width, to the right of the middle


@dataclass(frozen=True)
class Seen:
    """How a picture compares with the sections: with which best, how well, and what is to be found in it."""

    likeness: float  # correlation with the best section, 1: the same
    slice_number: int  # 1-5, as the finding moves
    nodule: float  # shades by which the finding is brighter than the same place of the other lung
    spine: float  # shades by which the spine is brighter than the middle of the body


def compared(picture: np.ndarray[Any, Any]) -> Seen:
    """Compare what a window shows (grey or coloured, 0-255) with the sections in their usual window."""
    seen = _grey(picture)
    found = max(
        ((_likeness(seen, _section(number, scale, seen.shape)), number, scale)
         for number in range(1, 6) for scale in SCALES),
        key=lambda one: one[0],
    )  # fmt: skip
    likeness, number, scale = found
    up = 0.05 * (number % 5)
    return Seen(
        likeness,
        number,
        nodule=_shade(seen, scale, NODULE, -up) - _shade(seen, scale, -NODULE, -up),
        spine=_shade(seen, scale, 0, 0.45) - _shade(seen, scale, 0, 0),
    )


def is_chest(seen: Seen) -> bool:
    """Whether it is the section, the right way round, with the finding in its lung and the spine behind."""
    return seen.likeness > 0.95 and seen.nodule > 50 and seen.spine > 30


def shown(canvas: Locator, seconds: float = 120) -> Seen:
    """Wait until a window shows the chest; how it compares then. Raises AssertionError with what it shows."""
    canvas.wait_for(timeout=seconds * 1000)
    found: list[Seen] = []

    def seen() -> bool:
        found[:] = [compared(np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("L")))]
        return is_chest(found[0])

    try:
        until(seen, seconds, "the chest")
    except AssertionError as error:
        raise AssertionError(f"{error}: {found}") from error
    return found[0]


def _grey(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    whole = Image.fromarray(picture.astype(np.uint8)).convert("L")
    factor = SHORTER / min(whole.size)
    size = (round(whole.width * factor), round(whole.height * factor))
    return np.asarray(whole.resize(size, Image.Resampling.BOX), dtype=float)


@cache
def _section(number: int, scale: float, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """A slice as a viewer draws it in the middle of a window, in the window that the file names."""
    data = dataset(number)
    low, width = data.WindowCenter - data.WindowWidth / 2, data.WindowWidth
    shades = np.clip((data.pixel_array - low) / width, 0, 1) * 255
    side = round(SHORTER * scale)
    drawn = Image.fromarray(shades.astype(np.uint8)).resize((side, side), Image.Resampling.BOX)
    whole = Image.new("L", (shape[1], shape[0]))
    whole.paste(drawn, ((shape[1] - side) // 2, (shape[0] - side) // 2))
    return np.asarray(whole, dtype=float)


def _likeness(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    if not one.std():
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _shade(seen: np.ndarray[Any, Any], scale: float, x: float, y: float) -> float:
    """The mean of a spot of the section, whose edges lie at -1 and 1."""
    half, reach = SHORTER * scale / 2, 3
    row, column = round(seen.shape[0] / 2 + y * half), round(seen.shape[1] / 2 + x * half)
    spot = seen[row - reach : row + reach + 1, column - reach : column + reach + 1]
    return float(spot.mean())
