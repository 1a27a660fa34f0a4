"""Sites for these tests: a home is set up once, each site begins with a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.browser.conftest import Site, open_accounts
from tests.browser.tools import own_environment
from tests.prepared import prepare


def set_up(home: Path) -> Path:
    """Tables, the recorded round and the accounts of the journeys, in a home in which nothing runs."""
    prepare(home)
    open_accounts(Site("", home, "", "", own_environment(home)))
    return home


def begin_with(ready: Path, home: Path) -> Path:
    """Give a new home what another was set up with."""
    shutil.copytree(ready, home, dirs_exist_ok=True)
    return home
