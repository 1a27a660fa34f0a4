"""A corpus of invented agreements with every kind of change, and what the checker makes of each.

    python -m tests.spec.clauses.corpus                   # figures of both parts
    python -m tests.spec.clauses.corpus --wrong           # and every case that it got wrong

A line of `development.csv` or `held_out.csv` changes one clause of one template and says what must come
out. The checker was built with the first part before its eyes; the second was written apart and judged
afterwards, without a change to the checker since, so that its figures are honest. Each agreement is a
real Word file: numbering, layout and the additions around the changed clause are drawn by a seeded
generator.

Columns: `expect` missing, weakened, flagged (something elsewhere overrules) or accepted; `clause` the
changed clause, or `+supporter`, `+recipient`, `+other` for a new one there; `old` is replaced by `new`:
`*` the whole clause, `^` before it, `。` at its end, `>recipient` moves it to the other party's duties.
"""

from __future__ import annotations

import argparse
import csv
import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duikou.engines.clauses import Check, Form, Party, Template, TemplateClause, Verdict, check, read_docx
from duikou.engines.clauses.numbering import chinese
from duikou.engines.text import Text
from tests.unit.engines.clauses.builders import levels, listed, p, word

HERE = Path(__file__).resolve().parent
PARTS = ("development", "held_out")
SUPPORTER, RECIPIENT = "虚构市第一医院", "虚构县人民医院"
FORM = Form(supporter=SUPPORTER, recipient=RECIPIENT)
GOALS = {"missing": 1.0, "weakened": 0.95, "flagged": 0.95, "addition": 0.98, "rewording": 0.9}
HELD_OUT_GOALS = {"missing": 1.0, "weakened": 0.95, "flagged": 0.85, "addition": 0.94, "rewording": 0.85}
"""What was measured when the part was judged for the first time, rounded down: never less."""


@dataclass(frozen=True, slots=True)
class Case:
    """One changed agreement and what must come out."""

    part: str
    line: int
    expect: str
    template: str
    clause: str
    old: str
    new: str
    kind: str

    def __str__(self) -> str:
        return (
            f"{self.part}:{self.line} {self.template}/{self.clause} [{self.kind}] “{self.old}” → “{self.new}”"
        )


