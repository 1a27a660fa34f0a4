"""Declared needs and strengths: entered, imported as a whole, taken back; unknown stays unknown."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.pairings import desk, knowledge
from duikou.wings.pairings.actions.needs import (
    commit_declarations,
    declare,
    remove_declaration,
    upload_declarations,
    withdraw_declarations,
)
from duikou.wings.pairings.models import Declaration, DeclarationBatch, Pairing, Round
from duikou.wings.pairings.queries.needs import (
    declaration,
    declaration_batch,
    declaration_batches,
    declarations,
)
from duikou.wings.pairings.settings import Settings

pytestmark = pytest.mark.django_db
HEAD = ["医院", "年度", "类别", "专业", "数量", "来源", "依据"]


def hospital(at: int = 0, **conditions: str) -> Any:
    return Pairing.objects.filter(**conditions).order_by("position")[at].recipient


def workbook(*rows: list[Any], head: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(head or HEAD)
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(actor: Any, *rows: list[Any], head: list[str] | None = None) -> DeclarationBatch:
    return upload_declarations(actor=actor, content=workbook(*rows, head=head), filename="供需.xlsx")


# ---------------------------------------------------------------- one by one


def test_declare_and_take_back(planner):
    one = hospital()
    row = declare(
        actor=planner,
        hospital=one.key,
        year=2014,
        kind="need",
        specialty="cardiology",
        amount=3,
        source="院函",
    )
    again = declare(
        actor=planner,
        hospital=one.key,
        year=2014,
        kind="need",
        specialty="cardiology",
        amount=5,
        source="院函2",
    )
    assert again.pk == row.pk
    assert [(d.amount, d.source, d.mark) for d in declarations(planner)] == [(5, "院函2", "entered")]
    assert AuditEvent.objects.filter(action="need.declare").count() == 2
    remove_declaration(actor=planner, declaration=again)
    assert not declarations(planner).exists()
    assert Declaration.history.filter(history_type="-").count() == 1
    with pytest.raises(Missing):
        remove_declaration(actor=planner, declaration=row)


def test_a_hospital_declares_for_itself_only(actor):
    own, other = hospital(), hospital(at=3)
    liaison = actor("hospital_liaison", own.org.name)
    row = declare(actor=liaison, hospital=own.key, year=2014, kind="asked", amount=12, source="院函")
    assert list(declarations(liaison)) == [row]
    with pytest.raises(Denied):
        declare(actor=liaison, hospital=other.key, year=2014, kind="asked", amount=12, source="院函")
    with pytest.raises(Denied):
        declare(
            actor=actor("hospital_president", own.org.name), hospital=own.key, year=2014, kind="asked",
            amount=1, source="x",
        )  # fmt: skip
    outsider = actor("hospital_liaison", other.org.name)
    assert not declarations(outsider).exists()
    with pytest.raises(Missing):
        declaration(outsider, row.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 1900}, "year"),
        ({"kind": "wish"}, "kind"),
        ({"specialty": "magic"}, "specialty"),
        ({"kind": "asked"}, "specialty"),
        ({"amount": 0}, "amount"),
        ({"amount": 10}, "amount"),
        ({"source": " "}, "source"),
        ({"mark": "sure"}, "mark"),
    ],
)
def test_declare_is_refused(planner, changes, field):
    values = {
        "hospital": hospital().key, "year": 2014, "kind": "need", "specialty": "cardiology", "source": "院函",
        **changes,
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        declare(actor=planner, **values)
    assert field in refused.value.fields
    assert not Declaration.objects.exists()


def test_declare_for_nobody(planner):
    with pytest.raises(Missing):
        declare(actor=planner, hospital="no-such", year=2014, kind="asked", source="x")


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "need", "specialty": ""},
        {"kind": "asked", "specialty": "cardiology"},
        {"kind": "need", "specialty": "cardiology", "amount": 0},
        {"kind": "strength", "specialty": "cardiology", "amount": 2},
        {"kind": "asked", "amount": 5000},
        {"kind": "asked", "year": 1},
    ],
)
def test_the_database_holds_what_makes_sense_only(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Declaration.objects.create(hospital=hospital(), source="x", **{"year": 2014, "amount": 1, **values})


# ---------------------------------------------------------------- as a workbook


def test_a_workbook_counts_when_it_is_committed(planner):
    one, other = hospital(), hospital(at=3)
    batch = upload(
        planner,
        [one.name, 2014, "薄弱科室", "心血管内科", 3, "院函", ""],
        [other.key, 2014, "strength", "cardiology", None, "官网", "found"],
        [other.name, 2014, "可派人月", None, 48, "院函", "待核实"],
    )
    assert (batch.state, batch.issues, len(batch.rows)) == ("preview", [], 3)
    assert not Declaration.objects.exists()
    assert list(declaration_batches(planner)) == [batch]
    commit_declarations(actor=planner, batch=batch)
    assert (batch.state, batch.created, batch.changed) == ("committed", 3, 0)
    assert set(Declaration.objects.values_list("hospital__key", "kind", "specialty", "amount", "mark")) == {
        (one.key, "need", "cardiology", 3, "entered"),
        (other.key, "strength", "cardiology", 1, "found"),
        (other.key, "available", "", 48, "recalled"),
    }
    again = upload(planner, [one.name, 2014, "薄弱科室", "心血管内科", 4, "院函", ""])
    commit_declarations(actor=planner, batch=again)
    assert (again.created, again.changed) == (0, 1)
    with pytest.raises(Conflict):
        commit_declarations(actor=planner, batch=again)


def test_every_mistake_is_named_with_its_cell(planner):
    one = hospital()
    batch = upload(
        planner,
        ["没有这家医院", 2014, "薄弱科室", "心血管内科", 3, "院函", ""],
        [one.name, "今年", "薄弱科室", "心血管内科", 3, "院函", ""],
        [one.name, 2014, "愿望", "心血管内科", 3, "院函", ""],
        [one.name, 2014, "薄弱科室", "占星科", 3, "院函", ""],
        [one.name, 2014, "薄弱科室", "心血管内科", 99, "院函", ""],
        [one.name, 2014, "需要人月", "心血管内科", 5, "院函", ""],
        [one.name, 2014, "需要人月", "", "nan", "院函", ""],
        [one.name, 2014, "需要人月", "", 5, "", ""],
        [one.name, 2014, "需要人月", "", 5, "院函", "肯定"],
        [one.name, 2014, "需要人月", "", 5, "院函", ""],
        [one.name, 2014, "需要人月", "", 6, "院函", ""],
    )
    assert [(issue["line"], issue["column"]) for issue in batch.issues] == [
        (2, "hospital"), (3, "year"), (4, "kind"), (5, "specialty"), (6, "amount"), (7, "specialty"),
        (8, "amount"), (9, "source"), (10, "mark"), (12, "hospital"),
    ]  # fmt: skip
    assert all(issue["expected"]["zh"] and issue["expected"]["en"] for issue in batch.issues)
    with pytest.raises(Invalid):
        commit_declarations(actor=planner, batch=batch)
    assert not Declaration.objects.exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"x" * 100, "工作簿"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, ""),
        (workbook(head=["甲", "乙"]), "列名"),
        (workbook(head=["医院", "类别"]), "年度"),
        (workbook(), "数据"),
    ],
)
def test_files_that_are_something_else(planner, content, expected):
    batch = upload_declarations(actor=planner, content=content, filename="x.xlsx")
    assert batch.issues
    assert any(expected in issue["expected"]["zh"] for issue in batch.issues)
    with pytest.raises(Invalid):
        commit_declarations(actor=planner, batch=batch)


def test_upload_is_refused(actor, planner):
    with pytest.raises(Denied):
        upload(actor("inspector", "浙江省"))
    for content in (b"", b"x" * (4 * 1024 * 1024 + 1)):
        with pytest.raises(Invalid):
            upload_declarations(actor=planner, content=content, filename="x")
    assert not DeclarationBatch.objects.exists()


def test_a_city_uploads_for_its_own_hospitals(hangzhou, ningbo):
    own, other = hospital(group="杭州市"), hospital(group="宁波市")
    batch = upload(
        hangzhou,
        [own.name, 2014, "需要人月", "", 5, "院函", ""],
        [other.name, 2014, "需要人月", "", 5, "院函", ""],
    )
    assert [issue["line"] for issue in batch.issues] == [3]
    with pytest.raises(Missing):
        declaration_batch(ningbo, batch.pk)
    with pytest.raises(Denied):
        withdraw_declarations(actor=ningbo, batch=batch)
    withdraw_declarations(actor=hangzhou, batch=batch)
    assert batch.state == "withdrawn"
    with pytest.raises(Conflict):
        commit_declarations(actor=hangzhou, batch=batch)


# ---------------------------------------------------------------- what the optimiser is told


def test_unknown_stays_unknown(planner):
    base = desk.base_of(Round.objects.get(), Settings())
    assert all(not one.needs and one.months is None for one in base.problem.recipients)
    assert all(not one.strengths and one.capacity_months is None for one in base.problem.supporters)


def test_declared_facts_reach_the_problem(planner):
    giver = Pairing.objects.order_by("position")[0].supporter
    taker = hospital()
    for key, values in (
        (giver.key, {"kind": "strength", "specialty": "cardiology"}),
        (giver.key, {"kind": "available", "amount": 60}),
        (taker.key, {"kind": "need", "specialty": "cardiology", "amount": 2}),
        (taker.key, {"kind": "asked", "amount": 12}),
    ):
        declare(actor=planner, hospital=key, year=2013, source="院函", **values)
    problem = desk.base_of(Round.objects.get(), Settings()).problem
    supporter = next(one for one in problem.supporters if one.key == giver.key)
    recipient = next(one for one in problem.recipients if one.key == taker.key)
    assert (supporter.strengths, supporter.capacity_months) == (frozenset({"cardiology"}), 60)
    assert (dict(recipient.needs), recipient.months) == ({"cardiology": 2}, 12)
    without = desk.base_of(Round.objects.get(), Settings(use_months=False)).problem
    assert all(one.capacity_months is None for one in without.supporters)


def test_the_newest_year_up_to_the_chosen_one_counts(planner):
    one = hospital()
    for year, specialty in ((2012, "cardiology"), (2014, "nephrology"), (2016, "neurology")):
        declare(actor=planner, hospital=one.key, year=year, kind="need", specialty=specialty, source="院函")

    def needs(year: int | None) -> dict[str, Any]:
        return knowledge.declared({one.pk: one.key}, year, months=True)["needs"]

    assert needs(None) == {one.key: {"neurology": 1}}
    assert needs(2015) == {one.key: {"nephrology": 1}}
    assert needs(2011) == {}


def test_a_declaration_outdates_results(planner):
    before = knowledge.fingerprint()
    declare(actor=planner, hospital=hospital().key, year=2014, kind="asked", amount=3, source="院函")
    assert knowledge.fingerprint() != before
