"""The catalogue of rules, as a reader of the documents can check it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from duikou.policy import Pack, Rule, available_packs, load_pack
from duikou.policy.vocabulary import DocumentKind, Force, Mark, Unit

# category | ids in the whole catalogue | of these in the national pack
CATALOGUE = [
    ("PAIR", 18, 5),
    ("AGR", 18, 0),
    ("GOAL", 12, 5),
    ("TGT", 4, 1),
    ("EVAL", 13, 7),
    ("PER", 17, 12),
    ("TRN", 5, 3),
    ("CAP", 5, 3),
    ("DIS", 7, 7),
    ("REF", 8, 8),
    ("TEL", 12, 12),
    ("CON", 5, 5),
    ("FUN", 3, 2),
    ("INF", 5, 4),
    ("CME", 2, 2),
    ("PRO", 4, 4),
    ("PATH", 2, 2),
    ("SDQ", 3, 3),
    ("SEC", 7, 7),
    ("OBL", 1, 1),
    ("DATA", 7, 0),
    ("PAT", 5, 5),
    ("SLD", 1, 1),
]

# Rules that rest on memory or on our own reading; every other rule was read somewhere.
RECALLED = {"PER-14", "PER-15", "TEL-09", "CON-05", "PRO-04", "SEC-03", "SEC-07", "PAT-05"}
INFERRED = {f"PAIR-{number}" for number in range(14, 19)} | {f"DATA-0{number}" for number in range(1, 8)}
INFERRED |= {"OBL-01", "PER-16", "PER-17", "TEL-10", "TEL-11", "TEL-12", "SLD-01"}  # no document says it
INFERRED |= {f"PAT-0{number}" for number in range(1, 5)} | {f"REF-0{number}" for number in range(5, 9)}


@pytest.fixture(scope="module")
def national() -> Pack:
    return load_pack("national-2012")


@pytest.fixture(scope="module")
def zhejiang() -> Pack:
    return load_pack("zhejiang-2014")


def test_there_are_two_packs() -> None:
    assert available_packs() == ("national-2012", "zhejiang-2014")


@pytest.mark.parametrize(("prefix", "whole", "of_nation"), CATALOGUE)
def test_ids_of_each_category(
    national: Pack, zhejiang: Pack, prefix: str, whole: int, of_nation: int
) -> None:
    numbers = [int(rule[-2:]) for rule in zhejiang.rules if rule.startswith(f"{prefix}-")]
    assert numbers == list(range(1, whole + 1))
    assert sum(rule.startswith(f"{prefix}-") for rule in national.rules) == of_nation


def test_the_catalogue_is_whole(national: Pack, zhejiang: Pack) -> None:
    assert len(zhejiang.rules) == sum(row[1] for row in CATALOGUE) == 164
    assert len(national.rules) == sum(row[2] for row in CATALOGUE) == 99


def test_rules_that_must_be_confirmed(zhejiang: Pack) -> None:
    by_mark = {mark: {rule.id for rule in zhejiang.rules.values() if rule.mark is mark} for mark in Mark}
    assert by_mark[Mark.RECALLED] == RECALLED
    assert by_mark[Mark.INFERRED] == INFERRED


def rules_of_both() -> list[Rule]:
    return [rule for pack_id in available_packs() for rule in load_pack(pack_id).rules.values()]


@pytest.mark.parametrize("rule", rules_of_both(), ids=lambda rule: f"{rule.pack}-{rule.id}")
def test_every_rule_is_founded_and_bilingual(rule: Rule) -> None:
    assert rule.clauses
    for text in (rule.title, rule.text, *(p.note for p in rule.parameters.values() if p.note)):
        assert re.search("[一-鿿]", text.zh)
        assert not re.search("[一-鿿]", text.en)
    if rule.force is Force.CHECK:
        assert rule.mark in (Mark.INFERRED, Mark.RECALLED)
    if rule.mark is Mark.SEED:
        assert rule.clauses[0].document in ("S1", "S2")


def test_seed_rules_of_the_nation_cite_s2_and_those_of_zhejiang_s1(national: Pack, zhejiang: Pack) -> None:
    for pack, seed in ((national, "S2"), (zhejiang, "S1")):
        for rule in pack.rules.values():
            if rule.pack == pack.id and rule.mark is Mark.SEED:
                assert seed in {clause.document for clause in rule.clauses}, rule.id


def test_what_other_places_do_never_binds(zhejiang: Pack) -> None:
    elsewhere = ["PER-10", "TRN-05", "PRO-02", "PRO-03", "GOAL-10", "EVAL-08", "FUN-03", "PAIR-13"]
    assert {zhejiang.rule(rule).force for rule in elsewhere} == {Force.REFERENCE}


def test_rules_that_stand_in_both_documents_are_replaced_in_zhejiang(zhejiang: Pack) -> None:
    replaced = {rule.id for rule in zhejiang.rules.values() if rule.replaces}
    assert replaced == {"PAIR-09", "TGT-02", "PER-05", "CAP-02", "REF-01", "TEL-01", "PRO-01"}
    for rule_id in replaced - {"PRO-01"}:
        cited = {clause.document for clause in zhejiang.rule(rule_id).clauses}
        assert {"S1", "S2"} <= cited, rule_id


def test_every_document_of_a_pack_is_cited() -> None:
    for pack_id in available_packs():
        pack = load_pack(pack_id)
        entries = [
            pack.rules, pack.specialties, pack.techniques, pack.diseases, pack.calendar, pack.consents,
            pack.payments, pack.tiers, pack.referral_conditions,
        ]  # fmt: skip
        cited = {clause.document for group in entries for entry in group.values() for clause in entry.clauses}
        replaced = [rule.replaces for rule in pack.rules.values() if rule.replaces]
        cited |= {clause.document for rule in replaced for clause in rule.clauses}
        assert set(pack.documents) == cited


def test_public_pages_carry_their_number_and_site(zhejiang: Pack) -> None:
    pages = [document for document in zhejiang.documents.values() if document.kind is DocumentKind.PAGE]
    assert all(re.fullmatch(r"F\d+", page.id) for page in pages)
    assert [page.id for page in pages if not page.site] == ["F18"]


def test_the_governing_documents(zhejiang: Pack) -> None:
    facts = {
        document.id: (document.number, str(document.issued))
        for document in zhejiang.documents.values()
        if document.kind is DocumentKind.GOVERNING
    }
    assert facts == {
        "S1": ("浙卫发〔2014〕23号", "2014-01-26"),
        "S2": ("卫医管发〔2012〕60号", "2012-09-17"),
    }


def test_what_the_documents_leave_open_has_no_value(zhejiang: Pack) -> None:
    undecided = {
        f"{rule.id}.{parameter.name}"
        for rule in zhejiang.rules.values()
        for parameter in rule.parameters.values()
        if not parameter.decided
    }
    assert undecided == {
        "AGR-15.report_breach_within",
        "CME-01.leave_days_allowed",
        "EVAL-02.weights",
        "FUN-01.subsidy_standard",
        "INF-02.bulletin_months",
        "INF-02.report_months",
        "PER-01.stay_months",
        "PER-01.team_minimum",
    }


def test_words_of_parameters_have_names_in_both_languages(zhejiang: Pack) -> None:
    plain = re.compile(r"[A-Z]\d{2}(\.\d)?|\d{2}-\d{2}|S1 附件\d")  # codes, days and clauses need no names
    for rule in zhejiang.rules.values():
        for parameter in rule.parameters.values():
            if parameter.unit in (Unit.TEXT, Unit.KIND) and parameter.decided:
                for value in words_of(parameter.value):
                    assert value in zhejiang.words or plain.fullmatch(value), (rule.id, value)


def words_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*(word for words in value.values() for word in words)]
    return list(value) if isinstance(value, tuple) else [str(value)]


def test_marks_of_the_whole_catalogue(zhejiang: Pack) -> None:
    counts = Counter(rule.mark for rule in zhejiang.rules.values())
    assert counts[Mark.RECALLED] == 8
    assert counts[Mark.INFERRED] == 27
    assert counts[Mark.SEED] + counts[Mark.FOUND] == 129
