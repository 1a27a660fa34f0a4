"""One picture of a file as PNG, for pages without a viewer: windowed, scaled down, eight bits."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from django.utils.translation import gettext as _
from PIL import Image
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut, convert_color_space
from pydicom.pixels.utils import pixel_array

from duikou.core.errors import Missing

WIDEST = 1024
MOST_PIXELS = 64 * 1024 * 1024


def png(path: Path, frame: int = 1, window: tuple[float, float] | None = None) -> bytes:
    """A frame (the first is 1) as PNG. Raises Missing when it cannot be drawn."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shades = _shades(path, frame, window)
    except Exception as error:  # decoders raise errors of many kinds
        raise Missing(_("这幅图像画不出来：压缩方式不支持，或没有这一帧。请下载原文件查看。")) from error
    picture = Image.fromarray(shades)
    picture.thumbnail((WIDEST, WIDEST))
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=3)
    return written.getvalue()


def _shades(path: Path, frame: int, window: tuple[float, float] | None) -> np.ndarray[Any, Any]:
    data = pydicom.dcmread(path, defer_size="1 MB")
    if int(data.Rows) * int(data.Columns) > MOST_PIXELS:
        raise ValueError("too large")
    if frame < 1 or frame > max(1, int(data.get("NumberOfFrames") or 1)):
        raise ValueError("no such frame")
    values = pixel_array(path, index=frame - 1)
    kind = str(data.PhotometricInterpretation)
    if values.ndim == 3:
        return values if kind in ("RGB", "YBR_RCT", "YBR_ICT") else convert_color_space(values, kind, "RGB")
    scaled = apply_modality_lut(values, data)
    if window is not None:
        centre, width = window
        low, high = centre - width / 2, centre + width / 2
    else:
        scaled = apply_voi_lut(scaled, data, prefer_lut=False)
        low, high = float(scaled.min()), float(scaled.max())
        stated = data.get("WindowWidth")
        if stated in (None, ""):
            low, high = np.percentile(scaled, (0.5, 99.5))
    span = max(high - low, 1e-6)
    shades = np.clip((scaled.astype(np.float32) - low) / span * 255, 0, 255).astype(np.uint8)
    return 255 - shades if kind == "MONOCHROME1" else shades
