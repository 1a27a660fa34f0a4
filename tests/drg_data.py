"""Public grouping tables and vectors that are not part of the project; tests read them where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("DUIKOU_DRG_DATA", ROOT.parent / "shared" / "data" / "drg"))

needs_drg_data = pytest.mark.skipif(
    not DATA.is_dir(),
    reason=f"the grouping tables are not here: {DATA} (name their folder by DUIKOU_DRG_DATA)",
)
