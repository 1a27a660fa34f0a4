"""A few small public instances of generalised assignment and the capacitated p-median."""

from __future__ import annotations

import pytest

from duikou.engines.pairing.optimise.decompose import improve
from duikou.engines.pairing.optimise.work import Budget
from tests.bench import or_library

pytestmark = pytest.mark.skipif(not or_library.DATA.is_dir(), reason=or_library.MISSING)


@pytest.mark.parametrize("name", ["a05100", "c0515_1", "c0824_1", "pmedcap01"])
def test_it_proves_the_known_optimum(name: str):
    instance = or_library.read(name)
    result = improve(instance.model, Budget())
    assert result is not None
    assert result.value == instance.known == result.bound
    assert result.model.allows(result.chosen)
