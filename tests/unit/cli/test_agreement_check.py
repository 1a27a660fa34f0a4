"""`duikou agreement check`: the verdict in both languages, JSON, templates, exit codes, refusals."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from duikou.cli.main import main
from duikou.policy import load_pack
from tests.unit.engines.clauses.builders import p, run, word
from tests.unit.engines.clauses.test_refusals import repacked

ADDED = "甲方每年组织大型义诊不少于2次。"


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "zh")


def written(folder: Path, name: str = "agreement.docx", **changed: str) -> str:
    """An agreement with the clauses of the pack's model agreement, some of them changed (empty: left out)."""
    standard = load_pack("zhejiang-2014").agreements["standard"]
    standard = standard.filled({"start": "2014年2月15日", "end": "2017年2月14日"})
    body = [p("甲方：演示市第一医院"), p("乙方：演示县人民医院")]
    for heading in standard.headings:
        body.append(p(heading.number + heading.title.zh))
        body += [
            p(changed.get(c.id, c.text.zh)) for c in standard.under(heading.id) if changed.get(c.id, "x")
        ]
    path = folder / name
    path.write_bytes(word([*body, p(ADDED)]))
    return str(path)


def test_a_sound_agreement_leaves_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["--supporter", "演示市第一医院", "--recipient", "演示县人民医院"]
    term = ["--start", "2014-02-15", "--end", "2017-02-14", "--drafted", "2014-01-01"]
    assert main(["agreement", "check", written(tmp_path), *names, *term]) == 0
    out = capsys.readouterr().out
    assert "agreement.docx · standard · 通过" in out
    assert "= kept     supporter-costs  承担派驻人员全部费用" in out
    assert f"+ new      {ADDED}" in out


def test_less_than_the_template_leaves_with_1_and_shows_both_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        tmp_path, **{"supporter-costs": "甲方应当承担派驻人员的部分费用。", "supporter-continuity": ""}
    )
    assert main(["agreement", "check", path]) == 1
    out = capsys.readouterr().out
    assert "agreement.docx · standard · 不通过" in out
    assert "✗ missing  supporter-continuity" in out
    assert "范本（S1 附件3 §二(一)5）: 甲方应当承担派驻人员的全部费用。" in out
    assert "协议: 甲方应当承担派驻人员的部分费用。" in out
    assert "→ 范围缩小" in out


def test_the_verdict_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "en")
    path = written(tmp_path, **{"supporter-costs": "甲方尽量承担派驻人员的全部费用。"})
    assert main(["agreement", "check", path, "--recipient", "别的医院"]) == 1
    out = capsys.readouterr().out
    assert "refused" in out
    assert "what must be done became optional" in out
    assert "✗ body, paragraph 2: Party B (recipient) should be “别的医院”" in out


def test_json_holds_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", "check", written(tmp_path, **{"supporter-costs": ""}), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["accepted"], report["template"], report["counts"]["missing"]) == (False, "standard", 1)
    (gone,) = [one for one in report["judgements"] if one["verdict"] == "missing"]
    assert (gone["clause"], gone["rule"], gone["source"]) == (
        "supporter-costs",
        "AGR-12",
        "S1 附件3 §二(一)5",
    )
    assert report["flags"] == []


def test_tracked_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(written(tmp_path))
    with zipfile.ZipFile(path) as archive:
        document = archive.read("word/document.xml").decode()
    inserted = p(f'<w:ins w:id="1">{run("双方互相学习。")}</w:ins>')
    document = document.replace("<w:sectPr/>", inserted + "<w:sectPr/>")
    path.write_bytes(repacked(path.read_bytes(), word__document___xml=document.encode()))
    assert main(["agreement", "check", str(path)]) == 1
    assert "修订痕迹（插入）“双方互相学习。”" in capsys.readouterr().out
    assert main(["agreement", "check", str(path), "--accept-changes"]) == 0


def test_a_model_agreement_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = written(tmp_path, "model.docx")
    assert main(["agreement", "check", written(tmp_path), "--template", model]) == 0
    assert "· model · 通过" in capsys.readouterr().out
    assert (
        main(["agreement", "check", written(tmp_path, **{"supporter-costs": ""}), "--template", model]) == 1
    )


@pytest.mark.parametrize(
    "words", [["--template", "nothing"], ["--template", "x.docx", "--pack", "zhejiang-2014"]]
)
def test_wrong_templates(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", "check", written(tmp_path), *words]) == 1
    assert "错误 / error" in capsys.readouterr().err


def test_a_file_that_is_no_docx(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.4")
    assert main(["agreement", "check", str(path)]) == 1
    err = capsys.readouterr().err
    assert "应为 .docx，找到的是 PDF" in err
    assert "Expected .docx, found a PDF" in err
    assert main(["agreement", "check", str(tmp_path / "none.docx")]) == 1
    assert "找不到" in capsys.readouterr().err
