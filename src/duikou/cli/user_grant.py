"""`duikou user grant`: give an account a further role."""

from __future__ import annotations

import argparse

from duikou.cli.accounts import add_role_arguments, day, find_org, find_user
from duikou.cli.boot import boot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("username", help="账号名 / account name")
    add_role_arguments(parser)
    parser.add_argument(
        "--from",
        dest="since",
        type=day,
        metavar="YYYY-MM-DD",
        help="第一天，默认今天 / first day (default: today)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Grant it."""
    boot()
    from duikou.core.scope import SYSTEM
    from duikou.wings.people.actions import grant_role

    grant = grant_role(
        actor=SYSTEM,
        user=find_user(arguments.username),
        role=arguments.role,
        org=find_org(arguments.org),
        valid_from=arguments.since,
        valid_to=arguments.until,
    )
    term = f"{grant.valid_from} – {grant.valid_to or '…'}"
    print(f"已授权 / granted: {grant.user.username} · {grant.role_data.label} · {grant.org.name} · {term}")
    return 0
