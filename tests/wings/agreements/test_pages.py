"""The pages: what they show and refuse, in both languages, with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duikou.core.models import User
from duikou.wings.agreements.actions import ending
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.queries import agreements as queries
from tests.wings.agreements.conftest import SCAN, TODAY, Made, content_of

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def browse(client: Client) -> Callable[..., Client]:
    """A browser of somebody: `browse(made.people.province)`."""

    def of(who: Any) -> Client:
        client.force_login(User.objects.get(pk=who.user_id))
        return client

    return of


def url(name: str, *parts: object) -> str:
    return reverse(f"agreements:{name}", args=parts)


def test_a_refused_text_shows_both_texts_side_by_side(made: Made, browse: Any) -> None:
    agreement = made.shrunken()
    answer = browse(made.people.recipient_liaison).post(
        url("send", agreement.pk), {"version": agreement.version}
    )
    assert answer.status_code == 422
    shown = text(answer)
    wanted = next(
        one for one in queries.version(agreement, 2).verdict["judgements"] if one["verdict"] == "missing"
    )
    for words in ("没有执行", "条款检查未通过", wanted["wanted"], wanted["source"], "没有这一条", "修改文本"):
        assert words in shown


def test_editing_on_the_page_repairs_the_text(made: Made, browse: Any) -> None:
    agreement = made.shrunken()
    first = queries.version(agreement, 1).content["clauses"]
    form = {f"clause-{row['id']}": row["text"] for row in first}
    form |= {"version": agreement.version, "added-supporter": "甲方另派专家一名。", "note": "补全"}
    browser = browse(made.people.supporter_liaison)
    assert "缺失或被削弱" in text(browser.get(url("edit", agreement.pk)))
    answer = browser.post(url("edit", agreement.pk), form)
    assert answer.status_code == 302, text(answer)[:2000]
    agreement.refresh_from_db()
    assert (agreement.latest, agreement.accepted) == (3, True)
    compared = text(browser.get(url("compare", agreement.pk, 3)))
    assert "<ins>甲方另派专家一名。</ins>" in compared
    assert browser.get(url("compare", agreement.pk, 3) + "?with=1").status_code == 200
    assert browser.get(url("compare", agreement.pk, 1)).status_code == 404
    assert browser.get(url("compare", agreement.pk, 3) + "?with=x").status_code == 400


@pytest.mark.parametrize("value", ["0", "x", "1.5", "9999999999", "-1"])
def test_a_figure_that_is_none_is_refused(made: Made, browse: Any, value: str) -> None:
    agreement = made.draft()
    form = {f"clause-{row['id']}": row["text"] for row in content_of(agreement)["clauses"]}
    form |= {"version": agreement.version, "target-supporter-posting": value}
    answer = browse(made.people.supporter_liaison).post(url("edit", agreement.pk), form)
    assert answer.status_code == 422
    assert "约定数" in text(answer)


def test_a_page_without_version_is_out_of_date(made: Made, browse: Any) -> None:
    agreement = made.draft()
    answer = browse(made.people.supporter_liaison).post(url("send", agreement.pk))
    assert answer.status_code == 422
    assert "页面已过时" in text(answer)


def test_the_whole_way_on_pages(made: Made, browse: Any) -> None:
    agreement = made.review()
    for who in (made.people.supporter, made.people.recipient):
        agreement.refresh_from_db()
        side = "supporter" if who is made.people.supporter else "recipient"
        assert "同意" in text(browse(who).get(url("detail", agreement.pk)))
        done = browse(who).post(url("agree", agreement.pk), {"version": agreement.version, "side": side})
        assert done.status_code == 302
    for who in (made.people.supporter, made.people.recipient):
        agreement.refresh_from_db()
        side = "supporter" if who is made.people.supporter else "recipient"
        form = {
            "version": agreement.version, "side": side, "signatory": "演示甲", "on": TODAY.isoformat(),
            "scan": SimpleUploadedFile("盖章页.pdf", SCAN.content),
        }  # fmt: skip
        assert browse(who).post(url("sign", agreement.pk), form).status_code == 302
    agreement.refresh_from_db()
    assert agreement.state == "signed"
    day = {"version": agreement.version, "on": TODAY.isoformat()}
    assert browse(made.people.supporter_liaison).post(url("copy", agreement.pk), day).status_code == 302
    assert browse(made.people.province).post(url("receipt", agreement.pk), day).status_code == 302
    agreement.refresh_from_db()
    assert agreement.state == "filed"
    assert f"{TODAY.year}-0001" in text(browse(made.people.county).get(url("detail", agreement.pk)))


def test_a_wrong_form_comes_back_with_its_errors(made: Made, browse: Any) -> None:
    agreement = made.approved()
    form = {"version": agreement.version, "side": "supporter", "signatory": "", "on": "2014-99-01"}
    answer = browse(made.people.supporter).post(url("sign", agreement.pk), form)
    assert answer.status_code == 422
    assert "请改正以下问题" in text(answer)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(made: Made, browse: Any, language: str) -> None:
    agreement = made.filed()
    ending.ask_to_end(
        actor=made.people.supporter, agreement=agreement, side="supporter", last_day=TODAY,
        reason="演示", evidence=SCAN,
    )  # fmt: skip
    pk = agreement.pk
    pages = [
        url("list"), url("overview"), url("progress"), url("templates"), url("detail", pk),
        url("text", pk, 1), url("check", pk, 1), url("new", made.pairing.pk),
        url("list") + "?late=yes&waits=end",
        url("progress") + "?late=yes", url("file", pk, "text", 1), url("file", pk, "print", 1),
        url("file", pk, "scan", 1),
    ]  # fmt: skip
    for page in pages:
        answer = browse(made.people.province).get(page, headers={"accept-language": language})
        assert answer.status_code == 200, page
    sheet = browse(made.people.province).get(url("progress") + "?export=xlsx")
    assert sheet.status_code == 200
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    overview = text(browse(made.people.province).get(url("overview")))
    assert "2014-02-15" in overview


def test_lists_take_a_fixed_number_of_queries(made: Made, browse: Any) -> None:
    def count(page: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(page).status_code == 200
        return len(found)

    made.draft()
    browser = browse(made.people.province)
    browser.get(url("list"))
    before = count(url("list"))
    for pairing in type(made.pairing).objects.exclude(pk=made.pairing.pk).order_by("position")[:3]:
        made.pairing = pairing
        made.draft()
    assert count(url("list")) == before


def test_only_parties_and_authorities_see_it(made: Made, browse: Any) -> None:
    agreement = made.draft()
    assert browse(made.people.stranger).get(url("detail", agreement.pk)).status_code == 404
    assert browse(made.people.stranger).get(url("file", agreement.pk, "text", 1)).status_code == 404


# ---------------------------------------------------------------- the public check of a code


def test_a_code_tells_parties_dates_and_state_and_nothing_else(made: Made, client: Client) -> None:
    agreement = made.signed()
    shown = text(client.get(reverse("portal:verify_code", args=[agreement.code])))
    for words in (
        made.pairing.supporter.name,
        made.pairing.recipient.name,
        TODAY.isoformat(),
        "已签署",
        "有效的协议",
    ):
        assert words in shown
    for words in ("演示supporter", "演示甲", "盖章页", "副主任医师"):
        assert words not in shown


def test_codes_are_typed_as_people_do(made: Made, client: Client) -> None:
    agreement = made.draft()
    typed = agreement.code.replace("-", " ").lower()
    answer = client.get(reverse("portal:verify"), {"code": typed})
    assert answer["Location"] == reverse("portal:verify_code", args=[agreement.code])
    for bad in ("1", "<script>", "七" * 16):
        assert client.get(reverse("portal:verify"), {"code": bad}).status_code == 422
    assert client.get(reverse("portal:verify_code", args=["AAAA-AAAA-AAAA-AAAA"])).status_code == 404
    assert client.get(reverse("portal:verify_code", args=["x"])).status_code == 404
    assert Agreement.objects.count() == 1