def cases(part: str) -> Iterator[Case]:
    """The cases of a part in order."""
    with (HERE / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            yield Case(part, line, **row)


@cache
def template(name: str) -> Template:
    """The model agreement in other words, or an invented one with figures."""
    data = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    clauses = [
        TemplateClause(
            c["id"],
            c["text"],
            Party(c["party"]),
            "AGR-04",
            "",
            Text(c["id"], c["id"]),
            tuple(c.get("points", ())),
            c.get("form", False),
        )
        for c in data["clause"]
    ]
    return Template(name, Text(data["title"], data["title"]), tuple(clauses), 3)


def changed(case: Case) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """Clauses as (id, text) after the change, and new ones by place."""
    texts = [(c.id, c.text) for c in template(case.template).clauses]
    new: dict[str, list[str]] = defaultdict(list)
    if case.clause.startswith("+"):
        new[case.clause].append(case.new)
        return texts, new
    result = []
    for identity, text in texts:
        if identity != case.clause:
            result.append((identity, text))
        elif case.old.startswith(">"):
            new["+" + case.old[1:]].append(text)
        elif case.old == "*":
            result += [(identity, case.new)] if case.new else []
        elif case.old == "^":
            result.append((identity, case.new + text))
        elif case.old == "。":
            result.append((identity, text.removesuffix("。") + case.new))
        else:
            if case.old not in text:
                raise ValueError(f"{case}: not in {text}")
            result.append((identity, text.replace(case.old, case.new)))
    return result, new


def agreement(case: Case) -> bytes:
    """The Word file of a case."""
    draw = random.Random(f"{case.part}{case.line}")
    texts, new = changed(case)
    for place, text in _around(case, draw):
        new[place].append(text)
    owner = {c.id: c.party for c in template(case.template).clauses}
    areas = [text for identity, text in texts if identity == "content-areas"]
    duties = {
        Party.SUPPORTER: [t for i, t in texts if owner[i] is Party.SUPPORTER] + new["+supporter"],
        Party.RECIPIENT: [t for i, t in texts if owner[i] is Party.RECIPIENT] + new["+recipient"],
    }
    rest = [t for i, t in texts if owner[i] is Party.BOTH and i != "content-areas"]
    lines: list[tuple[int, str]] = [(0, "支援内容"), *((3, t) for t in areas)] if areas else []
    lines += [(0, "双方职责与义务")]
    for party, name in ((Party.SUPPORTER, "甲方"), (Party.RECIPIENT, "乙方")):
        lines += [(1, draw.choice([name, f"{name}职责", f"{name}的义务"]))] + [(2, t) for t in duties[party]]
    lines += [(0, "共同约定"), *((2, t) for t in rest)]
    lines += [(0, "其他事项"), *((2, t) for t in new["+other"])] if new["+other"] else []
    lines += [(0, "协议期限"), (3, "2014年2月15日至2017年2月14日。")]
    return _printed(lines, draw)


def _around(case: Case, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Additions of the same part around the change, as hospitals write them."""
    every = [
        one for one in cases(case.part)
        if one.expect == "accepted" and one.clause.startswith("+") and one.template == case.template
    ]  # fmt: skip
    for one in draw.sample(every, k=min(len(every), draw.randint(0, 3))):
        if one.new != case.new:
            yield one.clause, one.new


def _printed(lines: Sequence[tuple[int, str]], draw: random.Random) -> bytes:
    """Lines with their level (0 part, 1 party, 2 clause, 3 plain) as a Word file in one of four looks."""
    look = draw.choice(["typed", "automatic", "brackets", "articles"])
    body = [
        p("对口支援协议书"), p(f"甲方（支援医院）：{SUPPORTER}"), p(f"乙方（受援医院）：{RECIPIENT}"),
        p("为做好对口支援工作，经双方协商，订立如下协议："),
    ]  # fmt: skip
    counts = [0, 0, 0]
    article = 0
    for level, text in lines:
        if level == 3:
            body.append(p(text))
            continue
        counts[level] += 1
        counts[level + 1 :] = [0] * (2 - level)
        article += level == 2
        if look == "automatic":
            body.append(listed(text, 1, level))
            continue
        chapter = chinese(counts[level])
        number = {0: f"{chapter}、", 1: f"（{chapter}）"}.get(level) or {
            "typed": f"{counts[2]}．",
            "brackets": f"（{counts[2]}）",
            "articles": f"第{chinese(article)}条　",
        }.get(look, "")
        body.append(p(number + text))
    body += [p("甲方：　　　　　　乙方："), p("（盖章）　　　　　　（盖章）"), p("代表：　　　　　　代表：")]
    numbering = levels(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3．"))
    return word(body, {"numbering": numbering} if look == "automatic" else None)


def judged(case: Case) -> Check:
    """What the checker makes of a case."""
    return check(read_docx(agreement(case)), template(case.template), FORM)


def right(case: Case, result: Check) -> bool:
    """Whether that is what must come out."""
    verdicts = {j.template.id: j.verdict for j in result.judgements if j.template}
    if case.expect == "accepted":
        return result.accepted
    if case.expect == "missing":  # no less than the clause itself must be named as gone
        return verdicts[case.clause] is Verdict.MISSING
    if case.expect == "weakened":
        return verdicts[case.clause] in (Verdict.WEAKENED, Verdict.MISSING)
    return not result.accepted


def group(case: Case) -> str:
    """Under which figure a case counts."""
    return case.kind if case.expect == "accepted" else case.expect


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of both parts; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--wrong", action="store_true", help="print the cases that came out wrong")
    options = parser.parse_args(arguments)
    all_total: Counter[str] = Counter()
    all_good: Counter[str] = Counter()
    for part in options.part or PARTS:
        total, good = _count(part, wrong=options.wrong)
        _print(part, total, good, HELD_OUT_GOALS if part == "held_out" else GOALS)
        all_total += total
        all_good += good
    _print("together", all_total, all_good, GOALS)
    return 0 if all(all_good[name] >= goal * all_total[name] for name, goal in GOALS.items()) else 1


def _count(part: str, *, wrong: bool) -> tuple[Counter[str], Counter[str]]:
    """How many cases of each group there are, and how many came out right."""
    total: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for case in cases(part):
        result = judged(case)
        total[group(case)] += 1
        good[group(case)] += (ok := right(case, result))
        if wrong and not ok:
            _explain(case, result)
    return total, good


def _print(name: str, total: Counter[str], good: Counter[str], goals: Mapping[str, float]) -> None:
    print(f"{name}: {total.total()} agreements")
    for kind, goal in goals.items():
        if total[kind]:
            share = good[kind] / total[kind]
            print(f"  {kind:<10} {good[kind]:>3} of {total[kind]:<3} {share:7.1%}  (goal {goal:.0%})")


def _explain(case: Case, result: Check) -> None:
    print(case)
    for one in result.judgements:
        if one.template and (one.template.id == case.clause or one.reasons or one.verdict is Verdict.MISSING):
            why = "; ".join(f"{r.kind} {r.wanted!r}→{r.found!r}" for r in one.reasons)
            print(f"    {one.verdict} {one.template.id}: {why}")
    for flag in result.flags:
        print(f"    flag {flag.kind}: {flag.message.zh[:90]}")


if __name__ == "__main__":
    raise SystemExit(main())
