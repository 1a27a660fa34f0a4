"""The `duikou` command without a database: help, refusals, the audit of a file, policy packs."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module, resources
from pathlib import Path

import pytest

from duikou.cli.main import COMMANDS, main

ANNEX = resources.files("duikou.wings.pairings") / "data" / "zhejiang_2014_annex.csv"


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DUIKOU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


# --- help


def test_help_lists_every_command_in_both_languages_with_an_example(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert f"  {name} " in out
        assert command.zh in out
        assert command.en in out
        assert command.example in out
        assert command.example.startswith(f"duikou {name}")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "manage"])
def test_each_command_has_help_with_its_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert COMMANDS[name].example in out
    assert COMMANDS[name].zh in out


def test_every_command_has_its_code() -> None:
    for command in COMMANDS.values():
        assert callable(import_module(f"duikou.cli.{command.module}").run)


def test_help_does_not_load_django() -> None:
    code = (
        "import sys; from duikou.cli.main import main; main(['--help']); "
        "sys.exit(any(name.partition('.')[0] in ('django', 'rich', 'structlog') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("duikou ")


# --- refusals


@pytest.mark.parametrize("words", [[], ["nosuch"], ["pairing"], ["pairing", "nosuch"], ["user"]])
def test_what_is_no_command_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "duikou" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "words",
    [
        ["pairing", "audit", "--as-of", "2014-02-30"],
        ["pairing", "audit", "--nosuch"],
        ["import", "annex"],
        ["user", "add", "wang"],
        ["serve", "--port", "eighty"],
    ],
)
def test_wrong_arguments_end_with_2_and_name_the_way_out(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "--help" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["pairing", "audit"], ["policy", "check"], ["restore"], ["import", "annex"]]
)
def test_a_missing_file(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, str(tmp_path / "absent.csv")]) == 1
    err = capsys.readouterr().err
    assert "absent.csv" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(64), "可执行程序"),
        (b"", "空"),
        ("姓名,年龄\n甲,3\n".encode(), "支援医院"),
        ("支援医院,受援医院\n浙江医院,\n".encode(), "受援医院"),
    ],
)
def test_a_file_that_is_no_table_of_pairings(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    assert main(["pairing", "audit", str(path), "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_options_that_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairing", "audit", "--pack", "zhejiang-2014"]) == 1
    assert main(["pairing", "audit", str(ANNEX), "--round", "zhejiang-2014"]) == 1
    assert capsys.readouterr().err.count("FILE") == 2


def test_an_unknown_pack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairing", "audit", str(ANNEX), "--pack", "nosuch"]) == 1
    assert "zhejiang-2014" in capsys.readouterr().err  # the known ones are listed


# --- the audit of a file


@pytest.fixture(scope="module")
def report() -> dict[str, object]:
    from duikou.cli.pairing_audit import audit_file

    return audit_file(Path(str(ANNEX)), "zhejiang-2014")


def found(report: dict[str, object], rule: str) -> list[str]:
    findings = report["findings"]
    assert isinstance(findings, list)
    return [one["subjects"][0] for one in findings if one["rule"] == rule]


def test_counts_of_the_real_round(report: dict[str, object]) -> None:
    assert report["counts"] == {"supporters": 67, "pairings": 165, "recipients": 151}
    coverage = report["coverage"]
    assert isinstance(coverage, dict)
    assert coverage["counties"] == {"total": 56, "covered": 54, "uncovered": ["长兴县", "天台县"]}
    assert (coverage["districts"]["total"], coverage["districts"]["covered"]) == (34, 22)


def test_findings_of_the_real_round(report: dict[str, object]) -> None:
    assert set(found(report, "PAIR-03")) == {"长兴县", "天台县"}
    assert len(found(report, "PAIR-05")) == 14
    assert len(found(report, "PAIR-04")) == 10
    assert found(report, "DATA-01") == ["建德市第一人医院"]
    assert found(report, "PAIR-18") == ["湖州市第三人民医院"]


def test_a_finding_says_all_in_both_languages(report: dict[str, object]) -> None:
    wanted = {"key", "rule", "clause", "mark", "severity", "subjects", "rows"}
    texts = {"message", "expected", "found", "suggestion"}
    for one in report["findings"]:  # type: ignore[attr-defined]
        assert wanted | texts | {f"{text}_en" for text in texts} <= one.keys()
        assert all(one[text] and one[f"{text}_en"] for text in texts)


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairing", "audit", str(ANNEX), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["policy_pack"] == "zhejiang-2014"


def test_text_for_a_person(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["pairing", "audit", str(ANNEX)]) == 0
    chinese_text = capsys.readouterr().out
    assert "长兴县（湖州市）在全部表中没有受援医院" in chinese_text
    monkeypatch.setenv("DUIKOU_LANG", "en")
    assert main(["pairing", "audit", str(ANNEX)]) == 0
    assert "长兴县" in (english_text := capsys.readouterr().out)
    assert english_text != chinese_text


def test_a_pair_printed_twice_is_a_finding_not_a_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("支援医院,受援医院\n浙江医院,安吉县人民医院\n浙江医院,安吉县人民医院\n", "utf-8")
    assert main(["pairing", "audit", str(path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["by_rule"]["DATA-07"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_make_no_difference(
    encoding: str, tmp_path: Path, report: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "annex.csv"
    path.write_bytes(ANNEX.read_text("utf-8").encode(encoding))
    assert main(["pairing", "audit", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["by_rule"] == report["by_rule"]


def test_names_unknown_to_the_register_are_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "unknown.csv"
    path.write_text("支援医院,受援医院\n浙江医院,月亮湾宇宙医院\n", "utf-8")
    assert main(["pairing", "audit", str(path), "--json"]) == 0
    assert "DATA-05" in json.loads(capsys.readouterr().out)["by_rule"]
    assert main(["pairing", "audit", str(path), "--json", "--names-only"]) == 0
    assert "DATA-05" not in json.loads(capsys.readouterr().out)["by_rule"]


def test_another_day_reads_the_divisions_of_that_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pairing", "audit", str(ANNEX), "--json", "--as-of", "2017-01-01"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["as_of"] == "2017-01-01"
    assert report["coverage"]["counties"]["total"] < 56  # counties have become districts


def test_the_source_text_gives_the_same(
    shared: Path, report: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    texts = sorted((shared / "sources").glob("000_*.txt"))
    if not texts:
        pytest.skip("the plan's own text is not there")
    assert main(["pairing", "audit", str(texts[0]), "--json"]) == 0
    found_there = json.loads(capsys.readouterr().out)
    assert (found_there["counts"], found_there["by_rule"]) == (report["counts"], report["by_rule"])


# --- policy packs


def test_packaged_packs_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check"]) == 0
    out = capsys.readouterr().out
    assert "zhejiang-2014" in out
    assert "national-2012" in out


def test_a_wrong_pack_is_refused_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong.toml").write_text('[pack]\nid = "wrong"\nnonsense = 1\n', "utf-8")
    assert main(["policy", "check", str(tmp_path / "wrong.toml")]) == 1
    assert "wrong.toml" in capsys.readouterr().err
