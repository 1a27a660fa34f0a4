"""Agreements as Word files."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document

from duikou.engines.clauses.bookmarks import bookmark
from duikou.wings.agreements.documents import docx, qr
from duikou.wings.agreements.documents.skeleton import skeleton
from tests.wings.agreements.documents.samples import ADDRESS, CODE, RARE, TEMPLATES, added, paper


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_clause_stands_there_with_its_hidden_bookmark(template: str) -> None:
    printed = paper(template)
    content = docx(printed)
    text = "\n".join(lines(content))
    document = part(content, "word/document.xml")
    for clause in printed.clauses:
        assert clause.text in text
        assert document.count(f'w:name="{bookmark(clause.id)}"') == 1
        assert "＿" not in clause.text, "everything is filled in"
    ids = re.findall(r'<w:bookmarkStart[^>]* w:id="(\d+)"', document)
    assert len(ids) == len(set(ids))
    for heading in printed.headings:
        assert heading.number + heading.title in text
    assert "{{" not in document
    assert "{%" not in document


def test_rare_characters_and_marks_of_xml_survive() -> None:
    odd = f"甲方<每年>帮助“{RARE}” & {{{{ x }}}} {{% if %}} 两次\x00\x0b。"
    content = docx(paper(added=[added(odd)]))
    assert any(
        line.endswith(f"甲方<每年>帮助“{RARE}” & {{{{ x }}}} {{% if %}} 两次。") for line in lines(content)
    )
    assert any(RARE in line for line in lines(content)[:3])


def test_the_same_values_give_the_same_bytes() -> None:
    first = docx(paper())
    assert docx(paper()) == first
    assert docx(paper(version=2)) != first
    later = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    properties = Document(io.BytesIO(docx(paper(moment=later)))).core_properties
    assert (properties.created, properties.modified) == (later, later)
    old = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # earlier than a package can say
    assert docx(paper(moment=old)) == docx(paper(moment=old))


def test_the_footer_of_each_page_has_code_and_page_number() -> None:
    content = docx(paper())
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    footers = [part(content, name) for name in names if name.startswith("word/footer")]
    pictures = [zipfile.ZipFile(io.BytesIO(content)).read(n) for n in names if n.startswith("word/media/")]
    assert len(footers) == 1
    assert CODE in footers[0]
    assert ADDRESS in footers[0]
    assert "<a:blip r:embed=" in footers[0]
    assert pictures == [qr.png(ADDRESS)]
    assert re.findall(r'w:instr="(\w+)"', footers[0]) == ["PAGE", "NUMPAGES"]
    section = Document(io.BytesIO(content)).sections[0]
    assert not section.different_first_page_header_footer


def test_clauses_are_numbered_within_their_section() -> None:
    found = lines(docx(paper(added=[added("甲方每年开展两次义诊。")], other=["第一。", "第二。"])))
    supporter = found[found.index("（一）甲方") + 1 : found.index("（二）乙方")]
    assert [line.split("．")[0] for line in supporter] == [str(n) for n in range(1, 11)]
    assert supporter[-1] == "10．甲方每年开展两次义诊。"
    other = found.index("四、其他事项")
    assert found[other + 1 : other + 3] == ["1．第一。", "2．第二。"]
    alone = found[found.index("三、协议期限") + 1]
    assert alone.startswith("本协议的期限为三年，自2014年2月15日起至2017年2月14日止")


def test_a_section_without_other_matters_says_so() -> None:
    found = lines(docx(paper()))
    assert found[found.index("四、其他事项") + 1] == "无其他约定。"


def test_changed_clauses_are_printed_as_changed() -> None:
    found = lines(docx(paper(changed={"supporter-costs": "甲方应当承担派驻人员的全部费用，并另发补助。"})))
    assert any(line.endswith("并另发补助。") for line in found)


def test_what_is_not_known_yet_is_a_line_to_write_on() -> None:
    text = "\n".join(lines(docx(paper("target-hospital", start=None, end=None))))
    assert "自＿＿＿＿起至＿＿＿＿止" in text


def test_demonstrations_and_reading_copies_say_what_they_are() -> None:
    def header(**changes) -> str:
        section = Document(io.BytesIO(docx(paper(**changes)))).sections[0]
        return section.header.paragraphs[0].text

    assert "演示数据" in header()
    assert "演示数据" not in header(demonstration=False)
    assert "第 3 版" in header(version=3)
    english = header(language="en")
    assert "the Chinese text binds" in english
    assert "Demonstration data" in english
    found = lines(docx(paper(language="en")))
    assert "2.1 Party A (supporter)" in found
    assert "3. Term" in found


def test_signing_fills_in_the_day() -> None:
    cells = [
        c.text for c in Document(io.BytesIO(docx(paper(signed_on=dt.date(2014, 2, 15))))).tables[0]._cells
    ]
    assert cells.count("日期：2014年2月15日") == 2
    assert "代表：院长 赵演示" in cells


def test_a_layout_of_ones_own_is_filled_in() -> None:
    document = Document(io.BytesIO(skeleton()))
    document.add_paragraph("本省另印：{{ title }}")
    content = io.BytesIO()
    document.save(content)
    assert lines(docx(paper(), template=content.getvalue()))[-1] == f"本省另印：{paper().title}"


def test_every_draft_opens_in_libreoffice(tmp_path: Path) -> None:
    """It reads the file without repair and finds every clause again."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-writer-nogui)")
    for template in TEMPLATES:
        (tmp_path / f"{template}.docx").write_bytes(docx(paper(template)))
    subprocess.run(
        [
            office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path / "out"),
            *map(str, sorted(tmp_path.glob("*.docx"))),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for template in TEMPLATES:
        text = (tmp_path / "out" / f"{template}.txt").read_text(encoding="utf-8-sig")
        for clause in paper(template).clauses:
            assert clause.text in text
        assert RARE in text
