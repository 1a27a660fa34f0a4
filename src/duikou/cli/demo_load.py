"""`duikou demo load`: invented persons, links, needs and front pages, marked as demonstration data."""

from __future__ import annotations

import argparse
from collections import Counter

from duikou.cli.demo import generators
from duikou.cli.output import working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--seed",
        type=int,
        default=2014,
        help="随机种子，相同则数据相同 / same seed, same data (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Load it and tell how much."""
    made: Counter[str] = Counter()  # several wings invent persons: their numbers add up
    with working("生成演示数据", "generating demonstration data"):
        for load in generators("load"):
            made.update(load(seed=arguments.seed))
    print(f"已载入演示数据 / demonstration data loaded: {dict(made)}")
    return 0
