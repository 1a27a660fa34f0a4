"""Somebody who is renamed or moves to another hospital; who was never without posted staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.core import overlaps, written
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.scope import SYSTEM, actor_for
from duikou.policy import Pack, load_pack
from duikou.policy.vocabulary import Force
from duikou.wings.hospitals.models import Hospital
from duikou.wings.obligations import evidence
from duikou.wings.obligations.models import Obligation
from duikou.wings.people.actions import PersonEntry, correct_person, move_person
from duikou.wings.postings import actions
from duikou.wings.postings.eligibility import Candidate, Stay, Wanted, blocking, judge
from duikou.wings.postings.models import ConductRecord
from duikou.wings.postings.queries import coverage as coverages
from tests.examples import examples
from tests.wings.posted import FIRST, LAST, account_of
from tests.wings.postings.conftest import APRIL, Scene

PACK = load_pack("zhejiang-2014")
WANTED = Wanted("cardiology", FIRST, LAST)


@pytest.mark.django_db
def test_old_postings_keep_title_and_hospital(scene: Scene, account: Any) -> None:
    posting = scene.ended()
    person = posting.person
    other = Hospital.objects.filter(state="active").exclude(pk=scene.supporter.pk).first()
    assert other is not None
    entry = PersonEntry("改名", title="主任医师", title_since=FIRST, specialty="cardiology")
    correct_person(actor=SYSTEM, person=person, version=person.version, entry=entry)
    with pytest.raises(Denied):
        move_person(actor=scene.sender, person=person, version=person.version, hospital=other, reason="调动")
    officer = actor_for(account("provincial_officer", "浙江省"))
    with pytest.raises(Invalid, match="已经在"):
        move_person(
            actor=officer, person=person, version=person.version, hospital=scene.supporter, reason="x"
        )
    move_person(actor=officer, person=person, version=person.version, hospital=other, reason="调动")
    with pytest.raises(Conflict):
        move_person(actor=officer, person=person, version=1, hospital=scene.supporter, reason="调动")
    posting.refresh_from_db()
    assert (posting.title, posting.supporter, person.hospital) == ("副主任医师", scene.supporter, other)
    assert person.history.count() >= 3
    with pytest.raises(Invalid, match="不属于"):
        scene.nominate(person, planned_from=dt.date(2014, 10, 1), planned_to=dt.date(2014, 12, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title_since": dt.date(2999, 1, 1), "title": "主任医师"}, "title_since"),
        ({"title_since": FIRST}, "title_since"),
        ({"specialty": "magic"}, "specialty"),
        ({"registered_scope": "长" * 81}, "registered_scope"),
    ],
)
def test_new_facts_of_a_person_are_checked(scene: Scene, values: dict[str, Any], field: str) -> None:
    person = scene.person()
    with pytest.raises(Invalid) as refused:
        correct_person(actor=SYSTEM, person=person, version=1, entry=PersonEntry("甲", **values))
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("candidate", "wanted", "rules"),
    [
        (Candidate("副主任医师"), WANTED, []),
        (Candidate("副主任 中医师"), WANTED, []),
        (Candidate("主任护师"), WANTED, []),
        (Candidate("住院医师"), WANTED, ["PER-01"]),
        (Candidate("神医"), WANTED, ["PER-01"]),
        (Candidate(""), WANTED, ["PER-01"]),
        (Candidate("主治医师"), WANTED, ["PER-01"]),
        (Candidate("主治医师", dt.date(2009, 3, 1)), WANTED, []),
        (Candidate("主治医师", dt.date(2009, 3, 2)), WANTED, ["PER-01"]),
        (Candidate("主治医师", dt.date(2004, 2, 29)), replace(WANTED, title="副主任医师"), ["AGR-09"]),
        (Candidate("副主任医师", registered_scope="外科专业"), WANTED, ["PER-16"]),
        (Candidate("副主任医师", registered_scope="内科专业", specialty="urology"), WANTED, []),
        (Candidate("副主任医师", stays=[Stay(LAST, LAST, "乙院")]), WANTED, ["PER-17"]),
        (Candidate("副主任医师", stays=[Stay(LAST + dt.timedelta(days=1), LAST, "乙院")]), WANTED, []),
        (Candidate("主任医师"), replace(WANTED, office="vice_president"), []),
        (Candidate("主任医师"), replace(WANTED, office="chairman"), ["PER-04"]),
    ],
)
def test_who_may_be_posted(candidate: Candidate, wanted: Wanted, rules: list[str]) -> None:
    against = blocking(judge(candidate, wanted, PACK))
    assert [reason.rule for reason in against] == rules
    for reason in against:
        assert reason.clause
        assert reason.text.zh != reason.text.en


def _asking() -> Pack:
    """The pack with PER-09 made binding from 2014 on, as a province's pack may."""
    rule = replace(PACK.rules["PER-09"], force=Force.BINDING, validity=PACK.validity)
    return replace(PACK, rules={**PACK.rules, "PER-09": rule})


