"""`duikou demo clear`: remove all demonstration data, and nothing else."""

from __future__ import annotations

import argparse
from collections import Counter

from duikou.cli.demo import generators
from duikou.cli.output import working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Remove it and tell how much."""
    removed: Counter[str] = Counter()  # several wings invent persons: their numbers add up
    with working("清除演示数据", "removing demonstration data"):
        for clear in reversed(generators("clear")):
            removed.update(clear())
    print(f"已清除演示数据 / demonstration data removed: {dict(removed)}")
    return 0
