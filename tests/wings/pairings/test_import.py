"""Importing tables: reading, repairs, whole or nothing, again without duplicates, taken back."""

from __future__ import annotations

import io
from importlib import resources

import openpyxl
import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.jobs.models import Job
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM
from duikou.core.search.query import find
from duikou.engines.pairing.annex import Field
from duikou.wings.hospitals.models import Hospital, HospitalName, HospitalPartner, NameReview
from duikou.wings.pairings.actions import imports, repairs
from duikou.wings.pairings.models import AnnexBatch, AnnexRow, AuditRun, Pairing
from duikou.wings.pairings.queries.imports import batch_rows, issues_workbook, tally

pytestmark = pytest.mark.django_db

HEAD = "附件,地区,支援医院,支援数,受援医院\n"
CITY = (
    HEAD
    + "2,杭州市,杭州市第一人民医院,1,富阳市第二人民医院\n"
    + "2,杭州市,杭州市第一人民医院,2,桐庐县第二人民医院\n"
)
PRINTED = resources.files("duikou.wings.pairings").joinpath("data", "zhejiang_2014_annex.csv").read_bytes()


def read(actor, text: str | bytes, *, filename: str = "附表.csv", round_key: str = "trial") -> AnnexBatch:
    """Upload a table and read it at once, as the background job does."""
    content = text if isinstance(text, bytes) else text.encode()
    batch = imports.upload_annex(actor=actor, round_key=round_key, content=content, filename=filename)
    imports.read_batch(batch_id=batch.pk)
    return AnnexBatch.objects.select_related("round__org").get(pk=batch.pk)


def codes(batch: AnnexBatch, position: int) -> list[str]:
    return [issue["code"] for issue in batch.rows.get(position=position).issues]


def fresh(batch: AnnexBatch) -> AnnexBatch:
    return AnnexBatch.objects.select_related("round__org").get(pk=batch.pk)


# ---------------------------------------------------------------- upload and reading


def test_upload_asks_for_a_background_job(trial, province):
    batch = imports.upload_annex(
        actor=province, round_key="trial", content=CITY.encode(), filename="附表.csv"
    )
    job = Job.objects.get(pk=batch.job_id)
    assert (batch.state, job.state, job.subject) == ("uploaded", "ready", "附表.csv")
    assert bytes(AnnexBatch.objects.get(pk=batch.pk).content) == CITY.encode()
    assert AuditEvent.objects.filter(action="annex.upload", target_id=str(batch.pk)).exists()


def test_upload_refused(trial, province, actor):
    for content in (b"", b"x" * (imports.MAX_BYTES + 1)):
        with pytest.raises(Invalid) as refused:
            imports.upload_annex(actor=province, round_key="trial", content=content, filename="x.csv")
        assert "file" in refused.value.fields
    with pytest.raises(Missing):
        imports.upload_annex(actor=province, round_key="nirgends", content=b"x", filename="x.csv")
    for role, org in (("county_officer", "淳安县"), ("inspector", "浙江省"), (None, None)):
        with pytest.raises(Denied):
            imports.upload_annex(actor=actor(role, org), round_key="trial", content=b"x", filename="x.csv")
    assert not AnnexBatch.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_the_printed_tables(trial, province, encoding):
    batch = read(province, PRINTED.decode().encode(encoding))
    found = tally(batch, batch_rows(batch))
    assert (batch.state, batch.kind, found.rows, found.errors, found.warnings) == (
        "preview",
        "csv",
        165,
        0,
        0,
    )
    assert found.ready


def test_reading_is_safe_to_repeat(trial, province):
    batch = read(province, CITY)
    imports.read_batch(batch_id=batch.pk)
    assert batch.rows.count() == 2
    with pytest.raises(Missing):
        imports.read_batch(batch_id=0)


