"""One installation for all kill tests of a run: making it takes longest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kill.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A prepared installation with the real round loaded."""
    made = Site(tmp_path_factory.mktemp("site"))
    try:
        made.prepare()
        yield made
    finally:
        made.close()
