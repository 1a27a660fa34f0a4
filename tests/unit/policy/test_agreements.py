# ruff: noqa: E501  (one broken template per line keeps the table readable)
"""Model agreements as data: what the packs hold, and every way in which a template can be wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duikou.engines.clauses.bookmarks import bookmark, clause_id
from duikou.engines.clauses.model import Party
from duikou.policy import PackError, check_pack, load_pack
from duikou.policy.agreements import BLANK, AgreementKind, Measure, Period, filled, open_fields
from duikou.policy.vocabulary import Mark

FILE = "agreements.toml"

# what is wrong | text of the right pack | text put in its place | line | words of the message
BROKEN = [
    ("an unknown rule", 'rule = "PAIR-01"\nclauses = [{ document = "L1", section = "§5" }]', 'rule = "PAIR-09"\nclauses = [{ document = "L1", section = "§5" }]', 24, "unknown rule, PAIR-09"),
    ("an unknown party", 'party = "supporter"', 'party = "third"', 20, "party is 'third'"),
    ("a clause twice", 'id = "end-day"', 'id = "send-doctors"', 31, "clause id send-doctors is given twice in this template"),
    ("a clause of the extended template again", 'id = "meet-monthly"', 'id = "end-day"', 50, "clause id end-day is given twice"),
    ("a template twice", 'id = "closer"', 'id = "plain"', 41, "id plain is given twice"),
    ("points that are not in the text", 'points = ["派驻三名医师"]', 'points = ["派驻四名医师"]', 23, "does not stand in the text"),
    ("an empty point", 'points = ["派驻三名医师"]', 'points = [""]', 23, "does not stand in the text"),
    ("a point to be filled in", 'points = ["期限到"]', 'points = ["到{end}为止"]', 35, "holds a field to be filled in"),
    ("open fields without points", 'points = ["期限到"]\n', "", 30, "needs points"),
    ("an unknown field", 'zh = "期限到{end}为止。", en = "It ends on {end}."', 'zh = "期限到{last}为止。", en = "It ends on {last}."', 34, "{last} in text cannot be filled in"),
    ("a field of one language only", 'en = "It ends on {end}."', 'en = "It ends."', 34, "same fields open in both languages"),
    ("an unknown field of the preamble", 'zh = "{supporter}与{recipient}：", en = "{supporter} and {recipient}:"', 'zh = "{boss}：", en = "{boss}:"', 10, "{boss} in preamble cannot"),
    ("an unknown heading", 'heading = "term"', 'heading = "terms"', 32, "unknown heading, terms"),
    ("a heading twice", 'id = "term", number', 'id = "duties", number', 14, "heading id duties is given twice"),
    ("an unknown kind of evidence", 'evidence = ["posting"]', 'evidence = ["rumour"]', 28, "unknown kind of evidence, rumour"),
    ("a measure without evidence", 'evidence = ["posting"]\n', "", 17, "needs the kinds of evidence it accepts"),
    ("an id of a kind of evidence of another shape", 'id = "posting"', 'id = "Posting!"', 2, "the id of evidence kind Posting!"),
    ("a clause id of another shape", 'id = "end-day"', 'id = "end_day"', 31, "clause id end_day must look like"),
    ("a clause id too long for a bookmark", 'id = "end-day"', f'id = "{"a" * 33}"', 31, "at most 32 characters"),
    ("an unknown unit", 'unit = "person"', 'unit = "persons"', 27, "unit is 'persons'"),
    ("an unknown period", 'period = "year"', 'period = "week"', 27, "period is 'week'"),
    ("a target and undecided", "target = 3", "target = 3, undecided = true", 27, "either a target or undecided"),
    ("neither target nor undecided", "target = 3, ", "", 27, "either a target or undecided"),
    ("a target of nothing", "target = 3", "target = 0", 27, "target 0 is wrong"),
    ("a flag of three", 'unit = "person"', 'unit = "flag"', 27, "target 3 is wrong"),
    ("a measure that is no table", '{ unit = "person", target = 3, period = "year", mark = "seed" }', '"often"', 27, "measure must be a table"),
    ("an unknown key of a measure", "target = 3", "target = 3, most = 4", 27, "unknown key most"),
    ("an unknown key of a clause", 'points = ["期限到"]', 'points = ["期限到"]\ncolour = "red"', 36, "unknown key colour"),
    ("an unknown kind of agreement", 'kind = "union"', 'kind = "marriage"', 42, "kind is 'marriage'"),
    ("an unknown template to extend", 'extends = "plain"', 'extends = "fancy"', 43, "unknown template, fancy"),
    ("an inferred template without note", 'note = { zh = "文件没有文本。", en = "No text is printed." }\n', "", 40, "needs a note that says so"),
    ("seed without a governing document", 'clauses = [{ document = "L1", section = "§6" }]', 'clauses = [{ document = "P1" }]', 38, "mark seed needs a clause of a governing document"),
    ("an unknown document", 'section = "§7"', 'section = "§7" }, { document = "L8"', 56, "unknown document, L8"),
    ("no headings", 'heading = [\n  { id = "duties", number = "一、", zh = "职责", en = "Duties" },\n  { id = "term", number = "二、", zh = "期限", en = "Term" },\n]\n', "", 6, "heading is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "words"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_template_is_refused(write_pack, old: str, new: str, line: int, words: str) -> None:
    folder = write_pack((FILE, old, new))
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    matching = [problem for problem in caught.value.problems if words in problem.en]
    assert matching, str(caught.value)
    assert (matching[0].file.name, matching[0].line) == (FILE, line)
    assert any("一" <= character <= "鿿" for character in matching[0].zh)


def test_a_template_extends_another(write_pack) -> None:
    pack = check_pack(write_pack())
    closer = pack.agreements["closer"]
    assert [clause.id for clause in closer.clauses] == ["send-doctors", "meet-monthly", "end-day"]
    assert closer.headings == pack.agreements["plain"].headings
    assert closer.kind is AgreementKind.UNION
    assert pack.agreements["plain"].clauses[0].measure == Measure("person", 3, Period.YEAR, Mark.SEED)


def test_a_pack_inherits_templates_and_adds_its_own(write_pack, tmp_path: Path) -> None:
    write_pack()
    own = """\
