"""`duikou audit verify`: recompute the chain of the audit log."""

from __future__ import annotations

import argparse

from duikou.cli.boot import boot
from duikou.cli.output import fail, print_json, working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when every link holds; 1 with the first broken one named."""
    boot()
    from duikou.core import audit
    from duikou.core.models import AuditEvent, AuditHead

    with working("核对审计链", "verifying the chain"):
        broken = audit.verify()
    head = AuditHead.objects.filter(id=1).first()
    if arguments.json:
        print_json(
            {
                "ok": broken is None,
                "events": AuditEvent.objects.count(),
                "head": head.digest if head else None,
                "first_broken": {"number": broken.number, "why": broken.why} if broken else None,
            }
        )
    elif broken is None:
        count = AuditEvent.objects.count()
        print(f"完整：{count} 个事件，链头 {head.digest if head else '—'} / intact: {count} events")
    if broken is not None:
        fail(f"审计链在 #{broken.number} 断开：{broken.why} / the chain breaks at #{broken.number}")
        return 1
    return 0
