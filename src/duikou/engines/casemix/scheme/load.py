"""Load a scheme from its folder."""

from __future__ import annotations

from pathlib import Path

from duikou.engines.casemix.scheme import formulas_form, groups_form
from duikou.engines.casemix.scheme.description import Description, describe
from duikou.engines.casemix.scheme.model import BadScheme, Scheme
from duikou.engines.casemix.scheme.tables import Tables

_READERS = {"groups": groups_form.read, "formulas": formulas_form.read}


def load(folder: Path | str) -> Scheme:
    """Read a scheme; the first fault refuses it."""
    return load_noting(Path(folder), _raise)[0]


def load_noting(folder: Path, refuse: groups_form.Refuse) -> tuple[Scheme, Description]:
    """Read a scheme and hand each fault of a line to `refuse`."""
    tables = Tables(folder)
    description = describe(folder, _detected(tables))
    return _READERS[description.form](tables, description, refuse), description


def _detected(tables: Tables) -> str | None:
    if "adrg" in tables and "drg" in tables:
        return "groups"
    return "formulas" if "rules" in tables else None


def _raise(error: BadScheme) -> None:
    raise error
