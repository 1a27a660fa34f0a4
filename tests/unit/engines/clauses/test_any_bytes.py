"""Whatever bytes come, the answer is a check or a BadPaper, never anything else."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.clauses import BadPaper, Check, check, read_docx
from tests.examples import examples
from tests.spec.clauses.corpus import FORM, Case, agreement, template
from tests.unit.engines.clauses.builders import levels, listed, p, part, table, text_box, word

CASE = Case("development", 1, "accepted", "figures", "+other", "", "双方应当互相通报情况。", "addition")
RICH = word(
    [p("甲方：某医院"), listed("甲方负责派驻人员的全部费用。"), table(["一", "二"], ["三", "四"]),
     p("文", text_box(p("框"))), p("2014年2月至2017年2月。")],
    {"numbering": levels(("decimal", "%1.")), "styles": part("styles", "<w:docDefaults/>"),
     "footer1": part("footer1", p("第1页"))},
)  # fmt: skip
SEEDS = [RICH, agreement(CASE)]


def attempt(content: bytes) -> Check | None:
    try:
        paper = read_docx(content)
    except BadPaper:
        return None
    return check(paper, template("figures"), FORM)


@given(st.binary(max_size=300))
def test_arbitrary_bytes(content: bytes) -> None:
    attempt(content)
    attempt(b"PK\x03\x04" + content)
    attempt(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + content)


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=examples(150))
def test_bytes_changed_anywhere(seed: bytes, data: st.DataObject) -> None:
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, len(content)))
    attempt(bytes(content[:start] + content[start + data.draw(st.integers(0, 40)) :]))


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=examples(200))
def test_xml_changed_inside_a_sound_package(seed: bytes, data: st.DataObject) -> None:
    """The zip stays sound, so that the reader of the XML meets the change."""
    with zipfile.ZipFile(io.BytesIO(seed)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    name = data.draw(st.sampled_from([n for n in members if n.startswith("word/")]))
    text = members[name].decode()
    pieces = data.draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
    for piece in pieces:
        at = data.draw(st.integers(0, len(text)))
        end = at + data.draw(st.integers(0, 30))
        text = text[:at] + piece + text[end:]
    members[name] = text.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for member, content in members.items():
            new.writestr(member, content)
    attempt(buffer.getvalue())


PIECES = [
    "",
    "<w:p/>",
    "<w:r/>",
    "</w:p>",
    "<w:p>",
    "<w:tbl/>",
    '<w:numPr><w:numId w:val="x"/></w:numPr>',
    "99999999999",
    '"',
    "<w:ins/>",
    "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>",
    '<w:gridSpan w:val="-3"/>',
    "甲方",
    '<w:sym w:char="D800"/>',
    '<w:lvl w:ilvl="77"/>',
    "%9%8",
    "<w:vMerge/>",
    '<w:fldChar w:fldCharType="end"/>',
    "&amp;",
    "\u3000",
    "第九百条",
    "2014年13月40日至",
    "不",
    "除外",
]


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_the_seeds_themselves_are_read(seed: int) -> None:
    assert attempt(SEEDS[seed]) is not None


@given(
    st.lists(
        st.text(
            alphabet="甲乙方双应负责派驻人员费用全部不得可除外一二三0189年月日至，。；：（）第条、\n ",
            max_size=60,
        ),
        max_size=8,
    )
)
def test_any_text_is_judged(texts: list[str]) -> None:
    attempt(word([p(text) for text in texts]))
