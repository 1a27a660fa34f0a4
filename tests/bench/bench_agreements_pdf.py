"""Measure the paper side of agreements: Word files, PDFs and the plan book of a pair.

    python tests/bench/bench_agreements_pdf.py            # 165 agreements, one plan book
    python tests/bench/bench_agreements_pdf.py --pairs 20 # fewer

Prints CPU seconds of this process (for one paper the first, cold, and the median of some others that
differ; for all of them the sum), and in the same run those of LibreOffice where it is installed: the
same agreements as .docx, converted to PDF by one headless process, which starts only once. Targets:
plan book ≤ 1 s; a Word file and a PDF for each of 165 pairs well within the minute that opening a round
may take.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duikou.config.settings")

from duikou.wings.agreements.documents import PaperParty, docx, pdf, plan_book  # noqa: E402
from tests.wings.agreements.documents.samples import book, pages, paper  # noqa: E402

PASSES = 6
BOOK_SECONDS = 1.0
ROUND_SECONDS = 60.0


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for a piece of work; Typst's threads count too."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def timed(name: str, works: Sequence[Callable[[], object]]) -> float:
    """Print the first of some different papers, cold, and the median of the others; return the worse."""
    first, *others = [cpu(work) for work in works]
    usual = statistics.median(others)
    spread = max(others) - min(others)
    print(f"{name:<28} {usual:.3f} s CPU (spread {spread:.3f}), the first of the process {first:.3f}")
    return max(first, usual)


def converted(office: str, files: list[Path], folder: Path) -> float:
    """CPU seconds that LibreOffice takes to turn Word files into PDFs, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", "pdf", "--outdir", str(folder / "out"), *map(str, files),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print the measurements; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=165, help="agreements of the round (165)")
    pairs = parser.parse_args().pairs
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs")

    names = [f"演示县第{place}人民医院" for place in range(max(pairs, PASSES))]
    papers = [paper(recipient=PaperParty(name, "钱演示", "院长")) for name in names]
    books = [
        book(subtitle=name) for name in names[:PASSES]
    ]  # different ones: Typst remembers what it has set
    timed("agreement as Word file:", [partial(docx, one) for one in papers[:PASSES]])
    timed("agreement as PDF/UA:", [partial(pdf, one) for one in papers[:PASSES]])
    made = timed("plan book (target 1 s):", [partial(plan_book, one) for one in books])
    print(f"{'':<28} {len(plan_book(books[0])) // 1024} kB, {len(pages(plan_book(books[0])))} pages")
    papers = papers[:pairs]
    files: list[bytes] = []
    all_words = cpu(lambda: files.extend(docx(one) for one in papers))
    all_pdfs = cpu(lambda: [pdf(one) for one in papers])
    print(
        f"{f'{pairs} agreements:':<28} Word {all_words:.1f} s, PDF {all_pdfs:.1f} s CPU; "
        f"target with all else {ROUND_SECONDS:.0f}"
    )
    _peer(files, all_pdfs)
    return 1 if made > BOOK_SECONDS or all_words + all_pdfs > ROUND_SECONDS else 0


def _peer(files: list[bytes], ours: float) -> None:
    office = shutil.which("soffice")
    if office is None:
        print("LibreOffice is not installed (Debian: apt-get install libreoffice-writer-nogui): no peer")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for place, content in enumerate(files):
            paths.append(folder / f"{place}.docx")
            paths[-1].write_bytes(content)
        first = converted(office, paths[:1], folder)  # makes the profile
        single = converted(office, paths[:1], folder)
        seconds = converted(office, paths, folder)
        produced = len(list((folder / "out").glob("*.pdf")))
    print(
        f"{f'LibreOffice, same {produced}:':<28} {seconds:.1f} s CPU, {seconds / ours:.1f} × ours; "
        f"one file with its start {single:.2f} s (very first {first:.2f})"
    )


if __name__ == "__main__":
    raise SystemExit(main())
