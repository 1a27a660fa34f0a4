"""Every expression against the plain oracle, on random stays and parameters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators.reference import REFERENCE, Given, reference
from tests.unit.engines.casemix.indicators.stays import Engine, givens, parameters_of

ENGINE = Engine()


def test_every_indicator_has_an_oracle() -> None:
    assert set(REFERENCE) == set(DEFINITIONS)


@pytest.mark.parametrize("name", DEFINITIONS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), stays=givens())
def test_expression_equals_the_oracle(name: str, data: Any, stays: Given) -> None:
    parameters = data.draw(parameters_of(name))
    expected = reference(name, stays, DEFINITIONS[name].settings(parameters))

    assert ENGINE.rows(name, stays, parameters) == expected
