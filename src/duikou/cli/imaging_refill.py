"""`duikou imaging refill`: all pictures that the site keeps go into the live store again."""

from __future__ import annotations

import argparse

from duikou.cli.boot import boot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command: none."""


def run(arguments: argparse.Namespace) -> int:
    """Mark everything as not forwarded and ask for it; the worker sends. What is there already stays."""
    boot()
    from duikou.wings.imaging.forwarding import refill

    files = refill()
    print(f"已登记 {files} 个文件，由后台任务转入 / {files} files noted, the worker sends them")
    return 0
