"""The whole check on Word files: hidden places, split and moved clauses, parties, both texts side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from duikou.engines.clauses import (
    Check,
    Form,
    Party,
    Template,
    TemplateClause,
    Verdict,
    check,
    read_docx,
    template_of,
)
from duikou.engines.clauses.bookmarks import bookmark
from duikou.engines.clauses.matching import Demand, Segment, match, tiles
from duikou.engines.clauses.model import Clause
from duikou.engines.clauses.tokens import Tokeniser
from duikou.engines.text import Text
from tests.examples import examples
from tests.spec.clauses.corpus import template
from tests.unit.engines.clauses.builders import p, part, run, table, text_box, word

A = "甲方每年选派不少于5名副主任医师到乙方工作，每人连续工作不少于6个月。"
B = "甲方承担派驻人员的工资、奖金和保险等全部费用。"
C = "乙方应当为派驻人员免费提供住宿和必要的工作条件。"
TEMPLATE = Template(
    "t", Text("范本", "model"),
    tuple(TemplateClause(i, t, q, "AGR-04", f"附件 {i}", Text(i, i))
          for i, t, q in (("a", A, Party.SUPPORTER), ("b", B, Party.SUPPORTER), ("c", C, Party.RECIPIENT))),
)  # fmt: skip
TERM = "2014年2月至2017年2月。"


def judged(
    supporter: Sequence[str], recipient: Sequence[str] = (C,), more: Sequence[str] = (), **parts: str
) -> Check:
    """The check of an agreement whose parties have these clauses; XML stays XML."""
    lines = ["（一）甲方", *supporter, "（二）乙方", *recipient, "三、期限", TERM]
    body = [text if text.startswith("<") else p(text) for text in lines]
    return check(read_docx(word(body, parts)), TEMPLATE)


def verdicts(result: Check) -> str:
    """k kept, e extended, w weakened, m missing for each clause of the template."""
    return "".join(str(one.verdict)[0] for one in result.judgements if one.template)


def kinds(result: Check) -> list[str]:
    return [flag.kind for flag in result.flags]


def test_the_template_itself_is_kept() -> None:
    result = judged([A, B])
    assert (verdicts(result), result.accepted, result.flags) == ("kkk", True, ())


def test_a_judgement_shows_both_texts_the_source_and_the_place() -> None:
    result = judged([A, B.replace("全部", "部分")])
    assert not result.accepted
    one = next(j for j in result.judgements if j.verdict is Verdict.WEAKENED)
    assert one.template is not None
    assert one.place is not None
    assert (one.template.text, one.template.source, one.place.paragraph) == (B, "附件 b", 3)
    assert one.text == B.replace("全部", "部分")
    assert "部分" in " ".join(why.message.zh for why in one.reasons)


# --- places in which a clause hides


def test_a_clause_in_a_table_counts() -> None:
    result = judged([A, table(["费用", B])])
    assert (verdicts(result), result.accepted) == ("kkk", True)
    assert result.judgements[1].place is not None
    assert result.judgements[1].place.table == 1


@pytest.mark.parametrize("look", ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'])
def test_a_clause_that_nobody_sees_is_missing(look: str) -> None:
    result = judged([A, p(run(B, look))])
    assert verdicts(result) == "kmk"
    assert kinds(result) == ["unseen_text"]


@pytest.mark.parametrize("look", ["<w:vanish/>", '<w:color w:val="FEFEFE"/>'])
def test_unseen_words_inside_a_sound_clause_refuse(look: str) -> None:
    result = judged([A, p(B, run("但乙方自愿承担的除外。", look))])
    assert verdicts(result) == "kkk"
    assert (kinds(result), result.accepted) == (["unseen_text"], False)


def test_a_clause_in_a_text_box_is_refused() -> None:
    result = judged([A, p("其他：", text_box(p(B)))])
    assert verdicts(result) == "kkk"
    assert (kinds(result), result.accepted) == (["clause_outside_body"], False)


def test_other_words_in_a_text_box_are_told() -> None:
    result = judged([A, B, p("附：", text_box(p("本协议由双方办公室保管并定期核对执行情况。")))])
    assert [(flag.kind, flag.refuses) for flag in result.flags] == [("text_box", False)]


@pytest.mark.parametrize("where", ["footnotes", "header1", "footer1"])
def test_words_that_overrule_are_found_outside_the_body(where: str) -> None:
    content = p("本协议第一条自第二年起不再执行。")
    if where == "footnotes":
        content = f'<w:footnote w:id="2">{content}</w:footnote>'
    result = judged([A, B], **{where: part(where, content)})
    assert "override" in kinds(result)
    assert not result.accepted


# --- split, moved, mixed


def test_a_split_clause_is_kept() -> None:
    first, second = A.split("，")
    assert verdicts(judged([first + "。", second, B])) == "kkk"
    assert verdicts(judged([first + "。", B, "双方互相配合，共同做好工作。", second])) == "kkk"


def test_half_of_a_split_clause_under_the_other_party_is_no_half() -> None:
    first, second = A.split("，")
    assert verdicts(judged([first + "。", B], [C, second])) == "wkk"


def test_clauses_in_another_order_are_kept() -> None:
    assert verdicts(judged([B, A])) == "kkk"


def test_a_clause_under_the_other_party_is_moved() -> None:
    result = judged([A], [C, "承担派驻人员的工资、奖金和保险等全部费用。"])
    assert verdicts(result) == "kwk"
    assert "moved_party" in [why.kind for why in result.judgements[1].reasons]


def test_both_clauses_in_one_paragraph() -> None:
    result = judged([A + B])
    assert verdicts(result) == "kkk"
    assert [one.text for one in result.judgements[:2]] == [A[:-1], B[:-1]]


def test_hospital_names_stand_for_the_parties() -> None:
    names = {"甲方": "某市第一医院", "乙方": "某县医院"}
    lines = []
    for text in (A, B, C):
        for party, name in names.items():
            text = text.replace(party, name)
        lines.append(text)
    body = [
        p("甲方：某市第一医院"),
        p("乙方：某县医院"),
        *(p(f"{n}．{t}") for n, t in enumerate(lines, 1)),
        p("期限：" + TERM),
    ]
    form = Form(supporter="某市第一医院", recipient="某县人民医院", recipient_aliases=("某县医院",))
    assert check(read_docx(word(body)), TEMPLATE, form).accepted
    swapped = [line.replace("某市第一医院", "某县医院") for line in body]
    assert not check(read_docx(word(swapped)), TEMPLATE, form).accepted


# --- bookmarks


def test_a_bookmark_finds_a_clause_that_was_changed_much() -> None:
    text = "派驻人员的费用视情况补贴。"
    marked = judged([A, p(text, bookmark=bookmark("b"))])
    assert verdicts(marked)[1] == "w"
    assert marked.judgements[1].text == text


def test_a_bookmark_on_other_words_finds_nothing() -> None:
    assert verdicts(judged([A, p("双方加强党建和文化交流。", bookmark=bookmark("b"))])) == "kmk"


def test_bookmarks_that_were_swapped_do_not_confuse() -> None:
    result = judged([p(A, bookmark=bookmark("b")), p(B, bookmark=bookmark("a"))])
    assert verdicts(result) == "kkk"


# --- a commission's own model agreement


def test_a_model_agreement_as_the_template() -> None:
    lines = [
        *(
            "协议书",
            "双方协商一致，签订如下协议：",
            "（一）甲方",
            "1．" + A,
            "2．" + B,
            "（二）乙方",
            "1．" + C,
        ),
        *("三、其他", "本协议未尽事宜协商解决。本协议一式四份，双方各执一份。", "　年　月至　年　月。"),
    ]
    paper = read_docx(word(map(p, lines)))
    own = template_of(paper, "own", Text("本省范本", "the province's"))
    assert [(c.id, c.party) for c in own.clauses] == [
        ("clause-1", Party.SUPPORTER), ("clause-2", Party.SUPPORTER), ("clause-3", Party.RECIPIENT),
        ("clause-4", None), ("clause-5", None),
    ]  # fmt: skip
    result = check(paper, own)
    assert verdicts(result) == "kkkkk"
    assert verdicts(judged([A, B])) == "kkk"


# --- properties


@given(st.sampled_from(["standard", "figures", "union", "departments"]), st.data())
@settings(max_examples=examples(60))
def test_what_is_there_is_kept_and_what_is_not_is_missing(name: str, data: st.DataObject) -> None:
    """Any clauses left out, the rest in any order under their party: exactly those are missing."""
    wanted = [c for c in template(name).clauses if not c.form]
    out = data.draw(st.sets(st.sampled_from([c.id for c in wanted]), max_size=4))
    order = data.draw(st.permutations(wanted))
    body = []
    for party, heading in (
        (Party.SUPPORTER, "（一）甲方"),
        (Party.RECIPIENT, "（二）乙方"),
        (Party.BOTH, "（三）双方"),
    ):
        body += [p(heading), *(p(c.text) for c in order if c.party is party and c.id not in out)]
    result = check(read_docx(word([*body, p("四、期限"), p(TERM)])), template(name))
    got = {j.template.id: j.verdict for j in result.judgements if j.template and not j.template.form}
    assert got == {c.id: Verdict.MISSING if c.id in out else Verdict.KEPT for c in wanted}


WORDS = st.text(alphabet="甲乙负责派驻人员费用全部不得5名，。", max_size=30)


@given(WORDS, WORDS)
def test_tiles_are_equal_runs_that_never_overlap_and_leave_no_run(one: str, other: str) -> None:
    """Against the definition: every tile is an equal run, no word serves twice, no heavier run is left."""
    cutter = Tokeniser()
    first, second = cutter.row(one), cutter.row(other)
    found = tiles(first, second, {}, [-1] * len(second.tokens))
    used_i: set[int] = set()
    used_j: set[int] = set()
    for i, j, length, weight in found:
        words = [token.word for token in first.tokens[i : i + length]]
        assert words == [token.word for token in second.tokens[j : j + length]]
        assert weight == sum(token.weight for token in first.tokens[i : i + length])
        assert not used_i & set(range(i, i + length))
        assert not used_j & set(range(j, j + length))
        used_i |= set(range(i, i + length))
        used_j |= set(range(j, j + length))
    for i, token in enumerate(first.tokens):
        for j, there in enumerate(second.tokens):
            if token.word == there.word and token.weight >= 2:
                assert i in used_i or j in used_j


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, max_size=6))
def test_no_word_of_the_agreement_serves_two_clauses(wanted: list[str], there: list[str]) -> None:
    assume(any(wanted))
    cutter = Tokeniser()
    demands = [
        Demand(n, TemplateClause(f"c{n}", text, None, "", "", Text("", "")), cutter.row(text))
        for n, text in enumerate(wanted)
    ]
    segments = [Segment(Clause(text, (n,)), cutter.row(text)) for n, text in enumerate(there)]
    match(demands, segments)
    served = [place for demand in demands for place in demand.found.values()]
    assert len(served) == len(set(served))
    for demand in demands:
        for number, (segment, token) in demand.found.items():
            assert segments[segment].owner[token] == demand.number
            assert segments[segment].row.tokens[token].word == demand.row.tokens[number].word


def test_a_file_of_one_endless_clause_is_cut_and_told_of_in_bounds() -> None:
    result = judged([A, B, "派驻人员的费用由乙方承担。" * 2000])
    assert not result.accepted
    assert kinds(result) == ["override"] * 50
    assert max(len(one.text) for one in result.judgements) <= 2000
