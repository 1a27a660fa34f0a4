"""Windows of a CT: the middle and the width, in Hounsfield units, of what is spread from black to white."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

WINDOWS = {
    "lung": (gettext_lazy("肺窗"), (-600.0, 1500.0)),
    "soft": (gettext_lazy("软组织窗"), (40.0, 400.0)),
    "bone": (gettext_lazy("骨窗"), (400.0, 1800.0)),
    "brain": (gettext_lazy("脑窗"), (40.0, 80.0)),
}


def window_of(key: str) -> tuple[float, float] | None:
    """Middle and width of a window; None for the file's own."""
    found = WINDOWS.get(key)
    return found[1] if found else None