def test_a_file_of_another_kind_is_refused_with_its_reason(trial, province):
    batch = read(province, b"%PDF-1.7 ...", filename="附件.pdf")
    assert batch.state == "refused"
    assert batch.refusal["expected"]["zh"]
    assert batch.refusal["repair"]["en"]
    assert not batch.rows.exists()
    book = openpyxl.load_workbook(io.BytesIO(issues_workbook(batch)))
    assert book.worksheets[0].max_row == 2


def test_a_withdrawn_batch_is_not_filled_by_a_late_job(trial, province):
    batch = imports.upload_annex(actor=province, round_key="trial", content=CITY.encode(), filename="a.csv")
    imports.withdraw_batch(actor=province, batch=batch)
    imports.read_batch(batch_id=batch.pk)
    assert fresh(batch).state == "withdrawn"
    assert not batch.rows.exists()


# ---------------------------------------------------------------- issues and repairs

WRONG_NUMBER = CITY.replace("医院,2,桐庐", "医院,7,桐庐")


def test_running_number_out_of_step_is_repaired_as_offered(trial, province):
    batch = read(province, WRONG_NUMBER)
    assert codes(batch, 2) == ["running_number_out_of_step"]
    assert repairs.apply_repairs(actor=province, batch=batch, version=batch.version, position=2) == 1
    row = batch.rows.get(position=2)
    assert (row.running_number, row.issues, row.edited) == (2, [], True)


def test_pair_twice_is_dropped_as_offered(trial, province):
    batch = read(province, CITY + "2,杭州市,杭州市第一人民医院,3,富阳市第二人民医院\n")
    assert "pair_twice" in codes(batch, 3)
    repairs.apply_repairs(actor=province, batch=batch, version=batch.version, code="pair_twice")
    assert batch.rows.get(position=3).dropped
    repairs.restore_row(actor=province, batch=fresh(batch), version=fresh(batch).version, position=3)
    assert not batch.rows.get(position=3).dropped
    assert "pair_twice" in codes(batch, 3)


def test_same_pair_under_two_names(trial, province):
    batch = read(province, CITY + "2,杭州市,杭州市第一人民医院,3,杭州市富阳市第二人民医院\n")
    if batch.rows.get(position=3).recipient_id == batch.rows.get(position=1).recipient_id:
        assert "pair_under_other_names" in codes(batch, 3)
    else:  # an unknown writing must never be guessed silently
        assert {"name_uncertain", "name_unresolved"} & set(codes(batch, 3))


def test_unknown_hospital_waits_for_a_person(trial, province):
    batch = read(province, CITY.replace("桐庐县第二人民医院", "桐庐县第二人民医陰"))
    row = batch.rows.get(position=2)
    assert row.recipient_id is None
    assert codes(batch, 2) == ["name_uncertain"]
    assert row.candidates["recipient"][0]["name"] == "桐庐县第二人民医院"
    with pytest.raises(Invalid, match="1 处错误"):
        imports.commit_batch(actor=province, batch=batch)
    key = row.candidates["recipient"][0]["key"]
    repairs.choose_hospital(
        actor=province, batch=batch, version=batch.version, position=2, side="recipient", hospital=key
    )
    row.refresh_from_db()
    assert (row.recipient.key, row.issues, row.chosen) == (key, [], ["recipient"])
    assert row.recipient_printed == "桐庐县第二人民医陰"  # what was printed stays


def test_a_choice_can_become_an_alias(trial, province):
    batch = read(province, CITY.replace("桐庐县第二人民医院", "桐庐县第二人民医陰"))
    key = batch.rows.get(position=2).candidates["recipient"][0]["key"]
    repairs.choose_hospital(
        actor=province,
        batch=batch,
        version=batch.version,
        position=2,
        side="recipient",
        hospital=key,
        alias_kind="typo",
    )
    assert HospitalName.objects.filter(hospital__key=key, name="桐庐县第二人民医陰", kind="typo").exists()
    again = read(province, CITY.replace("桐庐县第二人民医院", "桐庐县第二人民医陰"))
    assert again.rows.get(position=2).recipient_resolution == "typo"


