"""All pairings of the real round drafted in one job: each draft opens, is whole, and passes the check."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from duikou.core import documents as store
from duikou.core.jobs.context import JobContext
from duikou.policy.loader import load_pack
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions import opening
from duikou.wings.agreements.models import Version
from duikou.wings.pairings.models import Round
from tests.wings.agreements.conftest import TODAY, Made
from tests.wings.agreements.documents.samples import characters

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAIRINGS = 165  # of annex 1 and 2


def test_every_pairing_of_the_round_gets_a_draft_that_opens(made: Made, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: apt-get install libreoffice-writer-nogui)")
    found = opening.draft_all(
        actor=made.people.province, round_=Round.objects.get(), drafted_on=TODAY, job=JobContext()
    )
    assert (found.drafts, found.refused, found.failed) == (PAIRINGS, 0, [])
    versions = list(
        Version.objects.select_related(
            "agreement__pairing__supporter", "agreement__pairing__recipient", "document", "pdf"
        )
    )
    assert len(versions) == PAIRINGS
    for version in versions:
        (tmp_path / f"{version.pk}.docx").write_bytes(store.content(version.document))
    subprocess.run(
        [
            office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path / "out"),
            *map(str, sorted(tmp_path.glob("*.docx"))),
        ],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    for version in versions:
        agreement = version.agreement
        template = papers.template_for(load_pack(agreement.policy_pack), agreement.kind)
        text = (tmp_path / "out" / f"{version.pk}.txt").read_text(encoding="utf-8-sig")
        rows = {row["id"]: row["text"] for row in version.content["clauses"]}
        assert set(rows) >= {clause.id for clause in template.clauses}
        parties = (agreement.pairing.supporter.name, agreement.pairing.recipient.name)
        for words in (*rows.values(), *parties):
            assert words in text, (str(agreement), words)
        assert version.accepted
        assert version.pdf is not None
        printed = characters(store.content(version.pdf))
        assert set("".join(parties)) <= printed
