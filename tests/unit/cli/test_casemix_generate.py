"""`duikou casemix generate`: a file of invented pages, the same bytes for the same seed."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from duikou.cli.main import main
from duikou.cli.offline import register_lines


def generate(out: Path, *more: str) -> int:
    """Run the command for 300 records."""
    return main(["casemix", "generate", "--records", "300", "--seed", "9", "--out", str(out), *more])


def test_same_seed_same_bytes_in_every_wrapping(tmp_path: Path) -> None:
    plain, again, packed, packed_again = (
        tmp_path / name for name in ("a.csv", "b.csv", "a.csv.gz", "b.csv.gz")
    )
    assert [generate(path) for path in (plain, again, packed, packed_again)] == [0, 0, 0, 0]
    assert plain.read_bytes() == again.read_bytes()
    assert packed.read_bytes() == packed_again.read_bytes()
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()


def test_encodings_hold_the_same_text(tmp_path: Path) -> None:
    texts = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        generate(tmp_path / f"{encoding}.csv", "--encoding", encoding)
        texts.append((tmp_path / f"{encoding}.csv").read_bytes().decode(encoding))
    assert texts[0] == texts[1] == texts[2]
    assert "演示" in texts[0]


def test_hospitals_are_those_of_the_register_and_records_are_marked(tmp_path: Path) -> None:
    generate(tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert {row["hospital"] for row in rows} <= set(register_lines())
    assert all(row["record_no"].startswith("DEMO") for row in rows)


def test_core_leaves_out_what_only_the_checks_read(tmp_path: Path) -> None:
    generate(tmp_path / "a.csv", "--core")
    header = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert "pdx" in header
    assert not [name for name in header if name.startswith("fee_") or name in ("row", "autopsy")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--records", "-1", "--out", "a.csv"], "negative"),
        (["--seed", "-1", "--out", "a.csv"], "negative"),
        (["--out", "a.xlsx"], "expected a name in .csv"),
        (["--years", "0", "--out", "a.csv"], "at least one year"),
        (["--effect", "1.5", "--out", "a.csv"], "effect"),
    ],
)
def test_wrong_wishes_are_refused_and_leave_no_file(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["casemix", "generate", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_arguments: object, **_more: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("duikou.engines.casemix.generate.writer._append", broken)
    assert generate(tmp_path / "a.csv") == 1
    assert "cannot be written (No space left on device)" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