[pack]
id = "later"
title = { zh = "后", en = "Later" }
description = { zh = "后", en = "Later" }
extends = "trial"

[[agreement]]
id = "own"
kind = "standard"
extends = "plain"
title = { zh = "本省协议", en = "Own agreement" }
preamble = { zh = "：", en = ":" }
mark = "seed"
clause = []
"""
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "pack.toml").write_text(own, encoding="utf-8")
    pack = check_pack(folder)
    assert list(pack.agreements) == ["plain", "closer", "own"]
    assert pack.agreements["own"].clauses == pack.agreements["plain"].clauses
    (folder / "pack.toml").write_text(own.replace('id = "own"', 'id = "plain"'), encoding="utf-8")
    with pytest.raises(PackError, match="already stands in the base pack"):
        check_pack(folder)


# ---------------------------------------------------------------- what the packs hold

PACK = load_pack("zhejiang-2014")
CLAUSES = [(name, clause) for name, template in PACK.agreements.items() for clause in template.clauses]


def test_every_variant_is_there() -> None:
    assert {name: template.kind.value for name, template in PACK.agreements.items()} == {
        "standard": "standard",
        "branch": "branch",
        "union": "union",
        "target-hospital": "target",
        "target-department": "target",
    }
    for name, template in PACK.agreements.items():
        assert template.mark is (Mark.SEED if name == "standard" else Mark.INFERRED)
    assert load_pack("national-2012").agreements == {}


def test_the_standard_agreement_holds_every_duty_of_the_model() -> None:
    """S1 annex 3, section by section."""
    standard = PACK.agreements["standard"]
    cited = {clause.section for one in standard.clauses for clause in one.clauses}
    duties = {f"附件3 §二(一){number}" for number in range(1, 7)} | {
        f"附件3 §二(二){number}" for number in range(1, 4)
    }
    assert duties <= cited
    assert {"附件3 §一", "附件3 §三", "附件3 §五"} <= cited
    assert {clause.rule for clause in standard.clauses} >= {f"AGR-{n:02}" for n in (1, 3, *range(6, 17))}
    for clause in standard.clauses:
        assert clause.mark is Mark.SEED
        if "§二(一)" in clause.source:
            assert clause.party is Party.SUPPORTER
        if "§二(二)" in clause.source:
            assert clause.party is Party.RECIPIENT
    assert {heading.id for heading in standard.headings} >= {clause.heading for clause in standard.clauses}


def test_the_union_agreement_only_adds() -> None:
    union, standard = PACK.agreements["union"], PACK.agreements["standard"]
    assert [clause for clause in union.clauses if clause in standard.clauses] == list(standard.clauses)
    assert len(union.clauses) > len(standard.clauses)


def test_target_agreements_name_both_first_responsible_persons() -> None:
    presidents = PACK.agreements["target-hospital"].clauses[0]
    heads = PACK.agreements["target-department"].clauses[0]
    assert open_fields(presidents.text.zh) == ("supporter_president", "recipient_president")
    assert set(open_fields(heads.text.zh)) == {"department", "supporter_head", "recipient_head"}
    for clause in (presidents, heads):
        assert clause.rule == "AGR-18"
        assert "共同第一责任人" in clause.text.zh


@pytest.mark.parametrize(("name", "clause"), CLAUSES, ids=[f"{name}:{c.id}" for name, c in CLAUSES])
def test_a_clause_says_where_it_comes_from_and_invents_no_figure(name: str, clause) -> None:
    assert clause.rule in PACK.rules
    assert clause.clauses
    assert clause.points
    assert clause_id(bookmark(clause.id)) == clause.id
    assert len(bookmark(clause.id)) <= 40
    if clause.measure:
        assert clause.evidence[-1] == "upload"
        if clause.measure.target is None:
            assert clause.measure.mark is Mark.INFERRED
            assert clause.measure.note
        if clause.measure.mark.to_confirm:
            assert clause.measure.note
    if clause.party is Party.SUPPORTER and clause.mark is Mark.SEED:
        assert "甲方" in clause.text.zh


def test_figures_that_the_documents_give() -> None:
    """The only targets above one, each with the rule that states it."""
    figures = {
        (clause.rule, clause.measure.unit, clause.measure.target)
        for _name, clause in CLAUSES
        if clause.measure and clause.measure.mark is Mark.SEED and clause.measure.target != 1
    }
    assert figures == {
        ("AGR-03", "copy", PACK.rule("AGR-03").value("originals")),
        ("AGR-12", "percent", PACK.rule("AGR-12").value("supporter_share_percent")),
        ("GOAL-01", "item", PACK.rule("GOAL-01").value("tasks_per_year")),
        ("GOAL-02", "percent", PACK.rule("GOAL-02").value("in_county_percent")),
    }


def test_the_engine_gets_the_clauses_with_their_sources() -> None:
    engine = PACK.agreements["standard"].engine(3)
    assert [clause.id for clause in engine.clauses] == [
        clause.id for clause in PACK.agreements["standard"].clauses
    ]
    posting = next(clause for clause in engine.clauses if clause.id == "supporter-posting")
    assert (posting.rule, posting.source, posting.party) == ("AGR-09", "S1 附件3 §二(一)2", Party.SUPPORTER)
    assert all(point in posting.text for point in posting.points)


def test_open_fields_are_filled_in() -> None:
    assert filled("自{start}起至{end}止", {"start": "2014年2月15日"}) == f"自2014年2月15日起至{BLANK}止"
    term = PACK.agreements["standard"].filled({"start": "今天", "end": "明天"}).under("term")[0]
    assert "自今天起至明天止" in term.text.zh
    assert "{" not in term.text.en


def test_bookmarks_of_others_stand_for_no_clause() -> None:
    assert clause_id("_Toc1234") == ""
    assert clause_id("supporter-posting") == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_of_the_guide_is_a_template(tmp_path: Path, language: str) -> None:
    page = Path(__file__).parents[3] / "docs" / "guide" / language / "developers.md"
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = [block for block in blocks if "[[agreement]]" in block]
    folder = tmp_path / "mine"
    folder.mkdir()
    header = '[pack]\nid = "mine"\ntitle = { zh = "例", en = "x" }\ndescription = { zh = "例", en = "x" }\n'
    text = f'{header}extends = "zhejiang-2014"\n\n{example}'
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    own = check_pack(folder).agreements["own"]
    assert len(own.clauses) == len(PACK.agreements["standard"].clauses) + 1
    assert own.under("supporter")[-1].id == "supporter-clinic"
