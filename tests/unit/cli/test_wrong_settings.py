"""A wrong setting is told in a sentence that names it, not by a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DUIKOU_REQUIRE_MFA", "nobody", "names no known role: ['nobody']"),
        ("DUIKOU_AUDIT_KEY", "short", "expected at least 32 characters, found 5"),
        ("DATABASE_URL", "mysql://x", "expected sqlite:/// or postgres://"),
    ],
)
def test_a_wrong_setting_is_explained(tmp_path: Path, name: str, value: str, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "duikou.cli", "audit", "verify"],
        env=os.environ | {"DUIKOU_HOME": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert name in done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
