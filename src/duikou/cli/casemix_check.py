"""`duikou casemix check`: what is wrong with a file of front pages, without a database."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duikou.cli.boot import message_language
from duikou.cli.output import CliError, print_json, working

if TYPE_CHECKING:
    from duikou.engines.casemix.checks import Codes
    from duikou.engines.casemix.checks.files import CheckedFile

MARKS = {"reject": "✗", "warn": "!", "note": "·"}
SHOWN = 10  # faults one by one; the workbook and --json have them all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE",
        help="病案首页文件（csv、csv.gz、xlsx、parquet）/ file of front pages")  # fmt: skip
    parser.add_argument("--hospital", metavar="CODE",
        help="应为此机构的记录 / every record is of this hospital")  # fmt: skip
    parser.add_argument("--month", type=_month, metavar="YYYY-MM",
        help="应在此月出院 / every record was discharged in this month")  # fmt: skip
    parser.add_argument("--dx-codes", type=Path, metavar="TABLE",
        help="诊断编码表（列 code、name_zh）/ known diagnosis codes (columns code, name_zh)")  # fmt: skip
    parser.add_argument("--px-codes", type=Path, metavar="TABLE",
        help="手术操作编码表 / known operation codes")  # fmt: skip
    parser.add_argument("--workbook", type=Path, metavar="OUT.xlsx",
        help="写出问题工作簿 / write a workbook of all faults")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when every record can be accepted; 1 when rows are set apart or the file is refused."""
    from duikou.engines.casemix.checks import check_file, workbook

    path: Path = arguments.file
    codes = _codes(arguments.dx_codes, arguments.px_codes)
    with working("核查", "checking"):
        result = check_file(
            path, expected_hospital=arguments.hospital, expected_month=arguments.month, codes=codes
        )
    if arguments.workbook:
        content = workbook(result.checked, result.apart, name=path.name)
        try:
            arguments.workbook.write_bytes(content)
        except OSError as error:
            raise CliError(
                f"{arguments.workbook}：无法写入（{error.strerror}）",
                f"{arguments.workbook} cannot be written ({error.strerror})",
            ) from error
    report = _report(path, result)
    if arguments.json:
        print_json(report)
    else:
        _print(report, english=message_language() == "en")
    return 1 if report["set_apart"] or report["refusals"] else 0


def _month(text: str) -> int:
    if not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError("月份写作 YYYY-MM / a month is YYYY-MM")
    return int(text.replace("-", ""))


def _codes(dx: Path | None, px: Path | None) -> Codes | None:
    from duikou.engines.casemix.checks import Codes
    from duikou.engines.casemix.codes import BadCodeTable, CodeKind, CodeTable

    if not dx and not px:
        return None
    known = {}
    for kind, path in ((CodeKind.DIAGNOSIS, dx), (CodeKind.OPERATION, px)):
        try:
            known[kind] = CodeTable.load(path, kind=kind).codes["code"].to_list() if path else None
        except BadCodeTable as error:
            zh = "；".join(problem.zh for problem in error.problems)
            raise CliError(f"{path}：{zh}", "; ".join(problem.en for problem in error.problems)) from error
    return Codes.of(known[CodeKind.DIAGNOSIS], known[CodeKind.OPERATION])


def _report(path: Path, result: CheckedFile) -> dict[str, Any]:
    checked = result.checked
    checks = {check.id: check for check in checked.catalogue.checks}
    return {
        "file": path.name,
        "layout": result.reading.layout.id,
        "encoding": result.reading.encoding,
        "catalogue": checked.catalogue.version,
        "whole_file": result.whole,
        "records": checked.records,
        "accepted": 0 if checked.refusals else checked.records - len(checked.rejected),
        "set_apart": len(checked.rejected),
        "refusals": [{"zh": text.zh, "en": text.en} for text in checked.refusals],
        "rules": [
            {**one, "title": checks[one["rule"]].title.zh, "title_en": checks[one["rule"]].title.en}
            for one in checked.counts.to_dicts()
        ],
        "completeness": checked.completeness.to_dicts(),
        "items": checked.items.to_dicts(),
        "unknown_codes": checked.unknown.to_dicts(),
        "faults": checked.faults.to_dicts(),
        "faults_left_out": checked.left_out,
    }


def _print(report: dict[str, Any], *, english: bool) -> None:
    """Print the report for a person: figures, rules, the first faults, completeness."""

    def say(zh: str, en: str) -> str:
        return en if english else zh

    print(f"{report['file']} · {report['layout']} · {report['encoding'] or ''}".rstrip(" ·"))
    print(
        say("病案 {records} · 接收 {accepted} · 未接收 {set_apart}",
            "records {records} · accepted {accepted} · set apart {set_apart}").format(**report)
    )  # fmt: skip
    for text in report["refusals"]:
        print(f"✗ {text['en' if english else 'zh']}")
    if not report["whole_file"]:
        print(say("  读到此处为止，文件其余部分未读", "  the rest of the file was not read"))
    order = list(MARKS)
    rules = sorted(
        report["rules"], key=lambda one: (order.index(one["severity"]), one["rule"], one["column"])
    )
    for one in rules:
        title = one[say("title", "title_en")]
        print(f"{MARKS[one['severity']]} {one['rule']}  {one['faults']:>8}  {one['column']}  {title}")
    _print_faults(report, english=english)
    scores = report["completeness"]
    expected, filled = (sum(one[name] for one in scores) for name in ("expected", "filled"))
    if expected:
        share = f"{filled / expected:.2%}"
        print(say(f"\n必填项完整率 {share}（{filled}/{expected}）",
                  f"\nmandatory fields filled in: {share} ({filled} of {expected})"))  # fmt: skip
        worst = sorted((one for one in scores if one["score"] < 1), key=lambda one: one["score"])[:SHOWN]
        for one in worst:
            print(f"  {one['hospital']} {one['month'] // 100:04}-{one['month'] % 100:02} {one['score']:.2%}")
    if report["unknown_codes"]:
        times = sum(one["times"] for one in report["unknown_codes"])
        print(say(f"编码表中没有的编码 {len(report['unknown_codes'])} 个，共 {times} 次",
                  f"codes that are in no table: {len(report['unknown_codes'])}, {times} times"))  # fmt: skip
    sys.stdout.flush()


def _print_faults(report: dict[str, Any], *, english: bool) -> None:
    order = list(MARKS)
    faults = sorted(report["faults"], key=lambda one: (order.index(one["severity"]), one["row"]))
    if faults:
        print()
    for one in faults[:SHOWN]:
        expected = one["expected_en" if english else "expected_zh"]
        found = (
            one["found"].encode("unicode_escape").decode() if not one["found"].isprintable() else one["found"]
        )
        if english:
            print(
                f"{MARKS[one['severity']]} row {one['row']}, {one['column']}: “{found}”; expected {expected}"
            )
        else:
            print(f"{MARKS[one['severity']]} 第 {one['row']} 行 {one['column']}：“{found}”；应为{expected}")
    more = len(faults) - SHOWN + report["faults_left_out"]
    if more > 0:
        print(f"  … and {more} more" if english else f"  … 另有 {more} 个问题")