def test_a_binding_rule_asks_for_team_and_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    pack, short = _asking(), replace(WANTED, last=APRIL)
    assert [r.rule for r in blocking(judge(Candidate("主任医师"), short, pack))] == ["PER-09"]
    assert not blocking(judge(Candidate("主任医师"), short, PACK))
    assert not blocking(judge(Candidate("主任医师"), WANTED, pack))  # six months to the day
    assert coverages.demand_of("zhejiang-2014", FIRST).always is False
    monkeypatch.setattr(coverages, "load_pack", lambda _id: pack)
    demand = coverages.demand_of("zhejiang-2014", FIRST)
    assert (demand.always, demand.team, demand.rule) == (True, 5, "PER-09")


days = st.integers(0, 60).map(lambda n: FIRST + dt.timedelta(days=n))


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(days, days).map(lambda pair: (min(pair), max(pair))), max_size=5))
def test_gaps_equal_a_count_of_days(stays: list[tuple[dt.date, dt.date]]) -> None:
    last = FIRST + dt.timedelta(days=60)
    every = [FIRST + dt.timedelta(days=n) for n in range(61)]
    on_post = [sum(a <= day <= b for a, b in stays) for day in every]
    free = coverages.gaps(stays, FIRST, last)
    assert [day for day, n in zip(every, on_post, strict=True) if not n] == [
        day for day in every if any(a <= day <= b for a, b in free)
    ]
    assert coverages.most_at_once(stays) == max(on_post)


@pytest.mark.django_db
def test_a_year_of_a_recipient(scene: Scene) -> None:
    scene.ended()
    line = next(one for one in coverages.coverage(scene.host, 2014) if one.hospital == scene.recipient)
    assert (line.people, line.most, line.covered) == (1, 1, (LAST - FIRST).days + 1)
    assert line.gaps[-1] == (LAST + dt.timedelta(days=1), dt.date(2014, 12, 31))
    assert not line.breaks


@pytest.mark.django_db
def test_conduct_records_stay_as_written(scene: Scene) -> None:
    posting = scene.on_post()

    def report(**more: Any) -> ConductRecord:
        values = {"kind": "notice", "happened_on": APRIL, "text": "离岗", **more}
        return actions.report(actor=scene.host, posting=posting, **values)

    record = report()
    for change in ({"text": "改写"}, {"happened_on": FIRST}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConductRecord.objects.filter(pk=record.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        record.delete()
    with pytest.raises(Denied):
        actions.report(actor=scene.sender, posting=posting, kind="notice", happened_on=APRIL, text="x")
    for values, said in (
        ({"text": " "}, "情况"),
        ({"happened_on": dt.date(2014, 1, 2)}, "不在岗"),
        ({"kind": "gossip"}, "类别"),
    ):
        with pytest.raises(Invalid, match=said):
            report(**values)
    actions.acknowledge(actor=scene.sender, record=record)
    with pytest.raises(Conflict):
        actions.acknowledge(actor=scene.sender, record=record)
    with pytest.raises(Denied):
        actions.answer(actor=scene.host, record=record, side="person", text="x")
    with pytest.raises(Denied):
        actions.answer(actor=scene.host, record=record, side="supporter", text="x")
    with pytest.raises(Conflict, match="不需要了结"):
        actions.settle(actor=scene.host, record=record, on=LAST, outcome="x")
    dispute = report(kind="dispute")
    with pytest.raises(Invalid, match="早于"):
        actions.settle(actor=scene.host, record=dispute, on=FIRST, outcome="和解")
    actions.settle(actor=scene.host, record=dispute, on=LAST, outcome="和解")
    me = actor_for(account_of(posting.person))
    actions.read(actor=me, record=dispute)
    actions.answer(actor=me, record=dispute, side="person", text="已说明")
    officer = scene.at(scene.recipient, "department_head")
    with pytest.raises(Denied):
        actions.read(actor=officer, record=dispute)


@pytest.mark.django_db
def test_triggers_are_in_place() -> None:
    assert overlaps.missing() == []
    assert written.missing() == []
    overlaps.install()
    written.install()


@pytest.mark.django_db
def test_postings_and_records_are_evidence(scene: Scene) -> None:
    posting = scene.ended(office="head")
    record = actions.report(
        actor=scene.host, posting=posting, kind="notice", happened_on=APRIL, text="不可外传"
    )
    owed = Obligation(pairing=scene.pairing, start=FIRST, end=dt.date(2014, 5, 31))
    for kind in ("posting", "secondment"):
        known = evidence.kind(kind)
        assert known is not None
        found = known.resolve(scene.host, owed, str(posting.pk))
        assert found is not None
        assert found.quantity == 3
        assert [offer.reference for offer in known.offers(scene.host, owed)] == [str(posting.pk)]
        assert known.resolve(scene.host, owed, "x") is None
    notice = evidence.kind("notice")
    assert notice is not None
    told = notice.resolve(scene.host, owed, str(record.pk))
    assert told is not None
    assert "不可外传" not in told.title
    head = scene.at(scene.recipient, "department_head")
    assert notice.resolve(head, owed, str(record.pk)) is None
