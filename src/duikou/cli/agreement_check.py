"""`duikou agreement check`: an agreement against its template, without a database."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duikou.cli.accounts import day
from duikou.cli.boot import message_language
from duikou.cli.output import CliError, print_json

if TYPE_CHECKING:
    from duikou.engines.clauses import Check, Flag, Judgement, Template
    from duikou.engines.text import Text

PACK = "zhejiang-2014"
MARKS = {"missing": "✗", "weakened": "✗", "extended": "+", "new": "+", "kept": "="}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE.docx", help="协议（.docx）/ the agreement")
    parser.add_argument("--template", default="standard", metavar="T",
        help="政策包中的范本或范本文件 / template of the pack, or a model agreement (.docx)")  # fmt: skip
    parser.add_argument("--pack", metavar="ID", help=f"政策包 / policy pack (default: {PACK})")
    parser.add_argument("--supporter", metavar="NAME", help="甲方应为 / party A should be")
    parser.add_argument("--recipient", metavar="NAME", help="乙方应为 / party B should be")
    parser.add_argument(
        "--start", type=day, metavar="YYYY-MM-DD", help="期限应自此日起 / first day of the term"
    )
    parser.add_argument("--end", type=day, metavar="YYYY-MM-DD", help="期限应至此日止 / last day of the term")
    parser.add_argument("--drafted", type=day, metavar="YYYY-MM-DD",
        help="起草日；签署不能更早 / drafted on; no signature is older")  # fmt: skip
    parser.add_argument("--accept-changes", action="store_true",
        help="按接受全部修订来核对 / read tracked changes as accepted")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when the agreement may be taken; 1 when it is refused."""
    from duikou.engines.clauses import Form, check, read_docx

    paper = read_docx(arguments.file.read_bytes(), tracked="accept" if arguments.accept_changes else "refuse")
    template = _template(arguments.template, arguments.pack)
    form = Form(
        supporter=arguments.supporter,
        recipient=arguments.recipient,
        start=arguments.start,
        end=arguments.end,
        drafted_on=arguments.drafted,
    )
    result = check(paper, template, form)
    if arguments.json:
        print_json(report(arguments.file.name, result))
    else:
        _print(arguments.file.name, result, english=message_language() == "en")
    return 0 if result.accepted else 1


def _template(name: str, pack_id: str | None) -> Template:
    from duikou.cli.offline import TERM_PARAMETER, TERM_RULE
    from duikou.engines.clauses import read_docx, template_of
    from duikou.engines.text import Text
    from duikou.policy import load_pack

    path = Path(name)
    if path.suffix.casefold() == ".docx":
        if pack_id:
            raise CliError("--pack 不用于范本文件", "--pack does not go with a template file")
        return template_of(read_docx(path.read_bytes()), path.stem, Text(path.stem, path.stem))
    pack = load_pack(pack_id or PACK)
    found = pack.agreements.get(name)
    if found is None:
        known = ", ".join(pack.agreements) or "-"
        raise CliError(
            f"政策包 {pack.id} 中没有范本“{name}”，只有：{known}",
            f"pack {pack.id} has no template “{name}”, only: {known}",
        )
    rule = pack.rules.get(TERM_RULE)
    years = rule.value(TERM_PARAMETER) if rule and TERM_PARAMETER in rule.parameters else None
    return found.engine(years if isinstance(years, int) else 0)


def report(name: str, result: Check) -> dict[str, Any]:
    """The check as one document."""
    return {
        "file": name,
        "template": result.template.id,
        "accepted": result.accepted,
        "counts": dict(Counter(str(one.verdict) for one in result.judgements)),
        "judgements": [_judgement(one) for one in result.judgements],
        "flags": [_flag(one) for one in result.flags],
    }


def _judgement(one: Judgement) -> dict[str, Any]:
    clause = one.template
    return {
        "verdict": str(one.verdict),
        "clause": clause and clause.id,
        "rule": clause and clause.rule,
        "source": clause and clause.source,
        "template_text": clause and clause.text,
        "text": one.text,
        "place": one.place and _both(one.place.text()),
        "reasons": [
            {"kind": why.kind, "wanted": why.wanted, "found": why.found, **_both(why.message)}
            for why in one.reasons
        ],
    }


def _flag(one: Flag) -> dict[str, Any]:
    place = one.place and _both(one.place.text())
    return {"kind": one.kind, "refuses": one.refuses, "place": place, **_both(one.message)}


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _print(name: str, result: Check, *, english: bool) -> None:
    """Print the check for a person: the verdict, what is refused with both texts, the rest in a line each."""

    def say(text: Text) -> str:
        return text.en if english else text.zh

    words = {True: ("通过", "accepted"), False: ("不通过", "refused")}[result.accepted]
    counts = Counter(str(one.verdict) for one in result.judgements)
    print(f"{name} · {result.template.id} · {words[english]}")
    print(" · ".join(f"{verdict} {counts[verdict]}" for verdict in MARKS if counts[verdict]))
    for one in result.judgements:
        clause = one.template
        place = f"（{say(one.place.text())}）" if one.place else ""
        if clause is None:
            print(f"{MARKS['new']} {one.verdict:<9}{one.text[:60]}{place}")
            continue
        print(f"{MARKS[str(one.verdict)]} {one.verdict:<9}{clause.id}  {say(clause.title)}{place}")
        if MARKS[str(one.verdict)] == "✗":
            print(f"    {'template' if english else '范本'}（{clause.source}）: {clause.text}")
            if one.text:
                print(f"    {'agreement' if english else '协议'}: {one.text}")
            for why in one.reasons:
                print(f"    → {say(why.message)}")
    for flag in result.flags:
        place = say(flag.place.text()) + (": " if english else "：") if flag.place else ""
        print(f"{'✗' if flag.refuses else '!'} {place}{say(flag.message)}")
