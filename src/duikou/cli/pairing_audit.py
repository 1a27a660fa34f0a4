"""`duikou pairing audit`: the loaded round, or an annex or plan file without a database."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duikou.cli.accounts import day
from duikou.cli.boot import boot, message_language
from duikou.cli.output import MARKS, CliError, print_json

if TYPE_CHECKING:
    from duikou.engines.pairing.model import Finding, Round, Row
    from duikou.policy.model import Pack

PACK = "zhejiang-2014"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="附表文件（csv、xlsx、docx、文本）或方案文件 PLAN.json / "
        "table of pairings or plan file; read without database",
    )
    parser.add_argument(
        "--round", metavar="KEY", help="轮次标识，默认为当前轮次 / round (default: the current one)"
    )
    parser.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="按此日期核查 / audit as of this day")
    parser.add_argument(
        "--pack", metavar="ID", help=f"政策包（只用于文件）/ policy pack, for a file (default: {PACK})"
    )
    parser.add_argument(
        "--names-only", action="store_true",
        help="不查医院登记，只凭名称判断（只用于文件）/ judge by names alone, without register (for a file)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when the audit could be made, whatever it found."""
    if arguments.file is None:
        if arguments.pack or arguments.names_only:
            raise CliError("--pack 与 --names-only 只用于文件", "--pack and --names-only need a FILE")
        report = _loaded(arguments.round, arguments.as_of)
    else:
        if arguments.round:
            raise CliError("--round 不能与文件同用", "--round does not go with a FILE")
        report = _of_file(arguments)
    if arguments.json:
        print_json(report)
    else:
        _print(report)
    return 0


def _loaded(round_key: str | None, as_of: dt.date | None) -> dict[str, Any]:
    boot()
    from duikou.core.scope import SYSTEM
    from duikou.wings.pairings.queries import latest_audit_report

    return latest_audit_report(SYSTEM, round_key=round_key, as_of=as_of)


def _of_file(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.file.suffix.casefold() != ".json":
        return audit_file(
            arguments.file, arguments.pack or PACK, arguments.as_of, names_only=arguments.names_only
        )
    if arguments.names_only:
        raise CliError("--names-only 不用于方案文件", "--names-only does not go with a plan file")
    return audit_plan(arguments.file, arguments.pack, arguments.as_of)


def audit_file(
    path: Path, pack_id: str, as_of: dt.date | None = None, *, names_only: bool = False
) -> dict[str, Any]:
    """The audit of an annex file as one document, in the shape of the loaded round's.

    Without a day the names are read as on the pack's first day. Raises CliError when the
    file's table has faults that leave rows incomplete.
    """
    from duikou.cli.offline import first_day, read_table, round_of
    from duikou.policy.loader import load_pack

    pack = load_pack(pack_id)
    reading = read_table(path)
    on = as_of or first_day(pack)
    return _report(path.name, round_of(reading, pack, on, names_only=names_only), pack, on)


def audit_plan(path: Path, pack_id: str | None = None, as_of: dt.date | None = None) -> dict[str, Any]:
    """The audit of a plan file: the proposed pairs judged like a table, by the plan's own pack and day.

    Raises BadFile for what is no plan file.
    """
    from duikou.cli.offline import first_day
    from duikou.cli.offline_plans import round_of_plan
    from duikou.engines.pairing.optimise.planfile import read_plan
    from duikou.policy.loader import load_pack

    plan = read_plan(path.read_bytes())
    pack = load_pack(pack_id or plan.problem.source.policy_pack or PACK)
    on = as_of or plan.problem.source.first_day or first_day(pack)
    return _report(path.name, round_of_plan(plan, on, plan.problem.source.last_day or on), pack, on)


def _report(name: str, tables: Round, pack: Pack, on: dt.date) -> dict[str, Any]:
    from duikou.engines.pairing.audit import audit, counts
    from duikou.engines.pairing.coverage import coverage

    rules = pack.audit_rules(on)
    findings = audit(tables, rules)
    size = counts(tables)
    return {
        "round": None,
        "file": name,
        "as_of": on.isoformat(),
        "policy_pack": pack.id,
        "counts": {"supporters": size.supporters, "pairings": size.pairings, "recipients": size.recipients},
        "coverage": coverage(tables, rules).as_json(),
        "by_rule": dict(sorted(Counter(one.rule for one in findings).items())),
        "by_severity": {name: sum(one.severity == name for one in findings) for name in MARKS},
        "findings": _entries(findings, tables),
    }


def _entries(findings: Sequence[Finding], tables: Round) -> list[dict[str, Any]]:
    rows: Mapping[str, Row] = {row.key: row for row in tables.rows}
    parts = ("message", "expected", "found", "suggestion")
    return [
        {
            "key": one.key,
            "rule": one.rule,
            "clause": one.clause,
            "mark": one.mark,
            "severity": one.severity.value,
            "subjects": list(one.subjects),
            "rows": [_printed(rows[key]) for key in one.rows],
            **{part: getattr(one, part).zh for part in parts},
            **{f"{part}_en": getattr(one, part).en for part in parts},
        }
        for one in findings
    ]


def _printed(row: Row) -> dict[str, Any]:
    return {
        "table": row.table,
        "position": row.position,
        "supporter": row.supporter_printed,
        "recipient": row.recipient_printed,
    }


def _print(report: Mapping[str, Any]) -> None:
    """Print the report for a person: figures, coverage, findings by rule."""
    suffix = "_en" if message_language() == "en" else ""
    size, reach = report["counts"], report["coverage"]
    print(f"{report['round'] or report['file']} · {report['as_of']} · {report['policy_pack']}")
    print(
        f"支援医院 supporters {size['supporters']} · 结对 pairings {size['pairings']} · "
        f"受援医院 recipients {size['recipients']}"
    )
    for name, label in (("counties", "县（市）counties"), ("districts", "市辖区 districts")):
        part = reach[name]
        missing = f"，未覆盖 uncovered：{'、'.join(part['uncovered'])}" if part["uncovered"] else ""
        print(f"{label} {part['covered']}/{part['total']} 已覆盖 covered{missing}")
    rule = ""
    for one in report["findings"]:
        if one["rule"] != rule:
            rule = one["rule"]
            print(f"\n{rule}  {one['clause']}")
        print(f"  {MARKS[one['severity']]} {one['message' + suffix]}")
        print(f"      → {one['suggestion' + suffix]}")
    totals = " · ".join(f"{MARKS[name]} {number}" for name, number in report["by_severity"].items())
    print(f"\n{len(report['findings'])} 项发现 findings（{totals}）")
    sys.stdout.flush()
