"""The files that an installation keeps its secrets in."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path


def _settings(home: Path, code: str) -> subprocess.CompletedProcess[str]:
    surroundings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-c", f"import duikou.config.settings as s; {code}"],
        env={**surroundings, "DUIKOU_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_key_file_is_not_taken_for_a_key(tmp_path: Path) -> None:
    """A start that was killed between making the file and writing it leaves it empty."""
    (tmp_path / "audit_key.key").touch()
    found = _settings(tmp_path, "print(len(s.AUDIT_KEY))")
    assert found.returncode != 0 or int(found.stdout) > 40


def test_the_home_folder_is_private(tmp_path: Path) -> None:
    """It holds the database with password digests, and uploaded files."""
    _settings(tmp_path / "home", "print()")
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) & 0o077 == 0
