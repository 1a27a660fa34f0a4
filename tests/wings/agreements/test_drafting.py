"""Drafts: what they say, how texts change, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from duikou.core import documents as store
from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent, User
from duikou.policy.loader import load_pack
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions import drafting
from duikou.wings.agreements.actions.drafting import Terms
from duikou.wings.agreements.models import Agreement, Version
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.pairings.models import Pairing
from tests.wings.agreements.conftest import TERM, TODAY, Made, content_of, with_clause, without

pytestmark = pytest.mark.django_db


def test_a_draft_has_every_clause_of_the_pack_and_the_check_takes_it(made: Made, pairing: Pairing) -> None:
    agreement = made.draft()
    template = load_pack(pairing.round.policy_pack).agreements["standard"]
    version = queries.version(agreement, 1)
    assert agreement.state == "draft"
    assert [row["id"] for row in version.content["clauses"]] == [clause.id for clause in template.clauses]
    assert version.accepted, version.verdict
    assert agreement.accepted
    assert not [one for one in version.verdict["judgements"] if one["verdict"] != "kept"]
    assert store.content(version.document).startswith(b"PK")
    assert version.pdf is not None
    assert store.content(version.pdf).startswith(b"%PDF-")


def test_left_out_days_come_from_the_pairing(made: Made, pairing: Pairing) -> None:
    agreement = made.draft(terms=Terms())
    assert (agreement.term_start, agreement.term_end) == (pairing.start, pairing.end)
    assert agreement.drafted_on == TODAY


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("normal", "standard"),
        ("branch", "branch"),
        ("trustee", "union"),
        ("union", "union"),
        ("group", "union"),
    ],
)
def test_the_form_of_the_pairing_asks_for_the_kind(
    made: Made, pairing: Pairing, form: str, kind: str
) -> None:
    Pairing.objects.filter(pk=pairing.pk).update(kind=form)
    pairing.refresh_from_db()
    made.pairing = pairing
    agreement = made.draft()
    assert agreement.kind == kind
    assert agreement.accepted, queries.version(agreement, 1).verdict


def test_one_live_agreement_of_a_kind(made: Made) -> None:
    made.draft()
    with pytest.raises(Conflict, match="已有同一期的"):
        made.draft()


def test_the_database_holds_one_on_its_way(made: Made) -> None:
    first = made.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(
            **{
                name: getattr(first, name)
                for name in (
                    "pairing", "kind", "supporter", "recipient", "supporter_path", "recipient_path",
                    "policy_pack", "template", "drafted_on", "term_start", "term_end",
                )
            }
        )  # fmt: skip


def refusals(terms: Terms, **options: Any) -> Any:
    return pytest.param(terms, options)


START = TODAY - dt.timedelta(days=10)


@pytest.mark.parametrize(
    ("terms", "field", "words"),
    [
        (
            Terms(start=START, end=drafting.last_day_of(START, 3) - dt.timedelta(days=1)),
            "term_end",
            "不短于 3 年",
        ),
        (Terms(start=START, end=START - dt.timedelta(days=1)), "term_end", "不短于 3 年"),
        (Terms(drafted_on=TODAY + dt.timedelta(days=1)), "drafted_on", "不晚于今天"),
    ],
)
def test_wrong_days_are_refused(made: Made, terms: Terms, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        made.draft(terms=terms)
    assert field in caught.value.fields
    assert not Agreement.objects.exists()


def test_a_strange_kind_or_specialty_is_refused(made: Made) -> None:
    for options, words in (
        ({"kind": "friendship"}, "没有这种协议"),
        ({"specialty": "general_surgery"}, "只有目标协议"),
        ({"kind": "target", "specialty": "general_surgery"}, "没有该专业的科室对口"),
    ):
        with pytest.raises(Invalid, match=words):
            made.draft(**options)


def test_only_those_who_edit_there_draft(made: Made, pairing: Pairing) -> None:
    for who in (made.people.stranger, made.people.county):
        with pytest.raises(Denied):
            drafting.create_draft(actor=who, pairing=pairing, terms=TERM)


# ---------------------------------------------------------------- texts


def test_an_edit_is_a_new_version_and_the_old_one_stays(made: Made) -> None:
    agreement = made.draft()
    before = content_of(agreement)
    made_text = drafting.edit_text(
        actor=made.people.supporter_liaison,
        agreement=agreement,
        content=with_clause(agreement, "supporter", "甲方每年为乙方举办学术会议两次。"),
        note="增加会议",
    )
    assert (made_text.number, made_text.accepted, agreement.latest) == (2, True, 2)
    assert queries.version(agreement, 1).content == before
    assert "new" in {one["verdict"] for one in made_text.verdict["judgements"]}


def test_a_text_without_change_is_refused(made: Made) -> None:
    agreement = made.draft()
    with pytest.raises(Invalid, match="没有改动"):
        drafting.edit_text(
            actor=made.people.supporter_liaison, agreement=agreement, content=content_of(agreement)
        )


def test_a_shrunken_text_is_kept_and_not_accepted(made: Made) -> None:
    agreement = made.shrunken()
    version = queries.version(agreement, 2)
    (missing,) = [one for one in version.verdict["judgements"] if one["verdict"] == "missing"]
    assert missing["clause"] == "supporter-costs"
    assert missing["source"].startswith("S1 附件3")
    assert missing["wanted"]
    assert not agreement.accepted


def test_a_version_is_never_changed(made: Made) -> None:
    version = queries.version(made.draft(), 1)
    version.note = "anders"
    with pytest.raises(TypeError, match="never changed"):
        version.save()


def test_a_stale_text_is_refused(made: Made) -> None:
    agreement = made.draft()
    stale = Agreement.objects.get(pk=agreement.pk)
    drafting.edit_text(
        actor=made.people.supporter_liaison,
        agreement=agreement,
        content=with_clause(agreement, "supporter", "甲方另派专家一名。"),
    )
    with pytest.raises(Conflict, match="刚被他人改动"):
        drafting.edit_text(
            actor=made.people.recipient_liaison,
            agreement=stale,
            content=with_clause(stale, "recipient", "乙方另设专门联络员。"),
        )
    assert Version.objects.filter(agreement=agreement).count() == 2


def test_others_may_not_edit_and_nothing_changes_after_sending(made: Made) -> None:
    agreement = made.draft()
    content = with_clause(agreement, "supporter", "甲方另派专家一名。")
    for who in (made.people.stranger, made.people.county):
        with pytest.raises(Denied):
            drafting.edit_text(actor=who, agreement=agreement, content=content)
    sent = made.pairing and Agreement.objects.get(pk=agreement.pk)
    from duikou.wings.agreements.actions import reviewing

    reviewing.send(actor=made.people.supporter_liaison, agreement=sent)
    with pytest.raises(Conflict, match="不能这样办理"):
        drafting.edit_text(actor=made.people.supporter_liaison, agreement=sent, content=content)


def test_the_own_file_comes_back_as_it_went(made: Made) -> None:
    agreement = made.draft()
    file = store.content(queries.version(agreement, 1).document)
    version = drafting.upload_text(
        actor=made.people.recipient_liaison, agreement=agreement, content=file, filename="改.docx"
    )
    assert version.origin == "uploaded"
    assert version.accepted, version.verdict
    assert version.pdf is None
    assert store.content(version.document) == file
    ids = {row["id"] for row in version.content["clauses"]}
    assert ids >= {row["id"] for row in queries.version(agreement, 1).content["clauses"]}


def _archive(names: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old word",
        b"%PDF-1.7 scanned",
        b"PK\x03\x04 broken",
        _archive({"xl/workbook.xml": b"<x/>"}),
        _archive({"word/document.xml": b"<broken", "[Content_Types].xml": b"<x/>"}),
        _archive({"word/document.xml": b"<x/>", "word/vbaProject.bin": b"macro"}),
    ],
    ids=["empty", "doc", "pdf", "broken archive", "workbook", "broken text", "macros"],
)
def test_a_file_of_a_wrong_kind_is_refused(made: Made, content: bytes) -> None:
    agreement = made.draft()
    with pytest.raises(Invalid) as caught:
        drafting.upload_text(
            actor=made.people.recipient_liaison, agreement=agreement, content=content, filename="x.docx"
        )
    assert "file" in caught.value.fields
    assert agreement.versions.count() == 1
    # What came is kept for the record, with the reason; nothing of an empty file is left to keep.
    (kept,) = agreement.refused_uploads.all()
    assert (kept.filename, kept.reason) == ("x.docx", str(caught.value.message))
    assert (store.content(kept.document) if kept.document else b"") == content
    event = AuditEvent.objects.get(action="agreement.upload_refused")
    assert event.after["sha256"] == (hashlib.sha256(content).hexdigest() if content else "")


def test_a_refused_file_is_handed_out_to_those_who_draft_and_never_opened(made: Made, client: Client) -> None:
    agreement = made.draft()
    with pytest.raises(Invalid):
        drafting.upload_text(
            actor=made.people.recipient_liaison,
            agreement=agreement,
            content=b"MZ program",
            filename="协议.doc",
        )
    kept = agreement.refused_uploads.get()
    address = reverse("agreements:file", args=[agreement.pk, "refused", kept.pk])
    client.force_login(User.objects.get(pk=made.people.recipient_liaison.user_id))
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (b"MZ program", "application/octet-stream")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "协议.doc" in client.get(reverse("agreements:detail", args=[agreement.pk])).content.decode()
    client.force_login(User.objects.get(pk=made.people.county.user_id))
    assert client.get(address).status_code == 403
    with pytest.raises(Denied):
        drafting.upload_text(
            actor=made.people.county, agreement=agreement, content=b"MZ", filename="协议.doc"
        )
    assert agreement.refused_uploads.count() == 1


def test_figures_that_both_agree_on_stand_in_the_text(made: Made) -> None:
    agreement = made.draft()
    template = papers.kept_template(agreement)
    rows = {row["id"]: row["text"] for row in content_of(agreement)["clauses"]}
    content = papers.edited(
        template, texts=rows, targets={"supporter-posting": 24}, added=[], others="第一条\n\n第二条 "
    )
    version = drafting.edit_text(actor=made.people.supporter_liaison, agreement=agreement, content=content)
    (row,) = [row for row in version.content["clauses"] if row["id"] == "supporter-posting"]
    assert row["text"].endswith("（双方约定：每年24人月）")
    assert version.content["others"] == "第一条\n第二条"
    assert version.accepted, version.verdict
    again = papers.edited(
        template, texts={**rows, "supporter-posting": row["text"]}, targets={}, added=[], others=""
    )
    (plain,) = [one for one in again["clauses"] if one["id"] == "supporter-posting"]
    assert plain["text"] == rows["supporter-posting"]


# ---------------------------------------------------------------- terms


def test_new_terms_are_printed_into_the_text(made: Made) -> None:
    agreement = made.draft()
    end = TERM.end + dt.timedelta(days=365)  # type: ignore[operator]
    drafting.change_terms(
        actor=made.people.supporter_liaison,
        agreement=agreement,
        terms=Terms(end=end, supporter_representative="演示丙"),
    )
    version = queries.version(agreement, 2)
    assert version.accepted, version.verdict
    assert agreement.term_end == end
    assert any(f"{end.year}年{end.month}月{end.day}日" in row["text"] for row in version.content["clauses"])


def test_terms_that_are_too_short_are_refused(made: Made) -> None:
    agreement = made.draft()
    with pytest.raises(Invalid, match="不短于 3 年"):
        drafting.change_terms(
            actor=made.people.supporter_liaison,
            agreement=agreement,
            terms=Terms(end=TERM.start + dt.timedelta(days=700)),  # type: ignore[operator]
        )


def test_without_removes_exactly_one(made: Made) -> None:
    agreement = made.draft()
    assert len(without(agreement, "supporter-costs")["clauses"]) == len(content_of(agreement)["clauses"]) - 1
