"""The quality gate: what a file says of itself, whether it can be read everywhere, and how sharp it is.

Runs apart from the site (`core.apart`): a damaged file may end the process that reads it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from openslide import PROPERTY_NAME_OBJECTIVE_POWER, PROPERTY_NAME_VENDOR, OpenSlide, OpenSlideError
from PIL import Image

SMALLEST, LARGEST = 256, 400_000  # pixels of an edge
FLAT_MOST = 4096  # a picture without smaller levels up to this edge is still quick to show
PLAUSIBLE_MPP = (0.05, 10.0)  # micrometres a pixel of anything that looks through a microscope
GRID = 8  # places across and down where a slide is tried
PATCH = 256
OVERVIEW = 1024
TISSUE_SPREAD = 12.0  # grey levels; glass without tissue varies less
LEAST_TISSUE = 2  # patches


@dataclass(frozen=True, slots=True)
class Findings:
    """What the gate found. `fault` refuses the file, `doubts` want a person's eye; both are codes."""

    fault: str = ""
    doubts: tuple[str, ...] = ()
    vendor: str = ""
    width: int = 0
    height: int = 0
    levels: int = 0
    mpp_x: float | None = None
    mpp_y: float | None = None
    objective: float | None = None
    focus: float | None = None
    has_label: bool = False
    overview: bytes = b""


def examine(path: Path, least_sharpness: float) -> Findings:
    """Examine a file; never raises for what is wrong with it. Below `least_sharpness` focus is doubtful."""
    try:
        if OpenSlide.detect_format(path) is None:
            return Findings(fault="unknown")
        with OpenSlide(path) as slide:
            return _examine(slide, least_sharpness)
    except OpenSlideError:
        return Findings(fault="damaged")


def _examine(slide: OpenSlide, least_sharpness: float) -> Findings:
    width, height = slide.dimensions
    vendor = slide.properties.get(PROPERTY_NAME_VENDOR, "")[:40]
    known = Findings(vendor=vendor, width=width, height=height, levels=slide.level_count)
    if not (min(width, height) >= SMALLEST and max(width, height) <= LARGEST):
        return replace(known, fault="size")
    if slide.level_count == 1 and max(width, height) > FLAT_MOST:
        # Of DICOM each level is a file of its own: this is one of them, the others did not come.
        return replace(known, fault="part" if vendor == "dicom" else "flat")
    mpp_x, mpp_y = (_number(slide, f"openslide.mpp-{axis}", PLAUSIBLE_MPP) for axis in "xy")
    focus = _focus(slide)
    doubts = [
        code
        for code, doubtful in (
            ("no_scale", mpp_x is None or mpp_y is None),
            ("empty", focus is None),
            ("blurred", focus is not None and focus < least_sharpness),
        )
        if doubtful
    ]
    memory = io.BytesIO()
    slide.get_thumbnail((OVERVIEW, OVERVIEW)).convert("RGB").save(memory, "JPEG", quality=85)
    return replace(
        known,
        doubts=tuple(doubts),
        mpp_x=mpp_x if mpp_y is not None else None,
        mpp_y=mpp_y if mpp_x is not None else None,
        objective=_number(slide, PROPERTY_NAME_OBJECTIVE_POWER, (0.5, 200.0)),
        focus=focus,
        # The photograph of the glass shows the label too, on which a name may stand.
        has_label=bool({"label", "macro"} & set(slide.associated_images)),
        overview=memory.getvalue(),
    )


def _number(slide: OpenSlide, name: str, between: tuple[float, float]) -> float | None:
    try:
        value = float(slide.properties.get(name, ""))
    except ValueError:
        return None
    return value if between[0] <= value <= between[1] else None


def _focus(slide: OpenSlide) -> float | None:
    """How sharp the tissue is: the median over patches of the variance of the Laplacian; None without tissue.

    Reading the patches also tries the file everywhere.
    """
    width, height = slide.dimensions
    sharpness: list[float] = []
    for across in range(GRID):
        for down in range(GRID):
            at = (
                max(0, (2 * across + 1) * width // (2 * GRID) - PATCH // 2),
                max(0, (2 * down + 1) * height // (2 * GRID) - PATCH // 2),
            )
            grey = _grey(slide.read_region(at, 0, (PATCH, PATCH)))
            if grey.std() >= TISSUE_SPREAD:
                sharpness.append(laplacian_variance(grey))
    return float(np.median(sharpness)) if len(sharpness) >= LEAST_TISSUE else None


def _grey(patch: Image.Image) -> np.ndarray:
    white = Image.new("RGBA", patch.size, "white")  # beyond the scanned area there is nothing: glass
    return np.asarray(Image.alpha_composite(white, patch.convert("RGBA")).convert("L"), dtype=np.float32)


def laplacian_variance(grey: np.ndarray) -> float:
    """Variance of the discrete Laplacian: edges of sharp pictures make it large."""
    middle = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * middle).var())