def test_an_alias_needs_the_right_to_edit_the_entry(trial, hangzhou):
    batch = read(hangzhou, CITY)
    with pytest.raises(Denied):
        repairs.choose_hospital(
            actor=hangzhou,
            batch=batch,
            version=batch.version,
            position=1,
            side="recipient",
            hospital=Hospital.objects.get(name="宁波市第一医院").key,
            alias_kind="short",
        )
    assert fresh(batch).version == batch.version
    assert batch.rows.get(position=1).chosen == []


def test_one_choice_holds_for_all_rows_with_the_name(trial, province):
    text = CITY.replace("杭州市第一人民医院", "杭州第一名医院")
    batch = read(province, text)
    repairs.choose_hospital(
        actor=province,
        batch=batch,
        version=batch.version,
        position=1,
        side="supporter",
        hospital=Hospital.objects.get(name="杭州市第一人民医院").key,
    )
    assert {row.supporter.name for row in batch.rows.all()} == {"杭州市第一人民医院"}
    assert tally(fresh(batch), batch_rows(batch)).ready


def test_names_can_be_put_before_reviewers(trial, province):
    from duikou.wings.hospitals.actions import match_review

    batch = read(province, CITY.replace("桐庐县第二人民医院", "桐庐县第二人民医陰"))
    assert repairs.ask_reviewers(actor=province, batch=batch) == 1
    review = NameReview.objects.get(printed="桐庐县第二人民医陰")
    match_review(actor=province, review=review, hospital=Hospital.objects.get(name="桐庐县第二人民医院"))
    repairs.recheck_names(actor=province, batch=batch, version=batch.version)
    assert batch.rows.get(position=2).recipient.name == "桐庐县第二人民医院"
    with pytest.raises(Invalid):
        repairs.ask_reviewers(actor=province, batch=fresh(batch))


def test_edit_a_cell(trial, province):
    batch = read(province, CITY)
    repairs.edit_cell(
        actor=province,
        batch=batch,
        version=batch.version,
        position=2,
        column=Field.RECIPIENT,
        value=" 余杭区中医院 ",
    )
    row = batch.rows.get(position=2)
    assert (row.recipient_printed, row.recipient.name, row.edited) == (
        "余杭区中医院",
        "杭州市余杭区中医院",
        True,
    )


def test_edit_refused(trial, province, ningbo):
    batch = read(province, CITY)
    seen = batch.version
    values = {"batch": batch, "version": seen, "position": 1}
    with pytest.raises(Invalid) as refused:
        repairs.edit_cell(actor=province, **values, column=Field.START, value="gestern")
    assert "value" in refused.value.fields
    with pytest.raises(Invalid):
        repairs.edit_cell(actor=province, **values, column=Field.POSITION, value="1")
    with pytest.raises(Missing):
        repairs.edit_cell(actor=province, **{**values, "position": 99}, column=Field.REASON, value="x")
    with pytest.raises(Denied):
        repairs.edit_cell(actor=ningbo, **values, column=Field.REASON, value="x")
    assert fresh(batch).version == seen


def test_two_people_repair_at_once(trial, province):
    batch = read(province, WRONG_NUMBER)
    seen = batch.version
    repairs.drop_row(actor=province, batch=fresh(batch), version=seen, position=1)
    with pytest.raises(Conflict):
        repairs.drop_row(actor=province, batch=fresh(batch), version=seen, position=2)
    assert [row.dropped for row in batch.rows.all()] == [True, False]


def test_nothing_on_offer(trial, province):
    batch = read(province, CITY)
    with pytest.raises(Invalid):
        repairs.apply_repairs(actor=province, batch=batch, version=batch.version)


def test_date_before_the_round(trial, province):
    text = (
        "附件,地区,支援医院,支援数,受援医院,起\n2,杭州市,杭州市第一人民医院,1,富阳市第二人民医院,2013-05-01\n"
    )
    batch = read(province, text)
    assert codes(batch, 1) == ["date_before_round"]
    repairs.apply_repairs(actor=province, batch=batch, version=batch.version)
    assert batch.rows.get(position=1).start == trial.start


