"""Facts of the two governing documents, as tables that a domain reader can check."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from duikou.engines.pairing.model import HospitalKind, RuleSpec, Severity, UnitKind
from duikou.policy import Pack, available_packs, load_pack
from duikou.policy.vocabulary import CodeUse, Mark, Phase, TechniqueKind
from tests.spec.pairing.zhejiang import findings

# pack | rule | parameter | value | clause
THRESHOLDS = [
    ("zhejiang-2014", "PAIR-01", "target", 3, "S1 §三(一)"),
    ("zhejiang-2014", "PAIR-02", "target", 2, "S1 §三(一)"),
    ("zhejiang-2014", "PAIR-03", "minimum", 1, "S1 §一(一); S1 §三(一)"),
    ("zhejiang-2014", "PAIR-04", "minimum", 1, "S1 §四(一)"),
    ("zhejiang-2014", "PAIR-05", "max_supporters", 1, "S1 §二(二)"),
    ("zhejiang-2014", "AGR-01", "deadline", date(2014, 2, 15), "S1 §四(一)"),
    ("zhejiang-2014", "AGR-01", "term_years", 3, "S1 §四(一)"),
    ("zhejiang-2014", "AGR-02", "copies", 1, "S1 §四(一)"),
    ("zhejiang-2014", "AGR-03", "originals", 4, "S1 附件3 §五"),
    ("zhejiang-2014", "AGR-04", "reductions_allowed", False, "S1 §四(一)"),
    ("zhejiang-2014", "GOAL-01", "tasks_per_year", 4, "S1 §一; S1 §三(二)"),
    ("zhejiang-2014", "GOAL-02", "in_county_percent", 90, "S1 §一"),
    ("zhejiang-2014", "CAP-01", "out_referral_top_n", 5, "S1 §三(三)"),
    ("zhejiang-2014", "CAP-01", "named_specialties", 22, "S1 §三(三)"),
    ("zhejiang-2014", "CAP-02", "out_referral_top_n", 5, "S1 §三(三); S2 §三(一)"),
    ("zhejiang-2014", "EVAL-02", "quarter", "Q4", "S1 §四(三)2"),
    ("zhejiang-2014", "PER-01", "stay_months", None, "S1 附件3 §二(一)2"),
    ("zhejiang-2014", "PAIR-09", "listed", 2, "S1 附件1; S2 §一"),
    ("national-2012", "GOAL-03", "in_county_percent", 90, "S2 §一"),
    ("national-2012", "GOAL-03", "grade", "二级甲等", "S2 §一"),
    ("national-2012", "CAP-02", "out_referral_top_n", 4, "S2 §三(一)"),
    ("national-2012", "CAP-02", "out_referral_years", 3, "S2 §三(一)"),
    ("national-2012", "CAP-02", "major_diseases", 20, "S2 §三(一)"),
    ("national-2012", "CME-01", "posting_months", 3, "S2 §五(三)"),
    ("national-2012", "CME-01", "training_months", 6, "S2 §五(三)"),
    ("national-2012", "PER-09", "team_minimum", 5, "F16"),
    ("national-2012", "PER-09", "stay_months", 6, "F16"),
    ("national-2012", "PATH-01", "entry_min_percent", 50, "F46"),
    ("national-2012", "PATH-01", "completion_min_percent", 70, "F46"),
    ("national-2012", "SDQ-02", "pci_max_minutes", 90, "F48; F49"),
    ("national-2012", "EVAL-13", "intensity_max", 40, "F14"),
]


@pytest.fixture(scope="module")
def zhejiang() -> Pack:
    return load_pack("zhejiang-2014")


@pytest.mark.parametrize(("pack_id", "rule_id", "parameter", "value", "clause"), THRESHOLDS)
def test_thresholds(pack_id: str, rule_id: str, parameter: str, value: object, clause: str) -> None:
    rule = load_pack(pack_id).rule(rule_id)
    assert rule.value(parameter) == value
    assert rule.clause == clause


def test_six_dimensions_of_the_provincial_evaluation(zhejiang: Pack) -> None:
    dimensions = zhejiang.rule("EVAL-02").value("dimensions")
    assert [zhejiang.word(str(word)).zh for word in dimensions] == [  # type: ignore[union-attr]
        "组织管理",
        "人才培养",
        "适宜技术普及",
        "重点专科建设",
        "外转率变化",
        "技术能力与质量安全",
    ]


def test_the_four_ones(zhejiang: Pack) -> None:
    kinds = zhejiang.rule("GOAL-01").value("kinds")
    assert kinds == ("urgent_need", "weak_link", "technical_team", "new_service")


# --- what the pairing audit receives

SUPPORT = {"max_supporters", "departments_and_reason_allow", "max_gap_days"}
AUDITED = {
    "PAIR-01": ("S1 §三(一)", "seed", "warning", {"target", "note_off_by", "kinds"}),
    "PAIR-02": ("S1 §三(一)", "seed", "warning", {"target", "kinds"}),
    "PAIR-03": ("S1 §一(一); S1 §三(一)", "seed", "error", {"minimum", "unit_kinds"}),
    "PAIR-04": ("S1 §四(一)", "seed", "warning", {"minimum", "unit_kinds", "tables"}),
    "PAIR-05": ("S1 §二(二)", "seed", "warning", SUPPORT),
    "PAIR-14": ("S1 §二(二)", "inferred", "warning", {"matrix"}),
    "PAIR-15": ("S1 §三(一)", "inferred", "note", {"minimum", "unit_kinds"}),
    "PAIR-16": ("S1 §三(一)", "inferred", "note", {"kinds", "ownerships", "development_zone"}),
    "PAIR-17": ("S1 §一(一); S1 §四(一)", "inferred", "note", {"unit_kinds"}),
    "PAIR-18": ("S1 §四(一)", "inferred", "warning", {"tables"}),
    "DATA-01": ("S1 附件1; S1 附件2", "inferred", "note", {"table_clauses"}),
    "DATA-02": ("S1 附件1; S1 附件2", "inferred", "note", {"table_clauses"}),
    "DATA-03": ("S1 附件1; S1 附件2", "inferred", "note", {"table_clauses"}),
    "DATA-04": ("S1 附件1; S1 附件2", "inferred", "warning", {"table_clauses"}),
    "DATA-05": ("S1 附件1; S1 附件2", "inferred", "error", {"table_clauses"}),
    "DATA-06": ("S1 附件1; S1 附件2", "inferred", "warning", {"table_clauses"}),
    "DATA-07": ("S1 附件1; S1 附件2", "inferred", "error", {"table_clauses"}),
}  # fmt: skip

COUNTIES = {UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.AUTONOMOUS_COUNTY}


def test_the_audited_rules(zhejiang: Pack) -> None:
    found = {
        rule_id: (spec.clause, spec.mark, str(zhejiang.rule(rule_id).severity), set(spec.parameters))
        for rule_id, spec in zhejiang.audit_rules().items()
    }
    assert found == AUDITED


def test_parameters_of_the_load_rules(zhejiang: Pack) -> None:
    rules = zhejiang.audit_rules()
    assert rules["PAIR-01"].parameters == {"target": 3, "note_off_by": 1, "kinds": ("general",)}
    assert set(kinds_of(rules["PAIR-02"], "kinds")) == {
        HospitalKind.SPECIALISED,
        HospitalKind.MATERNAL_CHILD,
        HospitalKind.PSYCHIATRIC,
        HospitalKind.DENTAL,
        HospitalKind.EYE,
    }
    for rule_id in ("PAIR-03", "PAIR-04", "PAIR-17"):
        assert set(kinds_of(rules[rule_id], "unit_kinds")) == COUNTIES
    assert kinds_of(rules["PAIR-15"], "unit_kinds") == ("district",)
    assert rules["PAIR-05"].parameters["max_gap_days"] == 0


def kinds_of(spec: RuleSpec, name: str) -> tuple[str, ...]:
    value = spec.parameters[name]
    assert isinstance(value, tuple)
    return value


# supporter | recipient | is the pair of kinds accepted?  (examples from annexes 1 and 2)
KINDS = [
    ("psychiatric", "general", False),  # 绍兴市第七人民医院 → 上虞市人民医院
    ("maternal_child", "general", False),  # 湖州市妇幼保健院 → 南浔区双林人民医院
    ("maternal_child", "township", False),  # 舟山市妇幼保健院 → 定海区金塘中心卫生院
    ("specialised", "general", False),  # 浙江省肿瘤医院 → 余杭区第二人民医院
    ("psychiatric", "psychiatric", True),  # 温州市第七人民医院 → 温州市鹿城精神病医院
    ("maternal_child", "maternal_child", True),  # 湖州市妇幼保健院 → 安吉县妇幼保健院
    ("specialised", "maternal_child", True),  # 儿童医院 → 永康市妇幼保健院
    ("dental", "dental", True),  # 口腔医院 → 武义县口腔医院
    ("eye", "general", True),  # 眼视光医院 → 洞头县人民医院: its eye department
    ("general", "tcm", True),  # 武警杭州医院 → 淳安县中医院
    ("general", "township", True),  # 杭州市第三人民医院 → 桐庐富春江中心卫生院: PAIR-16 notes it
    ("tcm", "general", True),  # 浙江省中医院 → 松阳县人民医院
    ("tcm", "integrated", True),  # 杭州市中医院 → 建德市中西医结合医院
    ("integrated", "general", True),  # 温州市中西医结合医院 → 龙湾区人民医院
]


@pytest.mark.parametrize(("supporter", "recipient", "accepted"), KINDS)
def test_matching_kinds(zhejiang: Pack, supporter: str, recipient: str, accepted: bool) -> None:
    matrix = zhejiang.rule("PAIR-14").value("matrix")
    assert isinstance(matrix, dict)
    assert (recipient in matrix[supporter]) is accepted


def test_the_matrix_knows_every_kind_of_supporter_and_never_warns_of_an_unknown_recipient(
    zhejiang: Pack,
) -> None:
    matrix = zhejiang.rule("PAIR-14").value("matrix")
    assert isinstance(matrix, dict)
    assert set(matrix) == {kind.value for kind in HospitalKind} - {"township"}  # no township supports
    assert all("other" in accepted for accepted in matrix.values())


# --- specialties and techniques

SPECIALTIES = [
    "呼吸内科",
    "消化内科",
    "神经内科",
    "心血管内科",
    "肾病学",
    "普通外科",
    "神经外科",
    "骨科",
    "泌尿外科",
    "胸外科",
    "妇产科",
    "儿科",
    "眼科",
    "耳鼻咽喉科",
    "口腔科",
    "精神科",
    "肿瘤科",
    "麻醉科",
    "重症医学科",
    "临床检验科",
    "病理科",
    "医学影像科",
]


def test_22_specialties_in_the_order_of_the_document(zhejiang: Pack) -> None:
    ordered = sorted(zhejiang.specialties.values(), key=lambda specialty: specialty.order)
    assert [specialty.title.zh for specialty in ordered] == SPECIALTIES
    assert [specialty.order for specialty in ordered] == list(range(1, 23))
    groups = [specialty.group.zh if specialty.group else "" for specialty in ordered]
    assert (groups.count("内科"), groups.count("外科")) == (5, 5)
    assert all(specialty.discipline_mark is Mark.RECALLED for specialty in ordered)


# year | kind | departments or techniques
MILESTONES = [
    (2015, TechniqueKind.DEPARTMENT, {"critical_care", "pathology"}, 2),
    (
        2015,
        TechniqueKind.ENDOSCOPY,
        {"gastroenterology", "respiratory", "general_surgery", "urology", "obstetrics_gynaecology"},
        5,
    ),
    (2015, TechniqueKind.TECHNIQUE, {"nephrology"}, 1),
    (2015, TechniqueKind.DISEASES, {None}, 1),
    (2016, TechniqueKind.ENDOSCOPY, {"orthopaedics", "thoracic_surgery", None}, 3),
    (2016, TechniqueKind.TECHNIQUE, {"orthopaedics", "cardiology"}, 2),
]


@pytest.mark.parametrize(("year", "kind", "specialties", "count"), MILESTONES)
def test_milestones(
    zhejiang: Pack, year: int, kind: TechniqueKind, specialties: set[str | None], count: int
) -> None:
    items = [item for item in zhejiang.techniques.values() if (item.year, item.kind) == (year, kind)]
    assert len(items) == count
    assert {item.specialty for item in items} == specialties


def test_no_technique_is_listed_for_2014(zhejiang: Pack) -> None:
    assert {year: item.listed for year, item in zhejiang.milestone_years.items()} == {
        2014: False,
        2015: True,
        2016: True,
    }
    assert len(zhejiang.techniques) == sum(row[3] for row in MILESTONES) == 14


# --- the 20 diseases

DISEASES = [
    ("儿童白血病", "C91.0 C92.4", "recalled"),
    ("儿童先天性心脏病", "Q21.0 Q21.1 Q25.0 Q22.1", "found recalled"),
    ("终末期肾病", "N18.0 N18.5", "found recalled"),
    ("乳腺癌", "C50", "found"),
    ("宫颈癌", "C53", "recalled"),
    ("重性精神疾病", "F20 F22 F25 F31", "recalled"),
    ("耐多药肺结核", "A15.0 A15.1-A16.2", "found recalled"),
    ("艾滋病机会性感染", "B20", "recalled"),
    ("肺癌", "C34", "recalled"),
    ("食道癌", "C15", "recalled"),
    ("胃癌", "C16", "recalled"),
    ("结肠癌", "C18", "recalled"),
    ("直肠癌", "C20", "recalled"),
    ("慢性粒细胞白血病", "C92.1", "recalled"),
    ("急性心肌梗塞", "I21", "found"),
    ("脑梗死", "I63", "recalled"),
    ("血友病", "D66 D67", "recalled"),
    ("Ⅰ型糖尿病", "E10", "recalled"),
    ("甲亢", "E05", "recalled"),
    ("唇腭裂", "Q35-Q37", "recalled"),
]


@pytest.mark.parametrize(
    ("number", "row"), list(enumerate(DISEASES, start=1)), ids=[row[0] for row in DISEASES]
)
def test_the_20_diseases(zhejiang: Pack, number: int, row: tuple[str, str, str]) -> None:
    disease = next(item for item in zhejiang.diseases.values() if item.number == number)
    core = [code for code in disease.codes if code.use is CodeUse.CORE]
    assert disease.title.zh == row[0]
    assert " ".join(code.code for code in core) == row[1]
    assert {code.mark.value for code in core} == set(row[2].split())
    assert disease.phase is (Phase.FULL if number <= 8 else Phase.PILOT)
    assert disease.age_max == (14 if number <= 2 else None)
    assert disease.laboratory_evidence is (number in (7, 8))
    assert {"F24", "F25", "F63"} <= {clause.document for clause in disease.clauses}


# --- the calendar

CALENDAR = [
    ("plan-issued", ["2014-01-26"]),
    ("agreements-signed", ["2014-02-15"]),
    ("self-evaluation", ["2014-12-31", "2015-12-31", "2016-12-31"]),
    ("provincial-evaluation", ["2014-12-31", "2015-12-31", "2016-12-31"]),
    ("techniques-2015", ["2015-12-31"]),
    ("techniques-2016", ["2016-12-31"]),
    ("national-assessment", []),
]


@pytest.mark.parametrize(("entry", "days"), CALENDAR)
def test_calendar_days(zhejiang: Pack, entry: str, days: list[str]) -> None:
    assert [str(item.due) for item in zhejiang.calendar[entry].occurrences] == days


def test_the_provincial_evaluation_opens_with_the_fourth_quarter(zhejiang: Pack) -> None:
    starts = [str(item.start) for item in zhejiang.calendar["provincial-evaluation"].occurrences]
    assert starts == ["2014-10-01", "2015-10-01", "2016-10-01"]


def test_rhythms_are_proposals_only(zhejiang: Pack) -> None:
    monthly, quarterly = zhejiang.calendar["monthly-workload"], zhejiang.calendar["quarterly-bulletin"]
    assert {monthly.mark, quarterly.mark} == {Mark.INFERRED}
    assert (len(monthly.occurrences), len(quarterly.occurrences)) == (36, 12)
    assert str(monthly.occurrences[1].due) == "2014-02-28"
    assert str(quarterly.occurrences[-1].due) == "2016-12-31"


def test_the_conflict_of_self_evaluation_and_fourth_quarter_is_noted(zhejiang: Pack) -> None:
    conflict = zhejiang.conflicts["self-before-province"]
    assert conflict.entries == ("self-evaluation", "provincial-evaluation")
    assert conflict.mark is Mark.INFERRED
    assert "11 月 30 日" in conflict.proposal.zh


def test_eleven_questions_go_to_the_province(zhejiang: Pack) -> None:
    assert list(zhejiang.questions) == [f"Q{number:02}" for number in range(1, 12)]


# --- time

ON = [
    (date(2014, 1, 25), "PAIR-01", False),
    (date(2014, 1, 26), "PAIR-01", True),
    (date(2012, 9, 16), "CME-01", False),
    (date(2012, 9, 17), "CME-01", True),
    (date(2014, 3, 1), "PER-07", False),  # the subsidy of 2005
    (date(2005, 6, 1), "PER-07", True),
    (date(2014, 3, 1), "SEC-04", False),  # the law of 2021
    (date(2014, 3, 1), "PER-09", False),  # national practice after 2020
    (date(2015, 12, 31), "GOAL-08", True),
    (date(2016, 1, 1), "GOAL-08", False),
]


@pytest.mark.parametrize(("day", "rule_id", "valid"), ON)
def test_rules_on_a_day(zhejiang: Pack, day: date, rule_id: str, valid: bool) -> None:
    assert (rule_id in zhejiang.on(day)) is valid


# --- own words


def test_texts_are_our_own_words(shared: Path) -> None:
    files = sorted((shared / "sources").glob("*.txt"))
    if not files:
        pytest.skip("the governing documents are not among the optional reference material")
    original = "".join(re.sub(r"\s", "", file.read_text(encoding="utf-8")) for file in files)
    longest = 17  # runs of names, such as lists of departments, may be this long
    for pack_id in available_packs():
        for rule in load_pack(pack_id).rules.values():
            text = rule.text.zh
            for start in range(len(text) - longest):
                piece = text[start : start + longest + 1]
                assert piece not in original, (rule.id, piece)


def test_the_audit_weighs_findings_as_the_pack_says(zhejiang: Pack) -> None:
    heaviest: dict[str, int] = {}
    order = list(Severity)
    for finding in findings():
        heaviest[finding.rule] = max(heaviest.get(finding.rule, 0), order.index(finding.severity))
    stated = {rule_id: zhejiang.rule(rule_id).severity for rule_id in heaviest}
    del stated["PAIR-01"], heaviest["PAIR-01"]  # a note while within note_off_by
    assert {rule_id: order[weight] for rule_id, weight in heaviest.items()} == stated
