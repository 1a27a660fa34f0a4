"""What `demo load` and `demo clear` share: the generator belongs to the pairings wing."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from duikou.cli.boot import boot
from duikou.cli.output import CliError

GENERATOR = "duikou.wings.pairings.demo"


def generator(name: str) -> Callable[..., Any]:
    """`load` or `clear` of the generator. Raises CliError when this version has none."""
    boot()
    if find_spec(GENERATOR) is None:
        raise CliError("此版本不含演示数据生成器", "this version has no generator of demonstration data")
    function: Callable[..., Any] = getattr(import_module(GENERATOR), name)
    return function
