"""The generated policy reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duikou.policy import load_pack
from duikou.policy.docs import render_all
from duikou.policy.docs.__main__ import main

FOLDER = Path(__file__).parents[3] / "docs" / "policy"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return render_all()


def test_the_committed_pages_are_fresh(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, (
            f"docs/policy/{name} is out of date: run python -m duikou.policy.docs"
        )
    committed = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.md")}
    assert committed == set(pages)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("pack_id", ["national-2012", "zhejiang-2014"])
def test_every_rule_has_an_anchor_and_every_link_a_target(
    pages: dict[str, str], pack_id: str, language: str
) -> None:
    text = pages[f"{language}/{pack_id}.md"]
    anchors = re.findall(r'<a id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(load_pack(pack_id).rules) <= set(anchors)
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(anchors)
    for file, anchor in re.findall(r"\]\(([\w.-]+\.md)#([^)]+)\)", text):
        assert f'<a id="{anchor}"' in pages[f"{language}/{file}"]


@pytest.mark.parametrize(("language", "words"), [("zh", "待核实"), ("en", "to be confirmed")])
def test_unsure_rules_say_so(pages: dict[str, str], language: str, words: str) -> None:
    pack = load_pack("zhejiang-2014")
    sections = pages[f"{language}/{pack.id}.md"].split("\n### ")[1:]
    by_id = {section.split(" ", 1)[0]: section for section in sections}
    for rule in pack.rules.values():
        head = by_id[rule.id].splitlines()[0]
        assert (words in head) == rule.mark.to_confirm, rule.id
        if rule.to_confirm:
            assert words in by_id[rule.id]


def test_every_word_of_a_parameter_is_shown_in_both_languages(pages: dict[str, str]) -> None:
    cells = re.findall(r"^\| `\w+` \| ([^|]*) \|", pages["en/zhejiang-2014.md"], re.MULTILINE)
    chinese = [cell for cell in cells if re.search("[一-鿿]", cell.replace("附件", ""))]
    assert chinese == []


def test_the_command_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--out", str(tmp_path)]) == 1
    assert not list(tmp_path.rglob("*.md"))
    assert main(["--out", str(tmp_path)]) == 0
    assert main(["--check", "--out", str(tmp_path)]) == 0
    assert "0 out of date" in capsys.readouterr().out
    (tmp_path / "zh" / "national-2012.md").write_text("x", encoding="utf-8")
    assert main(["--check", "--out", str(tmp_path)]) == 1


def test_the_command_refuses_a_wrong_pack(
    write_pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pack(("rules.toml", 'mark = "seed"', 'mark = "sure"'))
    assert main(["--packs", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "trial/rules.toml:6" in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "python -m duikou.policy.docs --check" in capsys.readouterr().out
