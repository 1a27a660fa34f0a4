"""Evidence: who gives it, what is taken, how it counts, who judges it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pytest_django import Settings

from duikou.core import documents
from duikou.core.errors import Conflict, Denied, DuikouError, Invalid
from duikou.core.models import AuditEvent, OrgUnit
from duikou.core.scope import SYSTEM, Actor
from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions import File, attach, judge, withdraw
from duikou.wings.obligations.models import Evidence, Obligation
from duikou.wings.obligations.standing import Side
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import SUPPORTER, duty, send

DAY = dt.date(2014, 5, 5)


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Each test has a folder of its own for files."""
    settings.DOCUMENTS = tmp_path / "documents"


def note(actor: Actor, obligation: Obligation, **given: Any) -> Evidence:
    """Evidence by a note with a number."""
    values = {"kind": "posting", "quantity": 1, "on": DAY, "note": "外科医师驻点三个月", **given}
    return attach(actor=actor, obligation=obligation, **values)


def sums(obligation: Obligation) -> tuple[int, int, int]:
    obligation.refresh_from_db()
    return obligation.given, obligation.accepted, obligation.evidence_count


def word_file() -> bytes:
    held = io.BytesIO()
    Document().save(held)
    return held.getvalue()


# ---------------------------------------------------------------- what counts


def test_numbers_add_up(obligation: Obligation, giver: Actor, taker: Actor) -> None:
    first, second = note(giver, obligation), note(giver, obligation, quantity=3)
    assert sums(obligation) == (4, 0, 2)
    judge(actor=taker, evidence=first, version=1, verdict="accepted")
    assert sums(obligation) == (4, 1, 2)
    judge(actor=taker, evidence=second, version=1, verdict="rejected", reason="人数不符")
    assert sums(obligation) == (1, 1, 1)
    judge(actor=taker, evidence=second, version=2, verdict="")
    assert sums(obligation) == (4, 1, 2)
    withdraw(actor=giver, evidence=second, version=3, reason="记错了")
    assert sums(obligation) == (1, 1, 1)
    assert Evidence.objects.count() == 2  # nothing is deleted


def test_shares_are_not_added(pairing: Pairing, giver: Actor) -> None:
    send(duty(unit="percent", target=100), pairing=pairing)
    obligation = Obligation.objects.get(number=1)
    note(giver, obligation, quantity=100, on=dt.date(2014, 12, 1))
    note(giver, obligation, quantity=60, on=dt.date(2014, 6, 1))  # older
    assert sums(obligation) == (100, 0, 2)


def test_the_authority_rejects_what_the_other_side_accepted(
    obligation: Obligation, giver: Actor, taker: Actor, county: Actor
) -> None:
    row = note(giver, obligation)
    judge(actor=taker, evidence=row, version=1, verdict="accepted")
    judge(actor=county, evidence=row, version=2, verdict="rejected", reason="查无此人")
    assert sums(obligation) == (0, 0, 0)
    row.refresh_from_db()
    assert (row.other_verdict, row.superior_verdict) == ("accepted", "rejected")  # both are shown


def test_the_authority_accepts_alone(obligation: Obligation, giver: Actor, province: Actor) -> None:
    judge(actor=province, evidence=note(giver, obligation), version=1, verdict="accepted")
    assert sums(obligation) == (1, 1, 1)


def test_a_file_is_kept_as_it_came(obligation: Obligation, giver: Actor) -> None:
    content = word_file()
    row = attach(
        actor=giver, obligation=obligation, kind="upload", on=DAY, file=File("派驻 名单.docx", content)
    )
    assert row.document is not None
    assert documents.content(row.document) == content
    assert (row.title, row.quantity) == ("派驻 名单.docx", 1)


def test_the_audit_tells_who_gave_what(obligation: Obligation, giver: Actor) -> None:
    note(giver, obligation, quantity=2)
    event = AuditEvent.objects.get(action="evidence.attach")
    assert (event.actor_id, event.after["quantity"]) == (giver.user_id, 2)
    assert event.scope_path == obligation.supporter_path


# ---------------------------------------------------------------- from other wings


