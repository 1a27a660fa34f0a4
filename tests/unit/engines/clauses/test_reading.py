"""What a reader of the printed page sees: order, numbers, boxes, notes, hidden words, tracked changes."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from docx.shared import Pt, RGBColor

from duikou.engines.clauses import Paper, Where, read_docx
from tests.unit.engines.clauses.builders import STRICT, W, levels, listed, p, part, run, table, text_box, word


def lines(paper: Paper) -> list[str]:
    return [f"{one.number}{one.text}" for one in paper.passages]


def kinds(paper: Paper) -> list[str]:
    return [flag.kind for flag in paper.flags]


# --- order and places


def test_paragraphs_and_tables_come_in_their_order() -> None:
    paper = read_docx(word([p("前"), table(["甲", "乙"], ["丙", table(["内"]) + p("后")]), p("末")]))
    assert lines(paper) == ["前", "甲", "乙", "丙", "内", "后", "末"]
    places = [one.place.text().zh for one in paper.passages]
    assert places[0] == "正文第 1 段"
    assert places[2] == "第 1 张表第 1 行第 2 列"
    assert places[4] == "第 2 张表第 1 行第 1 列"
    assert paper.passages[6].place.text().en == "body, paragraph 2"


def test_a_merged_cell_is_read_once_and_columns_are_counted_as_printed() -> None:
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("宽") + "</w:tc>"
    below = "<w:tc><w:tcPr><w:vMerge/></w:tcPr>" + p("不读") + "</w:tc>"
    body = (
        f"<w:tbl><w:tr>{wide}<w:tc>{p('三')}</w:tc></w:tr><w:tr>{below}<w:tc>{p('二')}</w:tc></w:tr></w:tbl>"
    )
    paper = read_docx(word([body, p("末")]))
    assert lines(paper) == ["宽", "三", "二", "末"]
    assert [one.place.column for one in paper.passages[:3]] == [1, 3, 2]


def sign(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def test_content_controls_links_and_fields_show_their_text() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('控件')}</w:sdtContent></w:sdt>"
    link = f'<w:p><w:hyperlink r:id="x">{run("链接")}</w:hyperlink></w:p>'
    field = (
        f"<w:p>{sign('begin')}<w:r><w:instrText>DATE</w:instrText><w:t>码</w:t></w:r>{sign('separate')}"
        f"{run('二月')}{sign('end')}"
        f'<w:fldSimple w:instr="PAGE">{run("3")}</w:fldSimple></w:p>'
    )
    assert lines(read_docx(word([control, link, field]))) == ["控件", "链接", "二月3"]


def test_signs_inside_a_paragraph() -> None:
    signs = p(
        "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/><w:softHyphen/>"
        '<w:sym w:char="2460"/><w:br w:type="page"/></w:r>',
        f"<w:r><w:ruby><w:rt>{run('音')}</w:rt><w:rubyBase>{run('丁')}</w:rubyBase></w:ruby></w:r>",
    )
    assert lines(read_docx(word([signs]))) == ["甲\t乙\n丙-①丁"]


def test_text_boxes_are_read_once_after_their_paragraph() -> None:
    paper = read_docx(word([p("正文", text_box(p("框内"), p("框内二"))), p("后")]))
    assert lines(paper) == ["正文", "框内", "框内二", "后"]
    assert [one.place.where for one in paper.passages] == [
        Where.BODY,
        Where.TEXT_BOX,
        Where.TEXT_BOX,
        Where.BODY,
    ]


def test_headers_footers_and_notes_come_last() -> None:
    note = f'<w:footnote w:id="2">{p("注文")}</w:footnote>'
    parts = {"footnotes": part("footnotes", note), "header1": part("header1", p("页眉")),
             "footer1": part("footer1", p("页脚"))}  # fmt: skip
    paper = read_docx(word([p("正文")], parts))
    assert [(one.text, one.place.where) for one in paper.passages] == [
        ("正文", Where.BODY), ("注文", Where.NOTE), ("页眉", Where.HEADER), ("页脚", Where.FOOTER),
    ]  # fmt: skip


def test_bookmarks_of_clauses_are_kept_and_those_of_word_are_not() -> None:
    between = '<w:bookmarkStart w:id="9" w:name="_dk_b"/>'
    body = [p("一", bookmark="_dk_a"), between, p(""), p("二"), p("三", bookmark="_Toc123")]
    assert [one.bookmark for one in read_docx(word(body)).passages] == ["_dk_a", "_dk_b", ""]


def test_a_strict_file_reads_the_same() -> None:
    content = word([p("正文"), table(["格"])])
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(W.encode(), STRICT.encode()))
    assert read_docx(buffer.getvalue()) == read_docx(content)


# --- numbering


@pytest.mark.parametrize(
    ("style", "pattern", "expected"),
    [
        ("chineseCounting", "%1、", ["一、", "二、", "十、", "十一、", "二十、", "二十一、"]),
        (
            "chineseCountingThousand",
            "（%1）",
            ["（一）", "（二）", "（十）", "（十一）", "（二十）", "（二十一）"],
        ),
        ("decimal", "%1．", ["1．", "2．", "10．", "11．", "20．", "21．"]),
        ("decimalFullWidth", "%1.", ["１.", "２.", "１０.", "１１.", "２０.", "２１."]),
        ("decimalEnclosedCircle", "%1", ["①", "②", "⑩", "⑪", "⑳", "21"]),
        ("ideographDigital", "第%1条", ["第一条", "第二条", "第一〇条", "第一一条", "第二〇条", "第二一条"]),
        ("chineseLegalSimplified", "%1", ["壹", "贰", "壹拾", "壹拾壹", "贰拾", "贰拾壹"]),
        ("lowerLetter", "%1)", ["a)", "b)", "j)", "k)", "t)", "u)"]),
        ("upperRoman", "%1", ["I", "II", "X", "XI", "XX", "XXI"]),
        ("decimalZero", "%1", ["01", "02", "10", "11", "20", "21"]),
        ("ideographTraditional", "%1", ["甲", "乙", "癸", "11", "20", "21"]),
        ("none", "%1—", ["—"] * 6),
        ("bullet", "\uf06c", ["•"] * 6),
    ],
)
def test_numbers_as_word_prints_them(style: str, pattern: str, expected: list[str]) -> None:
    paper = read_docx(word([listed("条") for _ in range(21)], {"numbering": levels((style, pattern))}))
    numbers = [one.number for one in paper.passages]
    assert [numbers[n - 1] for n in (1, 2, 10, 11, 20, 21)] == expected


def test_levels_begin_anew_under_each_higher_one() -> None:
    numbering = levels(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%1.%2.%3"))
    body = [listed("条", 1, level) for level in (0, 1, 2, 2, 1, 2, 0, 2)]
    numbers = [one.number for one in read_docx(word(body, {"numbering": numbering})).passages]
    assert numbers == ["一、", "（一）", "一.一.1", "一.一.2", "（二）", "一.二.1", "二、", "二.一.1"]


def test_a_list_may_start_elsewhere_and_belong_to_a_style() -> None:
    numbering = levels(("decimal", "%1.")).replace(
        "</w:numbering>",
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>',
    )
    styles = part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="S"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        '</w:style><w:style w:type="paragraph" w:styleId="T"><w:basedOn w:val="S"/></w:style>',
    )
    body = [p("样式", properties='<w:pStyle w:val="T"/>'), listed("二", 1), listed("五", 2), listed("六", 2),
            p("无", properties='<w:pStyle w:val="T"/><w:numPr><w:numId w:val="0"/></w:numPr>')]  # fmt: skip
    paper = read_docx(word(body, {"numbering": numbering, "styles": styles}))
    assert lines(paper) == ["1.样式", "2.二", "5.五", "6.六", "无"]


# --- what no reader sees


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish/>",
        '<w:color w:val="FFFFFF"/>',
        '<w:color w:val="FAFAFA"/>',
        '<w:color w:val="000000" w:themeColor="background1"/>',
        '<w:sz w:val="2"/>',
        '<w:w w:val="1"/>',
        '<w:color w:val="000000"/><w:shd w:val="clear" w:fill="101010"/>',
        '<w:color w:val="000000"/><w:highlight w:val="black"/>',
        '<w:rStyle w:val="Hidden"/>',
    ],
)
def test_unseen_words_are_set_apart_and_told(properties: str) -> None:
    styles = part(
        "styles", '<w:style w:type="character" w:styleId="Hidden"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    paper = read_docx(word([p("看得见", run("看不见", properties))], {"styles": styles}))
    (passage,) = paper.passages
    assert (passage.text, passage.unseen) == ("看得见", "看不见")
    (flag,) = paper.flags
    assert (flag.kind, flag.refuses, flag.place) == ("unseen_text", True, passage.place)
    assert "看不见" in flag.message.zh
    assert "看不见" in flag.message.en


@pytest.mark.parametrize(
    "properties",
    [
        '<w:vanish w:val="0"/>',
        '<w:color w:val="auto"/>',
        '<w:color w:val="FF0000"/>',
        '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1F3864"/>',
        '<w:color w:val="FFFFFF"/><w:highlight w:val="blue"/>',
        '<w:sz w:val="15"/>',
        '<w:w w:val="80"/>',
    ],
)
def test_seen_words_are_not_set_apart(properties: str) -> None:
    paper = read_docx(word([p(run("看得见", properties))]))
    assert (paper.passages[0].text, paper.flags) == ("看得见", ())


def test_lines_and_rows_too_low_to_read() -> None:
    low_row = (
        '<w:tbl><w:tr><w:trPr><w:trHeight w:val="20" w:hRule="exact"/></w:trPr><w:tc>'
        + p("压扁")
        + "</w:tc></w:tr></w:tbl>"
    )
    low_line = p("压低", properties='<w:spacing w:line="20" w:lineRule="exact"/>')
    paper = read_docx(word([p("正文"), low_row, low_line]))
    assert [one.unseen for one in paper.passages] == ["", "压扁", "压低"]


def test_white_words_in_a_dark_cell_are_seen() -> None:
    cell = '<w:tc><w:tcPr><w:shd w:val="clear" w:fill="000080"/></w:tcPr>' + p(
        run("表头", '<w:color w:val="FFFFFF"/>')
    )
    paper = read_docx(word([f"<w:tbl><w:tr>{cell}</w:tc></w:tr></w:tbl>"]))
    assert (lines(paper), paper.flags) == (["表头"], ())


# --- tracked changes

INSERTED = f'<w:ins w:id="1">{run("插入")}</w:ins>'
DELETED = '<w:del w:id="2"><w:r><w:delText>删去</w:delText></w:r></w:del>'
MOVED = f'<w:moveFrom w:id="3">{run("旧处")}</w:moveFrom>', f'<w:moveTo w:id="4">{run("新处")}</w:moveTo>'


def test_tracked_changes_are_refused_with_their_place() -> None:
    paper = read_docx(word([p("第一段"), p("甲", INSERTED, DELETED), p(*MOVED)]))
    assert lines(paper) == ["第一段", "甲插入", "新处"]
    assert kinds(paper) == ["tracked_changes"] * 4
    assert [flag.place.paragraph for flag in paper.flags if flag.place] == [2, 2, 3, 3]
    assert all(flag.refuses for flag in paper.flags)
    assert "删去" in paper.flags[1].message.zh


def test_tracked_changes_are_accepted_on_request() -> None:
    paper = read_docx(word([p("甲", INSERTED, DELETED)]), tracked="accept")
    assert lines(paper) == ["甲插入"]
    assert [flag.refuses for flag in paper.flags] == [False, False]


def test_a_deleted_paragraph_mark_joins_paragraphs_and_a_deleted_row_goes() -> None:
    joined = p("前半", properties="<w:rPr><w:del w:id='1'/></w:rPr>")
    rows = f'<w:tbl><w:tr><w:trPr><w:del w:id="2"/></w:trPr><w:tc>{p("删行")}</w:tc></w:tr></w:tbl>'
    paper = read_docx(word([joined, p("后半"), rows]), tracked="accept")
    assert lines(paper) == ["前半后半"]
    assert kinds(paper) == ["tracked_changes"] * 2


def test_many_changes_are_counted() -> None:
    paper = read_docx(word([p("甲", INSERTED) for _ in range(30)]))
    assert len(paper.flags) == 21
    assert "30" in paper.flags[-1].message.zh


def test_comments_are_told_but_do_not_refuse() -> None:
    paper = read_docx(word([p("正文")], {"comments": part("comments", "")}))
    assert [(flag.kind, flag.refuses) for flag in paper.flags] == [("comments", False)]


# --- files of real programs


def by_python_docx() -> bytes:
    document = docx.Document()
    document.add_heading("协议", level=1)
    document.add_paragraph("第一项", style="List Number")
    document.add_paragraph("第二项", style="List Number")
    grid = document.add_table(1, 2)
    grid.cell(0, 0).text, grid.cell(0, 1).text = "左", "右"
    last = document.add_paragraph("可见")
    last.add_run("隐藏").font.hidden = True
    white = last.add_run("白字")
    white.font.color.rgb = RGBColor(255, 255, 255)
    last.add_run("极小").font.size = Pt(1)
    document.sections[0].footer.paragraphs[0].text = "页脚"
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_a_file_of_python_docx() -> None:
    paper = read_docx(by_python_docx())
    assert lines(paper) == ["协议", "1.第一项", "2.第二项", "左", "右", "可见", "页脚"]
    assert paper.passages[5].unseen == "隐藏白字极小"
    assert kinds(paper) == ["unseen_text"]


def test_the_same_file_saved_by_libreoffice(tmp_path: Path) -> None:
    if not (office := shutil.which("soffice")):
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-writer)")
    (tmp_path / "in.docx").write_bytes(by_python_docx())
    for kind, source in (("odt", "in.docx"), ("docx", "out/in.odt")):  # through its own format and back
        command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(tmp_path / "out"), str(tmp_path / source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    paper = read_docx((tmp_path / "out" / "in.docx").read_bytes())
    assert lines(paper) == ["协议", "1.第一项", "2.第二项", "左", "右", "可见", "页脚"]
    assert paper.passages[5].unseen == "隐藏白字极小"
