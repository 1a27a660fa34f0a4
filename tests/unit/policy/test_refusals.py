# ruff: noqa: E501  (one broken pack per line keeps the table readable)
"""Every way in which a pack can be wrong is refused with file, line and both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.policy import PackError, check_pack
from tests.unit.policy.conftest import CATALOGUES, RULE

# what is wrong | file | text of the right pack | text put in its place | line | words of the message
BROKEN = [
    # --- keys and types
    ("unknown key of a rule", "rules.toml", 'force = "binding"', 'force = "binding"\ncolour = "red"', 8, "unknown key colour"),
    ("unknown section", "rules.toml", "[[rule]]", "[[rules]]", 1, "unknown key rules"),
    ("unknown key of the header", "pack.toml", "valid_from", 'owner = "x"\nvalid_from', 5, "unknown key owner"),
    ("unknown key of a text", "rules.toml", 'en = "Three"', 'en = "Three", fr = "Trois"', 3, "unknown key fr"),
    ("unknown key of a clause", "rules.toml", 'section = "§1"', 'section = "§1", page = 3', 5, "unknown key page"),
    ("unknown key of a parameter", "rules.toml", 'unit = "hospital"', 'unit = "hospital", max = 4', 9, "unknown key max"),
    ("wrong type of an id", "rules.toml", 'id = "PAIR-01"', "id = 1", 2, "id must be a string, found an integer"),
    ("wrong type of an integer", "catalogues.toml", "order = 1", "order = true", 3, "order must be an integer, found true or false"),
    ("wrong type of a date", "pack.toml", "issued = 2014-01-01", 'issued = "2014-01-01"', 14, "issued must be a date, found a string"),
    ("a date with a time", "pack.toml", "issued = 2014-01-01", "issued = 2014-01-01T00:00:00", 14, "issued must be a date"),
    ("wrong type in a list", "catalogues.toml", "years = [2014, 2015]", 'years = [2014, "2015"]', 50, "each item of years must be an integer"),
    ("a section that is no array", "rules.toml", "[[rule]]", "[rule]", 1, "rule must be an array, found a table"),
    ("parameters that are no table", "rules.toml", "parameters.target = {", "parameters = 3\nnote = {", 9, "parameters must be a table"),
    ("a parameter that is no table", "rules.toml", 'target = { value = 3, unit = "hospital" }', "target = 3", 9, "parameters.target must be a table"),
    ("the header as a list", "pack.toml", "[pack]", "[[pack]]", 1, "pack must be a table"),
    # --- what is missing
    ("no id", "rules.toml", 'id = "PAIR-01"\n', "", 1, "id is missing"),
    ("no clause", "rules.toml", 'clauses = [{ document = "L1", section = "§1" }]\n', "", 1, "clauses is missing"),
    ("an empty list of clauses", "rules.toml", '[{ document = "L1", section = "§1" }]', "[]", 5, "clauses needs at least one entry"),
    ("no section of a governing document", "rules.toml", ', section = "§1"', "", 5, "a clause of L1 needs its section"),
    ("no mark", "rules.toml", 'mark = "seed"\n', "", 1, "mark is missing"),
    ("no force", "rules.toml", 'force = "binding"\n', "", 1, "force is missing"),
    ("no English", "rules.toml", ', en = "About three."', "", 4, "en is missing"),
    ("empty Chinese", "rules.toml", 'zh = "三所"', 'zh = " "', 3, "zh must not be empty"),
    ("no unit", "rules.toml", ', unit = "hospital"', "", 9, "unit is missing"),
    ("no value", "rules.toml", "value = 3, ", "", 9, "value is missing"),
    ("a governing document without number", "pack.toml", 'number = "1"\n', "", 8, "a governing document needs number"),
    ("a governing document without date", "pack.toml", "issued = 2014-01-01\n", "", 8, "a governing document needs issued"),
    ("a page without site", "pack.toml", 'site = "example.org"\n', "", 16, "a public page needs its site"),
    ("a discipline code without mark", "catalogues.toml", "order = 1", 'order = 1\ndiscipline_code = "19"', 1, "discipline_code and discipline_mark go together"),
    ("an age without mark", "catalogues.toml", "number = 1", "number = 1\nage_max = 14", 31, "age_max and age_mark go together"),
    # --- closed lists
    ("an unknown mark", "rules.toml", 'mark = "seed"', 'mark = "sure"', 6, "mark is 'sure'"),
    ("an unknown severity", "rules.toml", 'severity = "warning"', 'severity = "fatal"', 8, "severity is 'fatal'"),
    ("an unknown unit", "rules.toml", 'unit = "hospital"', 'unit = "hospitals"', 9, "unit is 'hospitals'"),
    ("an unknown prefix", "rules.toml", '"PAIR-01"', '"LOAD-01"', 2, "prefix of rule id LOAD-01"),
    ("an id of another shape", "rules.toml", '"PAIR-01"', '"PAIR-1"', 2, "rule id PAIR-1 must look like PAIR-01"),
    ("a parameter name with capitals", "rules.toml", "parameters.target", "parameters.Target", 9, "parameter name Target"),
    ("an ICD code of another shape", "catalogues.toml", '"I22"', '"22"', 40, "ICD-10 code 22"),
    # --- values and units
    ("a text where a number stands", "rules.toml", "value = 3", 'value = "3"', 9, "has unit hospital, so its value cannot be a string"),
    ("a flag with a number", "rules.toml", 'unit = "hospital"', 'unit = "flag"', 9, "has unit flag, so its value cannot be an integer"),
    ("true as a number", "rules.toml", "value = 3", "value = true", 9, "cannot be true or false"),
    ("an unknown kind", "rules.toml", 'value = 3, unit = "hospital"', 'value = ["clinic"], unit = "kind"', 9, "unknown kind, clinic"),
    ("a matrix in a number's unit", "rules.toml", "value = 3", 'value = { eye = ["eye"] }', 9, "its unit must be kind or text"),
    ("a matrix without lists", "rules.toml", 'value = 3, unit = "hospital"', 'value = { eye = "eye" }, unit = "kind"', 9, "eye must be an array"),
    ("an unknown kind in a matrix", "rules.toml", 'value = 3, unit = "hospital"', 'value = { eye = ["ear"] }, unit = "kind"', 9, "unknown kind, ear"),
    ("undecided and yet a value", "rules.toml", "value = 3", "undecided = true, value = 3", 9, "cannot be undecided and have a value"),
    # --- references
    ("an unknown document", "rules.toml", 'document = "L1"', 'document = "L9"', 5, "unknown document, L9"),
    ("seed on a public page", "rules.toml", '{ document = "L1", section = "§1" }', '{ document = "P1" }', 6, "mark seed needs a clause of a governing document"),
    ("found in a governing document", "rules.toml", 'mark = "seed"', 'mark = "found"', 6, "mark found needs a clause of a public page"),
    ("a technique of an unknown specialty", "catalogues.toml", 'specialty = "oncology"', 'specialty = "surgery"', 27, "unknown specialty surgery"),
    ("a technique of a year without tasks", "catalogues.toml", "year = 2015\nkind", "year = 2014\nkind", 24, "2014 is no milestone year with listed tasks"),
    ("a calendar entry of an unknown rule", "catalogues.toml", 'rule = "PAIR-01"', 'rule = "PAIR-09"', 53, "unknown rule PAIR-09"),
    ("a conflict of an unknown entry", "catalogues.toml", 'entries = ["evaluation"]', 'entries = ["audit"]', 66, "unknown calendar entry audit"),
    ("a question on an unknown rule", "catalogues.toml", 'rules = ["PAIR-01"]', 'rules = ["PAIR-09"]', 74, "unknown rule PAIR-09"),
    ("replaces without a base", "rules.toml", 'mark = "seed"', 'replaces = true\nmark = "seed"', 6, "the base pack has no such rule"),
    # --- dates
    ("a rule that ends before it begins", "rules.toml", 'mark = "seed"', 'valid_from = 2015-01-01\nvalid_to = 2014-06-01\nmark = "seed"', 7, "valid_to 2014-06-01 lies before valid_from 2015-01-01"),
    ("a rule from before its pack", "rules.toml", 'mark = "seed"', 'valid_from = 2013-12-31\nmark = "seed"', 6, "valid_from 2013-12-31 lies outside the validity of pack trial"),
    ("a rule that outlives its pack", "rules.toml", 'mark = "seed"', 'valid_to = 2017-01-01\nmark = "seed"', 6, "valid_to 2017-01-01 lies outside"),
    ("a pack that ends before it begins", "pack.toml", "valid_to = 2016-12-31", "valid_to = 2013-12-31", 6, "lies before valid_from"),
    ("a milestone due in another year", "catalogues.toml", "due = 2015-12-31", "due = 2016-01-31", 17, "due 2016-01-31 does not fall in 2015"),
    ("a milestone after the pack", "catalogues.toml", "year = 2015\ndue = 2015-12-31", "year = 2017\ndue = 2017-12-31", 17, "lies outside the validity of the pack"),
    ("a window that ends before it begins", "catalogues.toml", "due = 2014-02-15", "due = 2014-01-15", 62, "due 2014-01-15 lies before start"),
    ("a window without end", "catalogues.toml", "start = 2014-02-01\ndue = 2014-02-15", "start = 2014-02-01", 61, "start needs due"),
    ("a yearly window backwards", "catalogues.toml", 'due_day = "12-31"', 'due_day = "09-30"', 52, "due_day lies before start_day"),
    ("a day that does not exist", "catalogues.toml", 'due_day = "12-31"', 'due_day = "02-30"', 52, "expected MM-DD"),
    ("a day of another shape", "catalogues.toml", 'due_day = "12-31"', 'due_day = "31.12."', 52, "expected MM-DD"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_pack_is_refused(write_pack, file: str, old: str, new: str, line: int, words: str) -> None:
    folder = write_pack((file, old, new))
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    matching = [problem for problem in caught.value.problems if words in problem.en]
    assert matching, str(caught.value)
    problem = matching[0]
    assert (problem.file.name, problem.line) == (file, line)
    assert any("一" <= character <= "鿿" for character in problem.zh)
    assert f"trial/{file}:{line}" in str(caught.value)


def test_the_right_pack_is_accepted(write_pack) -> None:
    pack = check_pack(write_pack())
    assert list(pack.rules) == ["PAIR-01"]
    assert pack.rule("PAIR-01").value("target") == 3


def test_all_faults_are_reported_at_once(write_pack) -> None:
    folder = write_pack(
        ("rules.toml", 'mark = "seed"', 'mark = "sure"\ncolour = "red"'),
        extra={"catalogues.toml": "[[specialty]]\nid = 3\n"},
    )
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    error = caught.value
    assert {problem.file.name for problem in error.problems} == {"rules.toml", "catalogues.toml"}
    assert len(error.problems) >= 6
    assert [problem.file.name for problem in error.problems] == sorted(p.file.name for p in error.problems)
    assert (error.file, error.line) == (error.problems[0].file, error.problems[0].line)
    assert error.zh == error.problems[0].zh
    assert error.en == error.problems[0].en


@pytest.mark.parametrize("section", ["rule", "specialty", "technique", "disease", "event", "question"])
def test_a_duplicate_id_names_both_places(write_pack, section: str) -> None:
    whole = RULE + "\n" + CATALOGUES
    entry = next(part for part in whole.split("\n\n") if part.startswith(f"[[{section}]]"))
    folder = write_pack(extra={"zz-again.toml": entry + "\n"})
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    problem = caught.value.problems[0]
    assert problem.file.name == "zz-again.toml"
    assert problem.line == 2
    assert "is given twice, first at " in problem.en


def test_a_syntax_error_gives_its_line_and_hides_what_follows_from_it(write_pack) -> None:
    folder = write_pack(("pack.toml", 'number = "1"', "number = = 1"))
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    (problem,) = caught.value.problems
    assert (problem.file.name, problem.line) == ("pack.toml", 12)
    assert "TOML syntax error" in problem.en


def test_a_file_in_another_encoding_is_refused(write_pack) -> None:
    folder = write_pack()
    (folder / "rules.toml").write_bytes("# first\n# 规则\n".encode("gb18030"))
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    (problem,) = caught.value.problems
    assert (problem.file.name, problem.line, problem.en) == ("rules.toml", 2, "the file is not UTF-8")


def test_an_empty_or_missing_folder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.toml"):
        with pytest.raises(PackError, match="no TOML file was found"):
            check_pack(folder)


def test_a_pack_without_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match=r"the \[pack\] header is missing"):
        check_pack(tmp_path)


def test_a_second_header_is_refused(write_pack) -> None:
    folder = write_pack(extra={"second.toml": '[pack]\nid = "trial"\n'})
    with pytest.raises(PackError) as caught:
        check_pack(folder)
    assert any(
        problem.file.name == "second.toml" and problem.line == 1 and "only once" in problem.en
        for problem in caught.value.problems
    )


def test_the_id_must_be_the_folders_name(write_pack) -> None:
    with pytest.raises(PackError, match="differs from the folder's name, other") as caught:
        check_pack(write_pack(name="other"))
    assert caught.value.line == 2
