"""A catalogue that is wrong in itself is refused, with the place."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from duikou.engines.casemix.checks import BadCatalogue, catalogue, run
from duikou.engines.casemix.checks.classes import Classes, in_class
from duikou.engines.casemix.checks.frame import frame_of
from duikou.engines.casemix.checks.loading import load
from duikou.engines.casemix.checks.predicates import applies, predicates_of
from tests.unit.engines.casemix.checks.plain import SOUND, TODAY, raw_frame, typed_frame

TERMS = """
version = "1"
[sources]
inferred = { zh = "推定", en = "inferred" }
n041 = { zh = "表", en = "table" }
[groups]
file = { zh = "文件", en = "file" }
[classes.tumour]
of = "dx"
title = { zh = "肿瘤", en = "tumour" }
ranges = ["C00-C97"]
"""
CHECK = """
[[check]]
id = "FP-900"
group = "file"
title = { zh = "标题", en = "title" }
source = "inferred"
mark = "inferred"
severity = "reject"
columns = ["sex"]
fault = "sex = {wrong}"
parameters = { wrong = 1 }
expected = { zh = "应为", en = "expected" }
"""


def written(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(text, "utf-8")
    return folder


def test_a_catalogue_of_ones_own(tmp_path: Path) -> None:
    found = load(written(tmp_path, TERMS, CHECK))
    raw = raw_frame([SOUND, {**SOUND, "sex": "2"}])
    result = run(raw, typed_frame(raw), found=found, today=TODAY)
    assert list(result.faults.select("row", "rule", "expected_en").iter_rows()) == [(2, "FP-900", "expected")]
    assert found["FP-900"].severity == "reject"
    with pytest.raises(KeyError):
        found["FP-901"]


def test_a_check_is_asked_only_from_its_first_day_on(tmp_path: Path) -> None:
    later = CHECK + 'valid_from = "2024-03-10"\n'
    found = load(written(tmp_path, TERMS, later))
    raw = raw_frame([SOUND, {**SOUND, "record_no": "2", "discharged": "2024-03-10 00:00:00"}])
    assert run(raw, typed_frame(raw), found=found, today=TODAY).faults["row"].to_list() == [3]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "FP-900"', 'id = "X1"', "FP-101"),
        ('severity = "reject"', 'severity = "fatal"', "severity"),
        ('mark = "inferred"', 'mark = "sure"', "mark"),
        ('mark = "inferred"', 'mark = "found"', "contradict"),
        ('source = "inferred"', 'source = "other"', "source"),
        ('group = "file"', 'group = "fees"', "group"),
        ('group = "file"\n', "", "group is missing"),
        ('en = "title" }', 'fr = "title" }', "zh and en"),
        ('fault = "sex = {wrong}"', 'fault = ""', "have a fault"),
        ('fault = "sex = {wrong}"', 'fault = "sex = ="', "no SQL"),
        ('fault = "sex = {wrong}"', 'kind = "other"', "kind"),
        ('fault = "sex = {wrong}"', 'kind = "values"', "have values"),
        ('fault = "sex = {wrong}"', 'kind = "form"\nvalues = ["1"]', "others none"),
        ('columns = ["sex"]', "columns = []", "must not be empty"),
        ('columns = ["sex"]', 'columns = "sex"', "wrong type"),
        ('columns = ["sex"]', 'columns = ["sex"]\nover = "all"', "over"),
        ('columns = ["sex"]', 'columns = ["sex"]\nlocate = "dx"', "locate"),
        ('columns = ["sex"]', 'columns = ["sex"]\nlocate = "diagnoses:injury"', "locate"),
        ('columns = ["sex"]', 'columns = ["sex"]\nvalid_from = "2024"', "YYYY-MM-DD"),
        ('columns = ["sex"]', 'columns = ["sex"]\ncolour = 1', "unknown keys: colour"),
        ("[[check]]", "[[check]", "not TOML"),
    ],
)
def test_a_wrong_check_is_refused(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in CHECK
    with pytest.raises(BadCatalogue, match=told) as refused:
        load(written(tmp_path, TERMS, CHECK.replace(old, new)))
    assert refused.value.message.zh
    assert "1.toml" in refused.value.place or refused.value.place == "FP-900"


def test_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match="twice"):
        load(written(tmp_path, TERMS, CHECK, CHECK))


@pytest.mark.parametrize("ranges", ['["C0-C9"]', '["C00–C97"]', '["00-10"]', '["c00"]'])
def test_a_wrong_range_is_refused(ranges: str, tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match="not a range"):
        load(written(tmp_path, TERMS.replace('["C00-C97"]', ranges), CHECK))


def test_too_many_classes_are_refused(tmp_path: Path) -> None:
    more = "".join(
        f'[classes.c{n}]\nof = "dx"\ntitle = {{ zh = "类", en = "class" }}\nranges = ["A00"]\n'
        for n in range(16)
    )
    with pytest.raises(BadCatalogue, match="at most 16"):
        load(written(tmp_path, TERMS + more, CHECK))


def test_every_predicate_names_columns_that_it_declares() -> None:
    """A file with just the declared columns can be asked: nothing else is read."""
    found = catalogue()
    classes = Classes(found)
    parameters = {"today_day": 1, "expected_hospital": "1", "month_begin": 1, "month_end": 2}
    family = {"diagnoses": ("dx01", "dx01_condition"), "operations": ("px01",), "fees": ("fee_service",)}
    for check in found.checks:
        columns = {
            *check.columns,
            *family.get(check.over, ()),
            *family.get(check.locate.partition(":")[0], ()),
        }
        raw = raw_frame([{name: SOUND.get(name) for name in sorted(columns)}])
        frame = frame_of(raw, typed_frame(raw), classes)
        if applies(check, frame, parameters):
            for one in predicates_of(check, frame, parameters):
                mask = frame.lazy(one.mask.meta.root_names()).select(one.mask).collect()
                assert mask.dtypes == [pl.Boolean], check.id


@pytest.mark.parametrize("kind", ["dx", "px"])
def test_classes_by_their_first_bytes_are_classes_by_their_text(kind: str) -> None:
    found = catalogue()
    classes = Classes(found)
    codes = [
        f"{a}{b}{c}{rest}"
        for a in "ACDNOSVZ0679x病"
        for b in "0189x"
        for c in "0249.x"
        for rest in ("", ".1x00x001")
    ]
    codes += ["", "A", "A0", "99", "7", "47", "47.", "阑尾炎", "Ａ00"]
    series = pl.Series([*codes, None])
    flags = classes.flags(series, kind)
    for code, bits in zip(codes, flags, strict=False):
        told = {name for name, bit in classes.bits[kind].items() if bits & bit}
        assert told == {
            one.name for one in found.classes.values() if one.of == kind and in_class(code, one)
        }, code
    assert flags[-1] == 0
    assert classes.flags(series[3:40], kind).tolist() == flags[3:40].tolist()
