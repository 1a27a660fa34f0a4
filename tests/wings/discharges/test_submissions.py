"""A submission from the file to the store: checked, reported, signed off, committed, replaced, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.jobs.worker import run_worker
from duikou.core.models import AuditEvent
from duikou.wings.discharges import files, storage
from duikou.wings.discharges.actions import signing, uploads
from duikou.wings.discharges.actions.checking import check
from duikou.wings.discharges.models import HospitalCode, Submission
from duikou.wings.discharges.queries import submissions as queries
from duikou.wings.discharges.queries.worklist import worklist
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import HOSPITAL, csv, stays

MONTH = 202503


def submit(actor: Any, hospital: Hospital, content: bytes, month: str = "2025-03") -> Submission:
    """Upload and check a file."""
    submission = uploads.submit_file(
        actor=actor,
        hospital_id=hospital.pk,
        month=month,
        filename="front-pages.csv",
        chunks=[content],
        size=len(content),
    )
    return check(submission_id=submission.pk)


def in_force(actor: Any, submission: Submission) -> Submission:
    """Sign and commit."""
    signing.sign(actor=actor, submission=submission)
    return signing.commit(submission_id=submission.pk)


def stored() -> pl.DataFrame:
    """All stays in the store."""
    paths = storage.store().files()
    columns = ["hospital", "batch", "total"]
    frames = [pl.read_parquet(path, hive_partitioning=True, columns=columns) for path in paths]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"hospital": pl.String})


def broken(frame: pl.DataFrame, count: int, **columns: Any) -> pl.DataFrame:
    """The frame with other values in its first rows."""
    return frame.with_columns(
        pl.when(pl.col("row") < count + 2).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in columns.items()
    )


def test_a_good_file_is_checked_grouped_signed_and_committed(liaison: Any, hospital: Hospital) -> None:
    submission = submit(liaison, hospital, csv(stays(60)))
    assert submission.state == "checked", submission.refusal
    assert (submission.rows, submission.accepted, submission.rejected) == (60, 60, 0)
    assert submission.layout == "narrow"
    assert submission.encoding == "utf-8"
    assert submission.scheme is not None
    assert not submission.scheme.official
    assert submission.grouped > 50
    assert submission.completeness == 10_000
    assert submission.residence_unknown == 0
    done = in_force(liaison, submission)
    assert (done.state, done.store_version is not None) == ("committed", True)
    assert done.signed_by_id == liaison.user_id
    facts = stored()
    assert facts.height == 60
    assert set(facts["hospital"]) == {hospital.key}
    assert set(facts["batch"]) == {submission.batch}
    assert not files.source(submission).exists()  # names and identity numbers are gone
    acts = AuditEvent.objects.filter(target_id=str(submission.pk), target_type="discharges.submission")
    assert list(acts.order_by("number").values_list("action", flat=True)) == [
        "submission.open", "submission.arrive", "submission.sign", "submission.commit",
    ]  # fmt: skip


def test_rows_with_faults_are_kept_apart_with_their_reasons(
    liaison: Any, hospital: Hospital, province: Any
) -> None:
    frame = broken(stays(60), 3, total="-5.00")
    submission = submit(liaison, hospital, csv(frame))
    assert submission.state == "checked", submission.refusal
    assert (submission.accepted, submission.rejected) == (57, 3)
    rows = queries.quarantine(liaison, submission)
    assert [row.row for row in rows] == [2, 3, 4]
    assert rows[0].raw["total"] == "-5.00"
    rule = rows[0].faults[0]
    assert submission.fault_counts.get(rule=rule).count == 3
    assert files.workbook(submission).is_file()
    assert queries.quarantine(province, submission) == []  # rows of patients are the hospital's alone
    with pytest.raises(Denied):
        queries.workbook(province, submission)
    in_force(liaison, submission)
    assert stored().height == 57


def test_a_file_with_too_many_faults_is_refused_as_a_whole(liaison: Any, hospital: Hospital) -> None:
    submission = submit(liaison, hospital, csv(broken(stays(60), 20, total="-5.00")))
    assert submission.state == "refused"
    assert submission.refusal
    assert "20%" in submission.refusal["zh"]
    assert submission.fault_counts.exists()
    with pytest.raises(Conflict):
        signing.sign(actor=liaison, submission=submission)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "列"),
        (b"\x1f\x8b\x08\x00broken", "压缩文件不完整"),
        (csv(stays(5, hospital="别的医院")), "属于另一家医院"),
        (csv(stays(5, month="2025-02")), "没有 2025-03 出院"),
        (csv(stays(5).clear()), "记录"),
        (b"%PDF-1.7 xxx", "不支持的文件类型"),
    ],
    ids=["layout", "truncated", "other hospital", "other month", "no rows", "other kind"],
)
def test_files_that_cannot_be_taken_are_refused_in_words(
    liaison: Any, hospital: Hospital, content: bytes, words: str
) -> None:
    submission = submit(liaison, hospital, content)
    assert submission.state == "refused"
    assert submission.refusal
    assert submission.refusal["en"]
    assert words in submission.refusal["zh"]


def test_a_hospital_may_be_named_by_key_alias_or_recorded_code(liaison: Any, hospital: Hospital) -> None:
    HospitalCode.objects.create(hospital=hospital, code="4700000000")
    for number, name in enumerate((hospital.key, HOSPITAL, "4700000000"), start=1):
        submission = submit(liaison, hospital, csv(stays(5, hospital=name)))
        assert (submission.state, submission.number) == ("checked", number), submission.refusal


def test_a_new_version_replaces_exactly_its_month(liaison: Any, hospital: Hospital) -> None:
    first = in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    april = in_force(liaison, submit(liaison, hospital, csv(stays(30, month="2025-04")), "2025-04"))
    second = in_force(liaison, submit(liaison, hospital, csv(stays(50, seed=8))))
    first.refresh_from_db()
    assert (first.state, first.replaced_by_id) == ("replaced", second.pk)
    assert stored()["batch"].value_counts(sort=True).rows() == [(second.batch, 50), (april.batch, 30)]
    assert Submission.objects.filter(hospital=hospital, month=MONTH, state="committed").count() == 1


def test_the_file_in_force_is_not_taken_twice(liaison: Any, hospital: Hospital) -> None:
    content = csv(stays(40))
    in_force(liaison, submit(liaison, hospital, content))
    with pytest.raises(Conflict, match="已经入库"):
        submit(liaison, hospital, content)


def test_an_older_version_cannot_follow_a_newer_one(liaison: Any, hospital: Hospital) -> None:
    old = submit(liaison, hospital, csv(stays(40)))
    new = submit(liaison, hospital, csv(stays(41)))
    signing.sign(actor=liaison, submission=new)
    with pytest.raises(Conflict, match="第 2 版正在入库"):
        signing.sign(actor=liaison, submission=old)
    signing.commit(submission_id=new.pk)
    with pytest.raises(Conflict, match="旧版不能再签发"):
        signing.sign(actor=liaison, submission=old)


def test_only_the_hospital_signs(
    liaison: Any, hospital: Hospital, province: Any, actor: Callable[..., Any]
) -> None:
    submission = submit(liaison, hospital, csv(stays(5)))
    with pytest.raises(Denied):
        signing.sign(actor=province, submission=submission)
    in_force(actor("hospital_president", HOSPITAL), submission)
    with pytest.raises(Denied):
        signing.retract(actor=province, submission=submission, reason="x")


def test_committed_rows_are_taken_back_with_a_reason_and_can_be_submitted_again(
    liaison: Any, hospital: Hospital
) -> None:
    submission = in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    with pytest.raises(Invalid):
        signing.retract(actor=liaison, submission=submission, reason=" ")
    signing.retract(actor=liaison, submission=submission, reason="报错了月份")
    done = signing.commit(submission_id=submission.pk)
    assert done.state == "withdrawn"
    assert stored().height == 0
    again = in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    assert (again.number, stored().height) == (2, 40)


def test_the_worker_does_it_all_and_repeating_a_step_changes_nothing(
    liaison: Any, hospital: Hospital
) -> None:
    content = csv(stays(40))
    submission = uploads.submit_file(
        actor=liaison, hospital_id=hospital.pk, month="2025-03", filename="x.csv", chunks=[content],
        size=len(content),
    )  # fmt: skip
    run_worker(burst=True, heartbeat=False, signals=False)
    submission.refresh_from_db()
    assert submission.state == "checked"
    signing.sign(actor=liaison, submission=submission)
    run_worker(burst=True, heartbeat=False, signals=False)
    submission.refresh_from_db()
    assert submission.state == "committed"
    version = storage.store().version()
    signing.commit(submission_id=submission.pk)
    check(submission_id=submission.pk)
    assert storage.store().version() == version


def test_a_crash_between_store_and_registry_is_made_up_for(liaison: Any, hospital: Hospital) -> None:
    submission = submit(liaison, hospital, csv(stays(40)))
    signing.sign(actor=liaison, submission=submission)
    storage.put(submission)  # the store has it, and then the process was killed
    found = signing.reconcile()
    assert found.finished == [submission.batch]
    assert found.sound
    submission.refresh_from_db()
    assert submission.state == "committed"
    assert signing.reconcile().finished == []


def test_what_nobody_works_on_is_asked_for_again(liaison: Any, hospital: Hospital) -> None:
    submission = submit(liaison, hospital, csv(stays(40)))
    signing.sign(actor=liaison, submission=submission)
    submission.refresh_from_db()
    Submission.objects.filter(pk=submission.pk).update(job_id="gone")
    assert signing.reconcile().asked_again == [submission.batch]
    run_worker(burst=True, heartbeat=False, signals=False)
    submission.refresh_from_db()
    assert submission.state == "committed"


def test_registry_and_store_that_disagree_are_told(liaison: Any, hospital: Hospital) -> None:
    submission = in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    Submission.objects.filter(pk=submission.pk).update(state="withdrawn")
    found = signing.reconcile()
    assert (found.unknown, found.missing) == ([submission.batch], [])
    Submission.objects.filter(pk=submission.pk).update(state="committed", month=202504)
    found = signing.reconcile()
    assert (found.unknown, found.missing, found.sound) == ([submission.batch], [submission.batch], False)


def test_a_file_is_checked_again_while_it_is_there(liaison: Any, hospital: Hospital) -> None:
    submission = submit(liaison, hospital, csv(broken(stays(60), 3, total="-5.00")))
    uploads.recheck(actor=liaison, submission=submission)
    assert submission.state == "checking"
    submission = check(submission_id=submission.pk)
    assert (submission.state, submission.rejected, submission.quarantine.count()) == ("checked", 3, 3)
    in_force(liaison, submission)
    with pytest.raises(Conflict):
        uploads.recheck(actor=liaison, submission=submission)


def test_a_file_withdrawn_while_it_is_read_leaves_no_report(
    liaison: Any, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = csv(stays(10))
    submission = uploads.submit_file(
        actor=liaison, hospital_id=hospital.pk, month="2025-03", filename="x.csv", chunks=[content],
        size=len(content),
    )  # fmt: skip

    def withdrawn(done: int, total: int | None, note: str) -> None:
        if done == 3:
            Submission.objects.filter(pk=submission.pk).update(state="withdrawn", version=99)

    with pytest.raises(Conflict):
        check(submission_id=submission.pk, progress=withdrawn)
    submission.refresh_from_db()
    assert (submission.state, submission.rows) == ("withdrawn", 0)


def test_the_worklist_shows_what_is_missing(
    liaison: Any, hospital: Hospital, province: Any, django_assert_num_queries: Any
) -> None:
    in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    submit(liaison, hospital, csv(stays(30, month="2025-04")), "2025-04")
    with django_assert_num_queries(2):
        found = worklist(liaison, 202504)
    assert [line.name for line in found.lines] == [HOSPITAL]
    assert found.months[0] == 202405
    states = {cell.month: cell.state for cell in found.lines[0].cells if cell.state}
    assert states == {202503: "committed", 202504: "checked"}
    assert found.missing == 11
    with django_assert_num_queries(2):
        whole = worklist(province, 202504)
    assert len(whole.lines) > 200
    assert whole.missing == 12 * len(whole.lines) - 1
    assert whole.missing_in()[-2] == len(whole.lines) - 1
