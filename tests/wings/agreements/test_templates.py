"""Official templates of commissions: matched with the pack's duties, only extended, used by later drafts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import OrgUnit
from duikou.policy.loader import load_pack
from duikou.wings.agreements import documents
from duikou.wings.agreements.actions import templates as actions
from duikou.wings.agreements.models import UploadedTemplate
from duikou.wings.agreements.queries import agreements as queries
from tests.wings.agreements.conftest import Made

pytestmark = pytest.mark.django_db
EXTRA = "甲方每年为乙方举办学术会议两次。"


def paper(*, without: str = "", extra: str = EXTRA) -> bytes:
    """A commission's template: the pack's clauses, one more, perhaps one less."""
    made = documents.agreement_paper(
        load_pack("zhejiang-2014").agreements["standard"],
        supporter=documents.PaperParty("＿＿＿＿"),
        recipient=documents.PaperParty("＿＿＿＿"),
        start=None,
        end=None,
        code="7K3M-9QPT-02XA-HB5N",
        address="http://127.0.0.1/verify/7K3M-9QPT-02XA-HB5N/",
        moment=dt.datetime(2014, 1, 27, tzinfo=dt.UTC),
        added=[documents.PaperClause("added-1", "supporter", extra, added=True)] if extra else (),
    )
    kept = tuple(clause for clause in made.clauses if clause.id != without)
    return documents.docx(type(made)(**{**{n: getattr(made, n) for n in made.__slots__}, "clauses": kept}))


def upload(made: Made, **options: Any) -> UploadedTemplate:
    return actions.upload_template(
        **{
            "actor": made.people.province,
            "org": OrgUnit.objects.get(kind="province", name="浙江省"),
            "title": "浙江省支援协议（正式范本）",
            "kind": "standard",
            "policy_pack": "zhejiang-2014",
            "content": paper(),
            "filename": "范本.docx",
            **options,
        }
    )


def test_later_drafts_follow_it(made: Made) -> None:
    template = upload(made)
    assert template.added == 1
    agreement = made.draft()
    assert agreement.uploaded_template == template
    version = queries.version(agreement, 1)
    assert version.accepted, version.verdict
    assert EXTRA in [row["text"] for row in version.content["clauses"]]


def test_a_new_one_replaces_the_old_and_retiring_goes_back_to_the_pack(made: Made) -> None:
    first, second = upload(made), upload(made, title="新版")
    first.refresh_from_db()
    assert (first.active, second.active) == (False, True)
    actions.retire_template(actor=made.people.province, template=second)
    with pytest.raises(Conflict, match="已经停用"):
        actions.retire_template(actor=made.people.province, template=second)
    assert made.draft().uploaded_template is None


def test_a_template_may_not_shrink(made: Made) -> None:
    with pytest.raises(Invalid, match="没有通过条款检查") as caught:
        upload(made, content=paper(without="supporter-costs"))
    assert "S1 附件3" in str(caught.value)
    assert "file" in caught.value.fields


def test_other_refusals(made: Made) -> None:
    with pytest.raises(Invalid, match="名称"):
        upload(made, title=" ")
    with pytest.raises(Invalid):
        upload(made, content=b"%PDF-1.4")
    for options in ({"policy_pack": "no-such-pack"}, {"kind": "friendship"}):
        with pytest.raises(Missing):
            upload(made, **options)
    for who in (made.people.supporter, made.people.county):
        with pytest.raises(Denied):
            upload(made, actor=who)