def test_heading_that_is_no_city_of_the_province(trial, province):
    batch = read(province, CITY.replace("2,杭州市", "2,南京市"))
    assert "group_not_a_city" in codes(batch, 1)


def test_error_workbook_lists_place_expected_found(trial, province):
    batch = read(province, WRONG_NUMBER)
    sheet = openpyxl.load_workbook(io.BytesIO(issues_workbook(batch))).worksheets[0]
    head, line = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=1, max_row=2))
    found = dict(zip(head, line, strict=True))
    assert found["规则 Rule"] == "running_number_out_of_step"
    assert str(found["行 Row"]) == "3"
    assert found["应为"]
    assert found["建议值 Suggested value"] == "2"


# ---------------------------------------------------------------- commit


def test_commit_writes_the_whole_batch(trial, province):
    batch = read(province, PRINTED)
    imports.commit_batch(actor=province, batch=batch)
    assert (batch.state, batch.created, batch.already_there) == ("committed", 165, 0)
    rows = Pairing.objects.filter(round=trial)
    assert list(rows.values_list("position", flat=True)) == list(range(1, 166))
    original = Pairing.objects.filter(round__key="zhejiang-2014").order_by("position")
    columns = (
        "table", "group", "running_number", "supporter_printed", "recipient_printed", "supporter",
        "recipient", "supporter_resolution", "recipient_resolution", "recipient_division", "level",
        "start", "end", "authority_path",
    )  # fmt: skip
    assert list(rows.order_by("position").values_list(*columns)) == list(original.values_list(*columns))
    event = AuditEvent.objects.get(action="annex_batch.commit")
    assert event.after["created"] == 165
    assert all(row.history.count() == 1 for row in rows[:3])


def test_imported_pairings_are_found_by_search(trial, province):
    before = len(find("富阳市第二人民医院", actor=province, source="pairing"))
    imports.commit_batch(actor=province, batch=read(province, CITY))
    assert len(find("富阳市第二人民医院", actor=province, source="pairing")) == before + 1


def test_importing_again_adds_nothing(trial, province):
    imports.commit_batch(actor=province, batch=read(province, CITY))
    again = read(province, CITY)
    assert codes(again, 1) == ["pair_recorded"]
    imports.commit_batch(actor=province, batch=again)
    assert (again.created, again.already_there) == (0, 2)
    assert Pairing.objects.filter(round=trial).count() == 2


def test_recorded_with_other_terms_is_said_and_left_alone(trial, province):
    imports.commit_batch(actor=province, batch=read(province, CITY))
    other = CITY.replace("受援医院\n", "受援医院,科室\n").replace("人民医院\n", "人民医院,骨科\n")
    batch = read(province, other)
    assert codes(batch, 1) == ["pair_recorded_otherwise"]
    imports.commit_batch(actor=province, batch=batch)
    assert Pairing.objects.filter(round=trial, departments=[]).count() == 2


def test_commit_twice(trial, province):
    batch = read(province, CITY)
    stale = fresh(batch)
    imports.commit_batch(actor=province, batch=batch)
    with pytest.raises(Conflict):
        imports.commit_batch(actor=province, batch=stale)
    assert Pairing.objects.filter(round=trial).count() == 2


def test_a_failure_in_the_middle_leaves_nothing(trial, province, monkeypatch):
    batch = read(province, CITY)

    def broken(*args, **kwargs):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(imports, "move", broken)
    with pytest.raises(RuntimeError):
        imports.commit_batch(actor=province, batch=batch)
    assert not Pairing.objects.filter(round=trial).exists()
    assert fresh(batch).state == "preview"
    monkeypatch.undo()
    imports.commit_batch(actor=province, batch=fresh(batch))
    assert Pairing.objects.filter(round=trial).count() == 2


