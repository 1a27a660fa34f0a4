"""Measure the clause check of a long agreement, and print the figures of the corpus.

    python tests/bench/bench_agreements_check.py                # 30 pages, 9 rounds, the whole corpus
    python tests/bench/bench_agreements_check.py --pages 100 --no-corpus

Invents an agreement of so many pages (900 characters each, as Word prints 仿宋 of size 3): the model
agreement's clauses somewhere among additions that hospitals write. Printed are medians of CPU seconds
of this process for reading, cutting and checking, and beside them what python-docx takes only to open
the same file and hand over its paragraphs. Before anything is measured, the agreement must be accepted,
and the same one without its shortest duty refused. Exit code 1 when that or a goal is missed.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import docx  # noqa: E402

from duikou.engines.clauses import Check, Party, check, read_docx  # noqa: E402
from tests.spec.clauses import corpus  # noqa: E402

MOST = 0.5  # CPU seconds of a 30-page agreement
PAGE = 900  # characters
SEED = 20140215
ROUNDS = 9
PARTS = (
    (Party.SUPPORTER, "+supporter", "（一）甲方"),
    (Party.RECIPIENT, "+recipient", "（二）乙方"),
    (Party.BOTH, "+other", "（三）双方"),
)


def agreement(pages: int, *, without: str = "") -> bytes:
    """A Word file by python-docx of so many pages."""
    draw = random.Random(SEED)
    clauses = [c for c in corpus.template("standard").clauses if c.id != without]
    additions = [
        c for c in corpus.cases("development") if c.expect == "accepted" and c.clause.startswith("+")
    ]
    document = docx.Document()
    for line in (
        "对口支援协议",
        f"甲方（支援医院）：{corpus.SUPPORTER}",
        f"乙方（受援医院）：{corpus.RECIPIENT}",
    ):
        document.add_paragraph(line)
    written = 0
    size = pages * PAGE // 3
    for party, place, heading in PARTS:
        document.add_paragraph(heading)
        texts = [c.text for c in clauses if c.party is party]
        fitting = [c.new for c in additions if c.clause == place]
        start = written
        while written - start < size:
            text = f"{draw.choice(fitting)}见附表第{len(texts)}行。"  # no line like another
            texts.insert(draw.randrange(len(texts) + 1), text)
            written += len(text)
        for number, text in enumerate(texts, start=1):
            document.add_paragraph(f"{number}．{text}")
    document.add_paragraph("四、协议期限")
    document.add_paragraph("2014年2月15日至2017年2月14日。")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def ours(content: bytes) -> Check:
    return check(read_docx(content), corpus.template("standard"), corpus.FORM)


def theirs(content: bytes) -> int:
    return sum(len(paragraph.text) for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main(words: Sequence[str] | None = None) -> int:
    """Print the measurements; exit code 1 when something is wrong or a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-corpus", action="store_true")
    options = parser.parse_args(words)
    content = agreement(options.pages)
    sound = ours(content)
    short = ours(agreement(options.pages, without="supporter-costs"))
    gone = [j.template.id for j in short.judgements if j.template and j.verdict == "missing"]
    met = sound.accepted and gone == ["supporter-costs"]
    if not met:
        print(f"  wrong: accepted {sound.accepted}, missing {gone}", [f.message.zh for f in sound.flags])
    reading = statistics.median(cpu(lambda: read_docx(content)) for _ in range(options.rounds))
    whole = statistics.median(cpu(lambda: ours(content)) for _ in range(options.rounds))
    peer = statistics.median(cpu(lambda: theirs(content)) for _ in range(options.rounds))
    characters, goal = theirs(content), MOST * options.pages / 30
    met &= whole <= goal
    print(
        f"  {options.pages} pages, {characters} characters: checked in {whole:.3f} CPU-s, "
        f"of that read in {reading:.3f} (goal {goal:g}: {'met' if whole <= goal else 'missed'})"
    )
    print(f"  python-docx opens the same file and hands over its paragraphs in {peer:.3f} CPU-s")
    if not options.no_corpus:
        met &= corpus.main([]) == 0
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
