"""The catalogue of checks as pages of the guide.

python -m duikou.engines.casemix.checks.docs            write docs/guide/zh|en/front-page-checks.md
python -m duikou.engines.casemix.checks.docs --check    say which page is out of date, write nothing
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from duikou.engines.casemix.checks.loading import catalogue
from duikou.engines.casemix.checks.model import SEVERITIES, Catalogue, Check, Group, Severity
from duikou.engines.casemix.checks.predicates import PLACEHOLDER
from duikou.engines.casemix.checks.results import Policy
from duikou.engines.casemix.checks.telling import yuan
from duikou.engines.text import Text

PAGE: Final = "front-page-checks.md"
LANGUAGES: Final = ("zh", "en")

_COMMAND: Final = "duikou casemix check PAGES.csv --hospital 470000001 --month 2024-03 --workbook FAULTS.xlsx"

_SEVERITIES: Final[Mapping[Severity, tuple[Text, Text]]] = {
    "reject": (
        Text("退回", "reject"),
        Text("该行不接收，原文另存，更正后重报", "the row is set apart with its text, to be sent again"),
    ),
    "warn": (Text("警告", "warning"), Text("该行接收，请核对", "the row is accepted; check it")),
    "note": (Text("提示", "note"), Text("该行接收，仅供参考", "the row is accepted; for information")),
}
_MARKS: Final = {"found": Text("有据", "found"), "inferred": Text("推定", "inferred")}
_FAMILIES: Final = {
    "diagnoses": Text("每个其他诊断", "each other diagnosis"),
    "operations": Text("每个手术", "each operation"),
    "fees": Text("每个费用项目", "each fee item"),
}
_WORDS: Final = {
    "title": Text("病案首页核查规则", "Checks of front pages"),
    "generated": Text(
        "本页由核查规则目录生成，请勿手改。用 `duikou casemix check` 核查文件，"
        "分组见[分组方案与编码](casemix.md)。",
        "This page is generated from the catalogue of checks; do not edit it. `duikou casemix check` checks "
        "a file; for grouping see [grouping schemes and codes](casemix.md).",
    ),
    "version": Text("版本", "Version"),
    "severities": Text("级别与处理", "Severities"),
    "severity": Text("级别", "Severity"),
    "treatment": Text("处理", "What becomes of the row"),
    "batch": Text("整批退回", "When a batch is refused"),
    "sources": Text("来源", "Sources"),
    "source": Text("来源", "Source"),
    "mark": Text("标记", "Mark"),
    "rule": Text("规则", "Rule"),
    "columns": Text("列", "Columns"),
    "demand": Text("内容", "What it demands"),
    "expected": Text("应为", "Expected"),
    "form": Text(
        "按列的类型填写（日期、整数、金额）", "written as its column's type (date, whole number, amount)"
    ),
    "command": Text("核查文件", "Checking a file"),
    "usage": Text(
        "不需要数据库，读 HQMS（642 列、811 列）、N041（232 列）与窄表，csv、csv.gz、xlsx、parquet 均可。"
        "有不接收的行时以状态 1 退出；问题工作簿列出每个问题的行、列、实际、应为与规则，"
        "以及各机构各月的完整率。",
        "No database is needed; HQMS (642 and 811 columns), N041 (232 columns) and the narrow layout are "
        "read, as csv, csv.gz, xlsx or parquet. The exit code is 1 when rows are set apart. The workbook "
        "lists row, column, what was found, what is expected and the rule of every fault, and how fully each "
        "hospital and month is filled in.",
    ),
    "classes": Text("编码类别", "Classes of codes"),
    "class": Text("类别", "Class"),
    "codes": Text("编码", "Codes"),
}


def pages() -> dict[str, str]:
    """Both pages by their path below docs/guide."""
    found = catalogue()
    return {f"{language}/{PAGE}": page(found, language) for language in LANGUAGES}


def page(found: Catalogue, language: str) -> str:
    """The catalogue in one language."""
    lines = [f"# {_word('title', language)}", "", _word("generated", language), ""]
    lines += [f"{_word('version', language)} {found.version}", ""]
    lines += _usage(language)
    lines += _severities(language)
    lines += _batch(language)
    for group in found.groups:
        lines += _group(found, group, language)
    lines += _classes(found, language)
    lines += _sources(found, language)
    return "\n".join(lines).rstrip() + "\n"


def _usage(language: str) -> Iterator[str]:
    yield from _heading("command", language)
    yield _word("usage", language)
    yield from ("", "```sh", _COMMAND, "```", "")


def _severities(language: str) -> Iterator[str]:
    yield from _heading("severities", language)
    yield from _table([_word("severity", language), _word("treatment", language)])
    for severity in SEVERITIES:
        name, treatment = _SEVERITIES[severity]
        yield _row([_say(name, language), _say(treatment, language)])
    yield ""


def _batch(language: str) -> Iterator[str]:
    policy = Policy()
    yield from _heading("batch", language)
    rejected, shifted = round(policy.rejected_share * 100), round(policy.shifted_share * 100)
    yield _say(
        Text(
            f"不接收的行超过 {rejected}%，或错列的行超过 {shifted}%（且多于 {policy.few} 行）时，整批退回。"
            "其余情况下，合格的行照常接收，不合格的行另存，一行不丢。",
            f"When more than {rejected} % of the rows are set apart, or {shifted} % have shifted columns "
            f"(and more than {policy.few} rows), the whole batch is refused. Otherwise sound rows are "
            "accepted and the others kept apart; no row is lost.",
        ),
        language,
    )
    yield ""


def _group(found: Catalogue, group: Group, language: str) -> Iterator[str]:
    yield f"## {_say(group.title, language)}"
    yield ""
    heads = ("rule", "demand", "columns", "expected", "severity", "source")
    yield from _table([_word(name, language) for name in heads])
    for check in found.checks:
        if check.group == group.key:
            yield _row(
                [
                    f'<a id="{check.id}"></a>{check.id}',
                    _say(check.title, language),
                    _columns(check, language),
                    _expected(check, language),
                    _say(_SEVERITIES[check.severity][0], language),
                    _source(found, check, language),
                ]
            )
    yield ""


def _columns(check: Check, language: str) -> str:
    names = [f"`{name}`" for name in check.columns]
    if check.over in _FAMILIES:
        beside = [name for name in names if name[1:-1] not in ("dx01", "px01")]
        return ", ".join([_say(_FAMILIES[check.over], language), *beside])
    return ", ".join(names) or "—"


def _expected(check: Check, language: str) -> str:
    """The wording with its parameters filled in; figures of a record stay as …"""

    def put(match: object) -> str:
        name, style = match[1], match[2]  # type: ignore[index]
        value = check.parameters.get(name)
        if name == "form" and check.kind == "form":
            return _word("form", language)
        if value is None:
            return "…"
        return yuan(int(value)) if style == "yuan" else str(value)

    return PLACEHOLDER.sub(put, _say(check.expected, language))


def _source(found: Catalogue, check: Check, language: str) -> str:
    mark = _say(_MARKS[check.mark], language)
    if check.mark == "inferred":
        return mark
    keys = list(found.sources)
    return f"[{keys.index(check.source) + 1}]{' ' + check.section if check.section else ''}"


def _classes(found: Catalogue, language: str) -> Iterator[str]:
    yield from _heading("classes", language)
    yield from _table([_word("class", language), _word("codes", language)])
    for one in found.classes.values():
        ranges = ", ".join(first if first == last else f"{first}–{last}" for first, last in one.ranges)
        yield _row([_say(one.title, language), ranges])
    yield ""


def _sources(found: Catalogue, language: str) -> Iterator[str]:
    yield from _heading("sources", language)
    for number, text in enumerate(found.sources.values(), start=1):
        yield f"{number}. {_say(text, language)}"


def _heading(name: str, language: str) -> Iterator[str]:
    yield f"## {_word(name, language)}"
    yield ""


def _table(heads: list[str]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def _word(name: str, language: str) -> str:
    return _say(_WORDS[name], language)


def _say(text: Text, language: str) -> str:
    return text.en if language == "en" else text.zh


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 = done or up to date, 1 = out of date."""
    parser = argparse.ArgumentParser(
        prog="python -m duikou.engines.casemix.checks.docs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out", type=Path, default=Path("docs/guide"), help="folder of the guide (docs/guide)"
    )
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if a page is out of date")
    options = parser.parse_args(arguments)
    written = {
        name: text
        for name, text in pages().items()
        if not (options.out / name).is_file() or (options.out / name).read_text("utf-8") != text
    }
    for name, text in written.items():
        if not options.check:
            (options.out / name).parent.mkdir(parents=True, exist_ok=True)
            (options.out / name).write_text(text, encoding="utf-8")
        print(f"{options.out / name}: {'out of date' if options.check else 'written'}")
    return 1 if options.check and written else 0


if __name__ == "__main__":
    sys.exit(main())