def test_commit_needs_the_permission_there(trial, province, ningbo):
    batch = read(province, CITY)
    with pytest.raises(Denied):
        imports.commit_batch(actor=ningbo, batch=batch)
    assert not Pairing.objects.filter(round=trial).exists()


def test_all_rows_dropped(trial, province):
    batch = read(province, CITY)
    for position in (1, 2):
        batch = fresh(batch)
        repairs.drop_row(actor=province, batch=batch, version=batch.version, position=position)
    with pytest.raises(Invalid, match="没有可导入的行"):
        imports.commit_batch(actor=province, batch=fresh(batch))


# ---------------------------------------------------------------- a city imports its own table only


def test_city_imports_its_own_rows(trial, hangzhou):
    batch = read(hangzhou, CITY)
    imports.commit_batch(actor=hangzhou, batch=batch)
    assert Pairing.objects.filter(round=trial).count() == 2


@pytest.mark.parametrize(
    "line",
    ["2,宁波市,宁波市第一医院,1,宁波市镇海区人民医院\n", "1,,浙江医院,1,安吉县人民医院\n"],
    ids=["another city's table", "the province's table"],
)
def test_city_may_not_import_other_tables(trial, hangzhou, line):
    batch = read(hangzhou, CITY + line)
    assert codes(batch, 3) == ["not_own_table"]
    with pytest.raises(Invalid):
        imports.commit_batch(actor=hangzhou, batch=batch)
    repairs.apply_repairs(actor=hangzhou, batch=batch, version=batch.version, code="not_own_table")
    imports.commit_batch(actor=hangzhou, batch=fresh(batch))
    assert Pairing.objects.filter(round=trial).count() == 2


def test_a_city_imports_its_own_supporters_only(trial, hangzhou, province):
    text = CITY + "2,杭州市,宁波市第一医院,1,宁波市镇海区人民医院\n"
    assert codes(read(hangzhou, text), 3) == ["supporter_elsewhere"]
    assert codes(read(province, text), 3) == []


# ---------------------------------------------------------------- withdraw and take back


def test_withdraw(trial, province):
    batch = read(province, CITY)
    imports.withdraw_batch(actor=province, batch=batch)
    with pytest.raises(Conflict):
        imports.commit_batch(actor=province, batch=fresh(batch))


def test_take_back(trial, province):
    batch = read(province, CITY)
    imports.commit_batch(actor=province, batch=batch)
    with pytest.raises(Invalid):
        imports.revoke_batch(actor=province, batch=batch, reason="")
    assert imports.revoke_batch(actor=province, batch=batch, reason="传错文件") == 2
    assert not Pairing.objects.filter(round=trial).exists()
    assert Pairing.history.filter(round=trial, history_type="-").count() == 2
    again = read(province, CITY)
    imports.commit_batch(actor=province, batch=again)
    assert again.created == 2


def test_what_only_a_revoked_batch_paired_is_no_longer_shown_to_each_other(trial, province):
    """Of the two pairs the loaded round has the first one, too."""
    first = "2,杭州市,杭州市第一人民医院,1,淳安县中医院\n"
    batch = read(province, HEAD + first + "2,杭州市,杭州市第一人民医院,2,建德市第一人民医院\n")
    before = set(HospitalPartner.objects.values_list("hospital__name", "partner__name"))
    imports.commit_batch(actor=province, batch=batch)
    new = set(HospitalPartner.objects.values_list("hospital__name", "partner__name")) - before
    pair = ("杭州市第一人民医院", "建德市第一人民医院")
    assert new == {pair, pair[::-1]}
    assert imports.revoke_batch(actor=province, batch=batch, reason="传错文件") == 2
    assert set(HospitalPartner.objects.values_list("hospital__name", "partner__name")) == before


