"""How a pack stands on another one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duikou.policy import PackError, available_packs, check_pack, load_pack
from tests.unit.policy.conftest import CATALOGUES, FILES, HEADER

CHILD = """\
[pack]
id = "child"
title = { zh = "下级", en = "Child" }
description = { zh = "供测试", en = "For tests" }
extends = "trial"
valid_from = 2014-06-01
"""

RULE = """
[[rule]]
id = "PAIR-01"
replaces = true
title = { zh = "四所", en = "Four" }
text = { zh = "约四所。", en = "About four." }
clauses = [{ document = "L1", section = "§1" }]
mark = "seed"
force = "binding"
parameters.target = { value = 4, unit = "hospital" }

[[rule]]
id = "PAIR-02"
title = { zh = "两所", en = "Two" }
text = { zh = "两所。", en = "Two." }
clauses = [{ document = "P1" }]
mark = "recalled"
force = "reference"
valid_from = 2001-01-01
valid_to = 2001-12-31
"""


def child(base: Path, text: str) -> Path:
    folder = base.parent / "child"
    folder.mkdir()
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_child_replaces_and_adds(write_pack) -> None:
    base = write_pack()
    pack = check_pack(child(base, CHILD + RULE))
    first, second = pack.rules.values()
    assert (first.id, first.pack, first.value("target")) == ("PAIR-01", "child", 4)
    assert first.replaces is not None
    assert (first.replaces.pack, first.replaces.value("target")) == ("trial", 3)
    assert (second.id, second.pack) == ("PAIR-02", "child")
    assert set(pack.specialties) == {"oncology"}
    assert pack.milestone_years[2015].listed
    assert pack.sources(first) == (pack.documents["L1"],)


def test_an_override_must_be_said(write_pack) -> None:
    folder = child(write_pack(), CHILD + RULE.replace("replaces = true\n", ""))
    with pytest.raises(PackError, match="to override it say replaces = true") as caught:
        check_pack(folder)
    assert caught.value.line == 9


@pytest.mark.parametrize("section", ["document", "category", "specialty", "event"])
def test_other_entries_of_the_base_cannot_be_given_again(write_pack, section: str) -> None:
    entry = next(
        part for part in (HEADER + "\n" + CATALOGUES).split("\n\n") if part.startswith(f"[[{section}]]")
    )
    folder = child(write_pack(), CHILD + "\n" + entry + "\n")
    with pytest.raises(PackError, match="already stands in the base pack") as caught:
        check_pack(folder)
    assert caught.value.line == 9


def test_a_milestone_year_of_the_base_cannot_be_given_again(write_pack) -> None:
    entry = '[[milestone_year]]\nyear = 2015\ndue = 2015-06-30\ndue_mark = "inferred"\n'
    folder = child(write_pack(), CHILD + entry + 'clauses = [{ document = "L1", section = "§3" }]\n')
    with pytest.raises(PackError, match="id 2015 already stands in the base pack"):
        check_pack(folder)


def test_the_child_may_not_begin_before_its_base(write_pack) -> None:
    folder = child(write_pack(), CHILD.replace("2014-06-01", "2013-06-01"))
    with pytest.raises(PackError, match="outside the validity of pack trial") as caught:
        check_pack(folder)
    assert caught.value.line == 6


def test_an_unknown_base_is_refused(write_pack) -> None:
    folder = child(write_pack(), CHILD.replace('extends = "trial"', 'extends = "nothing"'))
    with pytest.raises(PackError, match="extends names an unknown pack, nothing") as caught:
        check_pack(folder)
    assert caught.value.line == 5


def test_a_cycle_is_refused_with_its_chain(write_pack) -> None:
    base = write_pack(("pack.toml", 'id = "trial"', 'id = "trial"\nextends = "child"'))
    folder = child(base, CHILD)
    with pytest.raises(PackError, match="extends forms a cycle: child → trial → child"):
        check_pack(folder)


def test_a_pack_cannot_extend_itself(write_pack) -> None:
    folder = write_pack(("pack.toml", 'id = "trial"', 'id = "trial"\nextends = "trial"'))
    with pytest.raises(PackError, match="extends forms a cycle: trial → trial"):
        check_pack(folder)


def test_a_fault_of_the_base_is_reported_where_it_stands(write_pack) -> None:
    base = write_pack(("rules.toml", 'mark = "seed"', 'mark = "sure"'))
    with pytest.raises(PackError) as caught:
        check_pack(child(base, CHILD + RULE))
    (problem,) = caught.value.problems
    assert problem.place() == "trial/rules.toml:6"


def test_a_base_is_also_looked_for_among_the_built_in_packs(tmp_path: Path) -> None:
    folder = tmp_path / "child"
    folder.mkdir()
    text = CHILD.replace('extends = "trial"', 'extends = "national-2012"')
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    assert check_pack(folder).rule("CME-01").pack == "national-2012"


def test_a_single_file_is_a_pack_too(tmp_path: Path) -> None:
    file = tmp_path / "trial.toml"
    file.write_text("\n".join(FILES.values()), encoding="utf-8")
    assert available_packs(tmp_path) == ("trial",)
    assert check_pack(file).rules.keys() == {"PAIR-01"}
    assert load_pack("trial", tmp_path) is load_pack("trial", tmp_path)


def test_load_pack_names_the_packs_that_exist() -> None:
    with pytest.raises(
        PackError, match="there is no policy pack zhejiang; known: national-2012、zhejiang-2014"
    ):
        load_pack("zhejiang")


def test_rules_on_a_day(write_pack) -> None:
    pack = check_pack(child(write_pack(), CHILD + RULE))
    assert set(pack.on(date(2014, 5, 31))) == set()
    assert set(pack.on(date(2014, 6, 1))) == {"PAIR-01"}
    assert set(pack.on(date(2001, 7, 1))) == {"PAIR-02"}


def test_audit_rules_are_those_with_a_severity(write_pack) -> None:
    base = check_pack(write_pack())
    spec = base.audit_rules()["PAIR-01"]
    assert (spec.clause, spec.mark, spec.parameters) == ("L1 §1", "seed", {"target": 3})
    assert base.audit_rules(date(2013, 1, 1)) == {}


def test_undecided_parameters_stay_out_of_the_audit(write_pack) -> None:
    pack = check_pack(write_pack(("rules.toml", "value = 3", "undecided = true")))
    rule = pack.rule("PAIR-01")
    assert rule.value("target") is None
    assert rule.to_confirm
    assert pack.audit_rules()["PAIR-01"].parameters == {}


def test_asking_for_what_is_not_there_says_so(write_pack) -> None:
    pack = check_pack(write_pack())
    with pytest.raises(KeyError, match="policy pack trial has no rule 'PAIR-99'"):
        pack.rule("PAIR-99")
    with pytest.raises(KeyError, match="rule PAIR-01 has no parameter 'limit'; it has: target"):
        pack.rule("PAIR-01").value("limit")
    assert pack.word("unnamed").en == "unnamed"
