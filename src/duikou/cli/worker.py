"""`duikou worker`: take background jobs one after the other."""

from __future__ import annotations

import argparse

from duikou.cli.boot import boot
from duikou.cli.output import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--once", action="store_true", help="最多执行一个任务 / at most one job")
    parser.add_argument(
        "--burst", action="store_true", help="执行完已到期的任务即退出 / until the queue is empty"
    )
    parser.add_argument(
        "--queue",
        action="append",
        default=[],
        metavar="NAME",
        help="只取此队列，可重复 / only this queue; repeatable",
    )


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT (or as `--once`, `--burst` say)."""
    boot()
    from duikou.core.jobs.worker import run_worker

    count = run_worker(once=arguments.once, burst=arguments.burst, queues=tuple(arguments.queue))
    say(f"已执行 {count} 个任务 / worked on {count} jobs")
    return 0