def test_take_back_refused_once_people_built_on_it(trial, province):
    from duikou.wings.pairings.actions.pairings import edit_pairing

    batch = read(province, CITY)
    imports.commit_batch(actor=province, batch=batch)
    edit_pairing(actor=province, pairing=Pairing.objects.filter(round=trial).first(), reason="重要")
    with pytest.raises(Conflict):
        imports.revoke_batch(actor=province, batch=fresh(batch), reason="x")
    assert Pairing.objects.filter(round=trial).count() == 2
    assert fresh(batch).state == "committed"


# ---------------------------------------------------------------- in one go


def test_import_in_one_go(trial, province):
    steps: list[tuple[int, int | None]] = []
    report = imports.import_annex(
        actor=province,
        round_key="trial",
        content=PRINTED,
        filename="附表.csv",
        progress=lambda done, total, note: steps.append((done, total)),
    )
    assert (report.ok, report.committed, report.created, report.findings) == (True, True, 165, 105)
    assert steps[-1] == (165, 165)
    assert AuditRun.objects.filter(round=trial).count() == 1


def test_dry_run_leaves_nothing(trial, province):
    before = AuditEvent.objects.count()
    report = imports.import_annex(
        actor=province, round_key="trial", content=PRINTED, filename="a.csv", dry_run=True
    )
    assert (report.ok, report.committed, report.created) == (True, False, 165)
    assert not Pairing.objects.filter(round=trial).exists()
    assert not AnnexBatch.objects.exists()
    assert AuditEvent.objects.count() == before


def test_one_wrong_row_and_nothing_is_written(trial, province):
    report = imports.import_annex(
        actor=province,
        round_key="trial",
        content=(CITY + "2,杭州市,杭州市第一人民医院,3,无此医院\n").encode(),
        filename="a.csv",
    )
    assert (report.ok, report.committed, report.created, report.rows) == (False, False, 0, 3)
    (issue,) = [entry for entry in report.as_json()["issues"] if entry["severity"] == "error"]
    assert (issue["row"], issue["column"]) == (4, "E")
    assert issue["expected"]
    assert issue["repair_en"]
    assert not AnnexBatch.objects.exists()
    assert not AnnexRow.objects.exists()


def test_unreadable_file_in_one_go(trial, province):
    report = imports.import_annex(actor=province, round_key="trial", content=b"PK\x03\x04", filename="a.xlsx")
    assert (report.ok, report.committed, len(report.issues)) == (False, False, 1)
    assert not AnnexBatch.objects.exists()


def test_import_in_one_go_needs_the_permission(trial, actor):
    with pytest.raises(Denied):
        imports.import_annex(
            actor=actor("inspector", "浙江省"), round_key="trial", content=PRINTED, filename="a.csv"
        )


def test_the_plans_own_text(trial, shared):
    (path,) = (shared / "sources").glob("000_*")
    report = imports.import_annex(
        actor=SYSTEM, round_key="trial", content=path.read_bytes(), filename="plan.txt", dry_run=True
    )
    assert (report.kind, report.rows, report.created, report.findings, report.issues) == (
        "text",
        165,
        165,
        105,
        (),
    )


# ---------------------------------------------------------------- names


def test_rare_characters_survive(trial, province):
    """於潜 keeps its 於; a character beyond the basic plane is kept as printed."""
    text = HEAD + "2,杭州市,杭州市红十字会医院,1,临安市於潜人民医院\n2,杭州市,杭州市红十字会医院,2,𠮷祥医院\n"
    batch = read(province, text)
    first, second = batch.rows.all()
    assert (first.recipient_printed, first.recipient.name) == ("临安市於潜人民医院", "临安市於潜人民医院")
    assert second.recipient_printed == "𠮷祥医院"
    assert codes(batch, 2)[0].startswith("name_")
    repairs.drop_row(actor=province, batch=batch, version=batch.version, position=2)
    imports.commit_batch(actor=province, batch=fresh(batch))
    assert Pairing.objects.get(round=trial).recipient_printed == "临安市於潜人民医院"
