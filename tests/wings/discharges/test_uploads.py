"""A file arrives in pieces: in order, each piece and the whole compared with their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.jobs.models import Job
from duikou.core.models import AuditEvent
from duikou.wings.discharges import files, months
from duikou.wings.discharges.actions import uploads
from duikou.wings.discharges.models import Submission
from duikou.wings.hospitals.models import Hospital

CONTENT = b"a,b\n1,2\n" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def opened(actor: Any, hospital: Hospital, **changes: Any) -> Submission:
    values = {"month": "2016-03", "filename": "三月.csv", "size": len(CONTENT), "sha256": SHA256}
    return uploads.open_submission(actor=actor, hospital_id=hospital.pk, **{**values, **changes})


def sent(actor: Any, submission: Submission, piece: int = 300) -> Submission:
    while submission.received < submission.size:
        start = submission.received
        uploads.receive_chunk(
            actor=actor, submission=submission, offset=start, content=CONTENT[start : start + piece]
        )
    return submission


def test_a_file_in_pieces_arrives_whole_and_is_checked_in_the_background(
    liaison: Any, hospital: Hospital
) -> None:
    submission = sent(liaison, opened(liaison, hospital))
    uploads.finish_upload(actor=liaison, submission=submission, sha256=SHA256)
    submission.refresh_from_db()
    assert (submission.state, submission.number, submission.period) == ("checking", 1, "2016-03")
    assert files.source(submission).read_bytes() == CONTENT
    assert files.source(submission).stat().st_mode & 0o077 == 0
    job = Job.objects.get(pk=submission.job_id)
    assert job.scope_path == hospital.scope_path
    acts = AuditEvent.objects.filter(target_id=str(submission.pk), target_type="discharges.submission")
    assert set(acts.values_list("action", flat=True)) == {"submission.open", "submission.arrive"}


def test_an_upload_goes_on_where_it_was_cut_off(liaison: Any, hospital: Hospital) -> None:
    submission = opened(liaison, hospital)
    uploads.receive_chunk(actor=liaison, submission=submission, offset=0, content=CONTENT[:300])
    again = opened(liaison, hospital)
    assert (again.pk, again.received) == (submission.pk, 300)
    sent(liaison, again)
    uploads.finish_upload(actor=liaison, submission=again)
    assert files.source(again).read_bytes() == CONTENT


def test_another_piece_than_the_one_due_is_refused_with_the_place_to_go_on(
    liaison: Any, hospital: Hospital
) -> None:
    submission = opened(liaison, hospital)
    uploads.receive_chunk(actor=liaison, submission=submission, offset=0, content=CONTENT[:300])
    with pytest.raises(Conflict, match="第 300 字节"):
        uploads.receive_chunk(actor=liaison, submission=submission, offset=0, content=CONTENT[:300])
    with pytest.raises(Conflict, match="第 300 字节"):
        uploads.receive_chunk(actor=liaison, submission=submission, offset=600, content=CONTENT[600:])
    stale = Submission.objects.get(pk=submission.pk)
    uploads.receive_chunk(actor=liaison, submission=submission, offset=300, content=CONTENT[300:400])
    with pytest.raises(Conflict, match="第 400 字节"):  # somebody else was faster
        uploads.receive_chunk(actor=liaison, submission=stale, offset=300, content=CONTENT[300:500])


def test_pieces_that_are_damaged_empty_too_large_or_beyond_the_end_are_refused(
    liaison: Any, hospital: Hospital
) -> None:
    submission = opened(liaison, hospital)
    for content, sha256, words in (
        (CONTENT[:300], "0" * 64, "损坏"),
        (CONTENT[:300], "xyz", "64 位十六进制"),
        (b"", "", "每段应在"),
        (b"x" * (uploads.MAX_CHUNK + 1), "", "每段应在"),
        (CONTENT + b"x", "", "登记为"),
    ):
        with pytest.raises(Invalid, match=words):
            uploads.receive_chunk(
                actor=liaison, submission=submission, offset=0, content=content, sha256=sha256
            )
    submission.refresh_from_db()
    assert submission.received == 0


def test_a_file_that_differs_from_the_announced_one_is_to_be_sent_again(
    liaison: Any, hospital: Hospital
) -> None:
    submission = sent(liaison, opened(liaison, hospital, sha256=""))
    with pytest.raises(Invalid, match="与原文件不一致"):
        uploads.finish_upload(actor=liaison, submission=submission, sha256="1" * 64)
    submission.refresh_from_db()
    assert (submission.state, submission.received) == ("receiving", 0)


def test_an_unfinished_file_is_not_checked(liaison: Any, hospital: Hospital) -> None:
    submission = opened(liaison, hospital)
    uploads.receive_chunk(actor=liaison, submission=submission, offset=0, content=CONTENT[:300])
    with pytest.raises(Conflict, match="还没有传完"):
        uploads.finish_upload(actor=liaison, submission=submission)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"month": "2016-13"}, "2014-03"),
        ({"month": "1999-12"}, "2014-03"),
        ({"month": "三月"}, "2014-03"),
        ({"month": "2099-01"}, "还没有到"),
        ({"size": 0}, "1 字节"),
        ({"size": 2**42}, "1 字节"),
        ({"sha256": "ABC"}, "64 位十六进制"),
    ],
)
def test_what_is_announced_is_checked_first(
    liaison: Any, hospital: Hospital, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        opened(liaison, hospital, **change)
    assert not Submission.objects.exists()


def test_a_file_for_which_the_disk_has_no_room_is_refused(
    liaison: Any, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda: len(CONTENT))
    with pytest.raises(Invalid, match="磁盘剩余"):
        opened(liaison, hospital)


def test_the_largest_size_is_a_setting(liaison: Any, hospital: Hospital, settings: Settings) -> None:
    settings.DISCHARGE_MAX_BYTES = 100
    with pytest.raises(Invalid, match="按院、按月"):
        opened(liaison, hospital)


def test_only_the_hospitals_own_people_submit_for_it(
    hospital: Hospital, province: Any, actor: Callable[..., Any]
) -> None:
    with pytest.raises(Denied):
        opened(province, hospital)
    with pytest.raises(Missing):
        opened(actor("hospital_liaison", "德清县人民医院"), hospital)
    with pytest.raises(Missing):
        uploads.open_submission(actor=province, hospital_id=999_999, month="2016-03", filename="x", size=1)
    submission = Submission(hospital=hospital, scope_path=hospital.scope_path, month=201603, number=1, size=1)
    submission.save()
    for act in (
        lambda: uploads.receive_chunk(actor=province, submission=submission, offset=0, content=b"x"),
        lambda: uploads.finish_upload(actor=province, submission=submission),
        lambda: uploads.withdraw(actor=province, submission=submission),
    ):
        with pytest.raises(Denied):
            act()


def test_a_withdrawn_file_leaves_the_disk_and_stays_on_record(
    liaison: Any, hospital: Hospital, own_folder: Path
) -> None:
    submission = sent(liaison, opened(liaison, hospital))
    uploads.withdraw(actor=liaison, submission=submission)
    assert submission.state == "withdrawn"
    assert not list(own_folder.rglob("source*"))
    with pytest.raises(Conflict, match="不再接收"):
        uploads.receive_chunk(actor=liaison, submission=submission, offset=0, content=b"x")
    with pytest.raises(Conflict, match="已撤回"):
        uploads.withdraw(actor=liaison, submission=submission)
    assert opened(liaison, hospital).number == 2


def test_a_whole_file_at_once(liaison: Any, hospital: Hospital) -> None:
    submission = uploads.submit_file(
        actor=liaison,
        hospital_id=hospital.pk,
        month="201603",
        filename="a\x07b.csv",
        chunks=[CONTENT[:500], CONTENT[500:]],
        size=len(CONTENT),
    )
    assert submission.state == "checking"
    assert submission.filename == "ab.csv"
    assert submission.sha256 == SHA256


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert months.before(201601) == 201512
    assert months.before(201601, 13) == 201412
    assert months.span(201511, 201602) == [201511, 201512, 201601, 201602]
    assert months.last_day(201602).isoformat() == "2016-02-29"
