"""`duikou casemix explain`: why one record went into its group, without a database."""

from __future__ import annotations

import argparse
from pathlib import Path

from duikou.cli.boot import message_language
from duikou.cli.casemix_schemes import add_scheme, load_scheme
from duikou.cli.output import CliError, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="病案首页文件 / file of front pages")
    parser.add_argument("record", metavar="RECORD",
        help="病案标识（结果文件的 id 列）/ key of the record (column id of the result)")  # fmt: skip
    add_scheme(parser)
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when the record is there, whatever became of it."""
    from duikou.engines.casemix import grouper

    scheme = load_scheme(arguments.scheme)
    page = grouper.page_of(arguments.file, arguments.record)
    if page is None:
        raise CliError(
            f"文件中没有标识为“{arguments.record}”的病案。标识见分组结果的 id 列",
            f"the file has no record “{arguments.record}”; keys are in the column id of a grouping",
        )
    explained = grouper.explain(page, scheme)
    outcome = explained.outcome
    if arguments.json:
        print_json(
            {
                "id": arguments.record,
                "scheme": scheme.key,
                "mdc": outcome.mdc,
                "adrg": outcome.adrg,
                "drg": outcome.drg,
                "status": outcome.status,
                "rule": outcome.rule.source if outcome.rule else None,
                "reasons": [{"zh": text.zh, "en": text.en} for text in explained.reasons],
                "complications": [
                    {"code": one.code, "effect": one.effect, "level": one.level, "table": one.table}
                    for one in explained.complications
                ],
                "lines": [{"zh": text.zh, "en": text.en} for text in explained.lines],
            }
        )
        return 0
    print(
        f"{arguments.record} · {scheme.key} · {outcome.mdc} {outcome.adrg} {outcome.drg} · {outcome.status}"
    )
    english = message_language() == "en"
    for text in explained.lines:
        print(f"  {text.en if english else text.zh}")
    return 0
