"""`duikou casemix generate`: a file of invented pages, the same bytes for the same seed."""

from __future__ import annotations

import csv
import gzip
import json
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


def test_counties_without_a_hospital_get_an_invented_one_where_asked(tmp_path: Path) -> None:
    assert folder(tmp_path / "a", "--per", "year") == 0
    assert folder(tmp_path / "b", "--per", "year", "--fill") == 0
    without, filled = (
        {
            county["code"]: county["in_county_without_support"]
            for county in json.loads((tmp_path / name / "truth.json").read_text(encoding="utf-8"))["counties"]
        }
        for name in ("a", "b")
    )
    assert min(without.values()) == 0
    assert min(filled.values()) > 0.5
    rows = list(csv.DictReader((tmp_path / "b/2023.csv").read_text(encoding="utf-8").splitlines()))
    invented = {row["hospital"] for row in rows} - set(register_lines())
    assert invented
    assert all(key.startswith("demo-33") for key in invented)


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


def folder(out: Path, *more: str) -> int:
    """Run the command for a province of 400 records in one year."""
    asked = ("--records", "400", "--seed", "9", "--years", "1", "--out", str(out))
    return main(["casemix", "generate", "province", *asked, *more])


def files_of(path: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(one.relative_to(path)): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}


@pytest.mark.parametrize("more", [(), ("--per", "year", "--plant", "0.1", "--layout", "n041")])
def test_a_province_is_a_folder_the_same_for_the_same_seed(more: tuple[str, ...], tmp_path: Path) -> None:
    assert folder(tmp_path / "a", *more) == 0
    assert folder(tmp_path / "b", *more) == 0
    files = files_of(tmp_path / "a")
    assert files == files_of(tmp_path / "b")
    truth = json.loads(files["truth.json"])
    assert (truth["records"], truth["demonstration"], truth["seed"]) == (400, True, 9)
    assert "虚构" in files["演示数据.txt"].decode()


def test_files_of_a_province_go_by_month_and_hospital(tmp_path: Path) -> None:
    folder(tmp_path / "a")
    records = 0
    for name, content in files_of(tmp_path / "a").items():
        if not name.endswith(".csv"):
            continue
        month, hospital = name.removesuffix(".csv").split("/")
        rows = list(csv.DictReader(content.decode().splitlines()))
        records += len(rows)
        assert {row["hospital"] for row in rows} == {hospital}
        assert {row["discharged"][:7].replace("-", "") for row in rows} == {month}
    assert records == 400


@pytest.mark.parametrize("more", [(), ("--layout", "hqms-2020", "--encoding", "gb18030")])
def test_planted_faults_are_told_beside_the_file(more: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "a.csv.gz"
    assert generate(out, "--plant", "0.2", *more) == 0
    encoding = "gb18030" if more else "utf-8"
    rows = list(csv.DictReader(gzip.decompress(out.read_bytes()).decode(encoding).splitlines(keepends=True)))
    with (tmp_path / "a.csv.gz.truth.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = list(csv.DictReader(file))
    assert len(truth) == 60
    for entry in truth:
        assert rows[int(entry["line"]) - 2].get(entry["heading"]) == entry["after"], entry


def test_planting_without_a_share_spoils_one_in_a_hundred(tmp_path: Path) -> None:
    generate(tmp_path / "a.csv", "--plant")
    assert len((tmp_path / "a.csv.truth.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plant", "0.7", "--out", "a.csv"], "from 0 to 0.5"),
        (["--core", "--layout", "n041", "--out", "a.csv"], "narrow layout only"),
        (["province", "--core", "--out", "a"], "narrow layout only"),
        (["province", "--out", "."], "new or empty folder"),
    ],
)
def test_wishes_that_do_not_go_together_are_refused(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "kept").write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["casemix", "generate", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]