@pytest.fixture
def wing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wing that can prove postings, in the place of the real one."""

    def resolve(actor: Actor, obligation: Obligation, reference: str) -> registry.Found | None:
        return registry.Found("驻点 7", dt.date(2014, 4, 1), 2, "/x/7/") if reference == "7" else None

    monkeypatch.setattr(registry, "_known", dict(registry._known))
    registry.register_kind("posting", Text("派驻", "posting"), resolve)


def test_work_done_elsewhere_is_evidence(wing: None, obligation: Obligation, giver: Actor) -> None:
    row = attach(actor=giver, obligation=obligation, kind="posting", reference="7")
    assert (row.title, row.quantity, row.on) == ("驻点 7", 2, dt.date(2014, 4, 1))
    with pytest.raises(Conflict, match="不能重复计数"):
        attach(actor=giver, obligation=obligation, kind="posting", reference="7")
    assert sums(obligation) == (2, 0, 1)
    withdraw(actor=giver, evidence=row, version=1, reason="更正")
    attach(actor=giver, obligation=obligation, kind="posting", reference="7")  # counts again
    assert sums(obligation) == (2, 0, 1)


def test_work_that_is_not_there(wing: None, obligation: Obligation, giver: Actor) -> None:
    with pytest.raises(Invalid) as caught:
        attach(actor=giver, obligation=obligation, kind="posting", reference="8")
    assert set(caught.value.fields) == {"reference"}


# ---------------------------------------------------------------- refusals

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "trainee"}, "kind", "不接受“进修记录”作佐证。可用：派驻记录、上传的文件"),
    ({"kind": "no-such"}, "kind", "不接受“no-such”"),
    ({"quantity": -1}, "quantity", "不能为负，实际 -1"),
    ({"quantity": 1_000_001}, "quantity", "最大 1000000，实际 1000001"),
    ({"on": dt.date(2014, 2, 14)}, "on", "早于这一期的第一天 2014-02-15"),
    ({"on": dt.date(2999, 1, 1)}, "on", "还没有到"),
    ({"note": " "}, "note", "请写明做了什么"),
    ({"note": "x" * 501}, "note", "最多 500 个字符，实际 501 个"),
    ({"note": "a\x00b"}, "note", "控制字符"),
    ({"kind": "upload"}, "file", "请选择要上传的文件"),
    ({"kind": "upload", "file": File("a.docx", b"")}, "file", "文件为空"),
    ({"kind": "upload", "file": File("a.docx", b"MZ\x90 a program")}, "file", "不是"),
    ({"kind": "upload", "file": File("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}, "file", "不是"),
]


@pytest.mark.parametrize(("given", "field", "words"), REFUSED)
def test_what_is_no_evidence(
    obligation: Obligation, giver: Actor, given: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        note(giver, obligation, **given)
    assert set(caught.value.fields) == {field}
    assert sums(obligation) == (0, 0, 0)
    assert not AuditEvent.objects.filter(action="evidence.attach").exists()


def test_a_share_above_the_whole(pairing: Pairing, giver: Actor) -> None:
    send(duty(unit="percent", target=100), pairing=pairing)
    with pytest.raises(Invalid, match="最大 100，实际 101"):
        note(giver, Obligation.objects.get(number=1), quantity=101)


def test_the_other_side_gives_none(obligation: Obligation, taker: Actor) -> None:
    with pytest.raises(Denied, match="佐证由责任方提交"):
        note(taker, obligation)


def test_nobody_else_gives_any(obligation: Obligation, county: Actor, stranger: Actor) -> None:
    for one in (county, stranger):
        with pytest.raises(Denied):
            note(one, obligation)


def test_each_of_two_owners_gives_its_own(pairing: Pairing, giver: Actor, taker: Actor) -> None:
    send(duty(owner=Party.BOTH), pairing=pairing)
    obligation = Obligation.objects.get(number=1)
    mine, theirs = note(giver, obligation), note(taker, obligation)
    assert (mine.side, theirs.side) == ("supporter", "recipient")
    judge(actor=taker, evidence=mine, version=1, verdict="accepted")
    with pytest.raises(Denied, match="自己"):
        judge(actor=taker, evidence=theirs, version=1, verdict="accepted")


def test_nothing_is_given_to_a_closed_obligation(
    obligation: Obligation, pairing: Pairing, giver: Actor, taker: Actor
) -> None:
    row = note(giver, obligation)
    send(pairing=pairing, on=dt.date(2014, 6, 1), reason="终止协议")
    for act_ in (
        lambda: note(giver, obligation),
        lambda: judge(actor=taker, evidence=row, version=1, verdict="accepted"),
        lambda: withdraw(actor=giver, evidence=row, version=1, reason="x"),
    ):
        with pytest.raises(Conflict, match="已于 2014-06-01 失效（终止协议）"):
            act_()


def test_own_evidence_is_not_verified_by_its_side(obligation: Obligation, giver: Actor) -> None:
    row = note(giver, obligation)
    with pytest.raises(Denied, match="自己提交的佐证不能由自己核实"):
        judge(actor=giver, evidence=row, version=1, verdict="accepted")


def test_a_colleague_of_the_giver_does_not_verify_either(
    obligation: Obligation, giver: Actor, actor: Callable[..., Actor]
) -> None:
    row = note(giver, obligation)
    colleague = actor("hospital_president", SUPPORTER)
    for side in (None, Side.SUPPORTER, Side.RECIPIENT):
        with pytest.raises(Denied, match="自己一方提交的佐证"):
            judge(actor=colleague, evidence=row, version=1, verdict="accepted", side=side)


def test_an_authority_does_not_speak_for_a_hospital(
    obligation: Obligation, giver: Actor, county: Actor
) -> None:
    row = note(giver, obligation)
    with pytest.raises(Denied, match="只能由受援方办理"):
        judge(actor=county, evidence=row, version=1, verdict="accepted", side=Side.RECIPIENT)


def test_who_works_in_both_hospitals_does_not_verify_what_it_gave(
    obligation: Obligation, account: Callable[..., Any]
) -> None:
    from duikou.core.models import RoleGrant
    from duikou.core.scope import actor_for

    user = account("hospital_president", SUPPORTER)
    RoleGrant.objects.create(
        user=user,
        role="hospital_president",
        org=obligation.pairing.recipient.org,
        valid_from=dt.date(2014, 1, 1),
    )
    both = actor_for(user)
    row = note(both, obligation)
    with pytest.raises(Denied, match="自己提交"):
        judge(actor=both, evidence=row, version=1, verdict="accepted", side=Side.RECIPIENT)


REFUSED_VERDICTS: list[tuple[dict[str, Any], type[DuikouError], str]] = [
    ({"verdict": "perhaps"}, Invalid, "认可或不认可"),
    ({"verdict": "rejected"}, Invalid, "理由"),
    ({"verdict": "accepted", "version": 2}, Conflict, "刚被他人改动"),
]


@pytest.mark.parametrize(("given", "error", "words"), REFUSED_VERDICTS)
def test_verdicts_that_are_refused(
    obligation: Obligation,
    giver: Actor,
    taker: Actor,
    given: dict[str, Any],
    error: type[DuikouError],
    words: str,
) -> None:
    row = note(giver, obligation)
    with pytest.raises(error, match=words):
        judge(actor=taker, evidence=row, **{"version": 1, **given})


def test_withdrawals_that_are_refused(obligation: Obligation, giver: Actor, taker: Actor) -> None:
    row = note(giver, obligation)
    with pytest.raises(Invalid, match="理由"):
        withdraw(actor=giver, evidence=row, version=1, reason="")
    with pytest.raises(Denied):
        withdraw(actor=taker, evidence=row, version=1, reason="x")
    with pytest.raises(Conflict, match="刚被他人改动"):
        withdraw(actor=giver, evidence=row, version=7, reason="x")
    judge(actor=taker, evidence=row, version=1, verdict="accepted")
    with pytest.raises(Conflict, match="已被认可，不能撤回"):
        withdraw(actor=giver, evidence=row, version=2, reason="x")
    judge(actor=taker, evidence=row, version=2, verdict="")
    withdraw(actor=giver, evidence=row, version=3, reason="x")
    with pytest.raises(Conflict, match="已经撤回"):
        judge(actor=taker, evidence=row, version=4, verdict="accepted")


# ---------------------------------------------------------------- departments


@pytest.fixture
def head(account: Callable[..., Any]) -> Actor:
    """The head of the supporter's general surgery."""
    from duikou.core.models import RoleGrant
    from duikou.core.scope import actor_for

    hospital = Hospital.objects.get(name=SUPPORTER)
    Department.objects.create(hospital=hospital, specialty="general_surgery", name="普外科")
    unit = OrgUnit.objects.create(kind="department", name="普外科", parent=hospital.org)
    user = account()
    RoleGrant.objects.create(user=user, role="department_head", org=unit, valid_from=dt.date(2014, 1, 1))
    return actor_for(user)


def test_a_department_gives_evidence_for_its_own_duties(pairing: Pairing, head: Actor) -> None:
    send(duty(department="general_surgery"), duty("other", department="urology"), pairing=pairing)
    own = Obligation.objects.get(key="posting", number=1)
    assert note(head, own).side == "supporter"
    assert AuditEvent.objects.get(action="evidence.attach").scope_path == own.supporter_path
    with pytest.raises(Denied):
        note(head, Obligation.objects.get(key="other", number=1))


def test_a_department_does_not_act_for_the_hospital(obligation: Obligation, head: Actor) -> None:
    with pytest.raises(Denied):
        note(head, obligation)


def test_the_system_says_for_which_side(obligation: Obligation) -> None:
    assert note(SYSTEM, obligation).side == "supporter"
    with pytest.raises(Denied):
        note(SYSTEM, obligation, side=Side.RECIPIENT)
