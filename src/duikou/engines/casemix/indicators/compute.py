"""From an id and parameters to an expression, and from that to a result that says how it came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import ibis.expr.types as ir

from duikou.engines.casemix.indicators import change, flow, performance, specialties
from duikou.engines.casemix.indicators.definitions import DEFINITIONS, Definition, Settings, definition_of
from duikou.engines.casemix.indicators.tables import Tables

if TYPE_CHECKING:
    import polars as pl

Expression = Callable[[Tables, Settings], ir.Table]


def _expression(name: str) -> Expression:
    for room in (performance, flow, specialties, change):
        if name in vars(room):
            found: Expression = vars(room)[name]
            return found
    raise LookupError(f"no expression for the indicator {name}")


EXPRESSIONS: Final[Mapping[str, Expression]] = MappingProxyType(
    {name: _expression(name) for name in DEFINITIONS}
)


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of an indicator and where they come from."""

    definition: Definition
    settings: Settings
    rows: pl.DataFrame
    compiled: Callable[[], str]

    @property
    def sql(self) -> str:
        """The statement in the words of the engine, from what was given to the figures."""
        return self.compiled()

    @property
    def provenance(self) -> dict[str, Any]:
        """What is kept and printed beside the figures."""
        return {
            "indicator": self.definition.id,
            "version": self.definition.version,
            "parameters": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in self.settings.items()
            },
            "sql": self.sql,
        }


def compute(name: str, tables: Tables, parameters: Mapping[str, Any] | None = None) -> ir.Table:
    """Return the expression of an indicator, in the total order of its units and details.

    Raises BadParameter for an indicator, a parameter or a value that does not exist.
    """
    settings = definition_of(name).settings(parameters)
    return EXPRESSIONS[name](tables, settings)


def result(connection: Any, name: str, tables: Tables, parameters: Mapping[str, Any] | None = None) -> Result:
    """Compute an indicator on an engine (an Ibis connection)."""
    import polars as pl

    definition = definition_of(name)
    settings = definition.settings(parameters)
    expression = EXPRESSIONS[name](tables, settings)
    rows = pl.from_arrow(connection.to_pyarrow(expression))
    assert isinstance(rows, pl.DataFrame)

    def compiled() -> str:
        return str(connection.compile(EXPRESSIONS[name](tables.origin, settings)))

    return Result(definition, settings, rows, compiled)
