"""The wards of the patients' tests, with a study and what makes it seen elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from duikou.core.scope import SYSTEM
from duikou.wings.imaging import actions, storage
from duikou.wings.imaging.actions.delivering import Sent, deliver
from duikou.wings.imaging.models import Gateway, Study, StudyGrant
from duikou.wings.patients import actions as patient_actions
from duikou.wings.patients.models import Share
from tests.wings.patients.conftest import Ward

REFERENCE = "consultation:1"


class Lightbox(Ward):
    """Two hospitals with their people, and studies of the first one's patients."""

    def study(self, **more: Any) -> Study:
        patient = more.pop("patient", None) or self.without_card()
        values: dict[str, Any] = {"kind": "dicom", "modality": "CT", "description": "胸部平扫", **more}
        return actions.register(actor=values.pop("actor", self.doctor), patient=patient, **values)

    def shared(self, study: Study) -> Share:
        assert study.patient is not None
        return patient_actions.share(
            actor=SYSTEM,
            patient=study.patient,
            hospital=self.other,
            kind="consultation",
            reference=REFERENCE,
        )

    def granted(self, study: Study, **more: Any) -> StudyGrant:
        values: dict[str, Any] = {"actor": self.doctor, "hospital": self.other, **more}
        return actions.grant(study=study, reference=REFERENCE, **values)


def sent(title: str, *files: bytes, series: str = "s1") -> bool:
    """A series of a gateway in the live store; whether it was taken."""
    with storage.batch() as folder:
        return deliver(Sent(series, title, "10.1.2.3", storage.written(folder, files)))


def received(gateway: Gateway, *files: bytes) -> list[Study]:
    """What a gateway has sent."""
    with storage.batch() as folder:
        return actions.receive(gateway=gateway, files=storage.written(folder, files))


@pytest.fixture
def box(db: None) -> Lightbox:
    return Lightbox()
