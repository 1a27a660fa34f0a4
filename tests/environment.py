"""Early pytest plugin (`-p tests.environment`): where the tests keep their files.

pytest-django reads the settings before any conftest.py is loaded, so this must come
first: otherwise tests would write into the home of the developer's own installation.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DUIKOU_HOME", tempfile.mkdtemp(prefix="duikou-test-"))
os.environ.setdefault("DUIKOU_TESTING", "1")
os.environ.setdefault("DUIKOU_LOG_JSON", "0")
# What `duikou setup` fills in an installation. WhiteNoise warns of each start without it.
(Path(os.environ["DUIKOU_HOME"]) / "static").mkdir(parents=True, exist_ok=True)
