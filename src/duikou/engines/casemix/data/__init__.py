"""Data that the engine ships: a small scheme, major diseases, specialties."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
STARTER: Final = FOLDER / "starter"
"""Folder of the project's own scheme; not official."""
