"""A case of its own that waits for its opinion, so that a test may sign it when it wants to.

What is below `prepare` runs inside the installation (`Site.python`); everything is invented.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass
from typing import Any

from tests.browser.conftest import Site
from tests.tele.case import HERE, THERE, hospital, somebody
from tests.tele.samples import ROOT, series_files

STUDY, SLICES = f"{ROOT}.74", 3


@dataclass(frozen=True)
class Due:
    """A consultation whose expert was named."""

    consultation: int
    study: str = STUDY

    def sign(self, site: Site) -> None:
        """The expert signs."""
        site.python(f"from tests.tele.signing import sign; sign({self.consultation})")

    def pushes(self, site: Site) -> list[dict[str, Any]]:
        """What became of the opinion's way into the study."""
        printed = site.python(f"from tests.tele.signing import pushes; pushes({self.consultation})")
        return _told(printed)


def due(site: Site) -> Due:
    """Prepare it on a site that has the case (`tests.tele.case`)."""
    return Due(_told(site.python("from tests.tele.signing import prepare; prepare()")))


def _told(printed: str) -> Any:
    line = next(line for line in printed.splitlines() if line.startswith("told "))
    return json.loads(line.removeprefix("told "))


def prepare() -> None:
    """Asked by 安吉县人民医院 with a short CT, accepted, the expert named; prints its number."""
    from django.utils import timezone

    from duikou.core.models import User
    from duikou.core.scope import actor_for
    from duikou.wings.imaging import actions as imaging
    from duikou.wings.imaging.dicom.unpacking import Handed
    from duikou.wings.patients import actions as patients
    from duikou.wings.patients.actions.consents import Said
    from duikou.wings.telehealth import actions
    from duikou.wings.telehealth.models import Expert

    doctor, office, triage = (
        actor_for(User.objects.get(username=name)) for name in ("clinic", "records", "triage")
    )
    patient = somebody(doctor, hospital(HERE))
    files = series_files(SLICES, study=74)
    handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
    studies = imaging.take(actor=doctor, patient=patient, handed=handed)
    given = timezone.now() - dt.timedelta(hours=1)
    said = Said(purpose="consultation", giver="patient", way="written", given_at=given, kept_at="病历室")
    patients.give_consent(actor=doctor, patient=patient, said=said)
    request = actions.Request(
        kind="consultation", urgency="routine", reason_wanted="结节性质不明", aim="明确诊断",
        specialty="respiratory", diagnosis="右上肺结节", summary="体检发现右上肺结节。",
    )  # fmt: skip
    one = actions.create(actor=doctor, patient=patient, invited=hospital(THERE), request=request)
    actions.choose_studies(actor=doctor, one=one, studies=studies)
    one = actions.submit(actor=doctor, one=one)
    one = actions.approve(actor=office, one=one)
    one = actions.accept(actor=triage, one=one)
    expert = Expert.objects.get(person__user__username="zhou")
    one = actions.assign(actor=triage, one=one, experts=[expert])
    print("told", one.pk)


def sign(pk: int) -> None:
    """The named expert signs."""
    from duikou.core.models import User
    from duikou.core.scope import actor_for
    from duikou.wings.telehealth import actions
    from duikou.wings.telehealth.models import Consultation

    written = actions.Written("右上肺结节 8 毫米。", "考虑良性结节。", "三个月后复查。")
    expert = actor_for(User.objects.get(username="zhou"))
    actions.sign(actor=expert, one=Consultation.objects.get(pk=pk), written=written)


def pushes(pk: int) -> None:
    """Print the rows of the opinion's way, with how many reports the study keeps."""
    from duikou.wings.imaging.models import StudyFile
    from duikou.wings.telehealth.models import Push

    rows = [
        {"state": row.state, "kept": StudyFile.objects.filter(study=row.study, modality="DOC").count()}
        for row in Push.objects.filter(consultation=pk)
    ]
    print("told", json.dumps(rows))
