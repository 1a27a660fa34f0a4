"""A county's sender (DCMTK's storescu) stores into the real Orthanc: filed, waiting, or refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.tele import ground
from tests.browser.conftest import Site
from tests.tele.conftest import HERE
from tests.tele.samples import slice_file

STORESCU = "/usr/bin/storescu"  # DCMTK's: a package of Python's has a command of this name, too
PREPARE = f"""
import datetime as dt
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging import actions
from duikou.wings.imaging.receiving import announce_gateways
from duikou.wings.patients import actions as patients
here = Hospital.objects.select_related('org').get(name={HERE!r})
one = patients.register(actor=SYSTEM, hospital=here, details=patients.Details(
    '於碶峃', 'male', dt.date(1956, 3, 8), 'own', identity_kind='none'))
for title in ('COUNTY', 'SECOND'):
    actions.enter_gateway(actor=SYSTEM, hospital=here, ae_title=title, address='127.0.0.1', port=104)
announce_gateways.func()
print('patient', one.number)
"""
OFF = """
from duikou.wings.imaging.models import Gateway
Gateway.objects.filter(ae_title='SECOND').update(active=False)
"""
WHAT_CAME = """
import json
from duikou.wings.imaging.models import Delivery, Study
from duikou.wings.imaging.queries.deliveries import told
from duikou.wings.imaging.receiving import receive_what_came
receive_what_came.func()
studies = {
    one.study_uid: [one.state, one.measurable, one.files.count(), one.description, one.patient_id is not None]
    for one in Study.objects.exclude(gateway=None)}
rows = Delivery.objects.filter(state='refused')
refused = [[one.sender, one.cause, one.count, told(one)[0].words] for one in rows]
print('came', json.dumps([studies, refused]))
"""

pytestmark = pytest.mark.skipif(not shutil.which(STORESCU), reason="apt-get install dcmtk")


@pytest.fixture(scope="module")
def number(tele_site: Site) -> str:
    """Number of 於碶峃, with two senders of the county."""
    return tele_site.python(PREPARE).split("patient ")[1].split()[0]


def store(site: Site, place: Path, title: str, *files: bytes) -> int:
    """C-STORE; the exit code of the sender."""
    place.mkdir()
    for at, content in enumerate(files):
        (place / f"{at}.dcm").write_bytes(content)
    command = [STORESCU, "-aet", title, "-aec", "DUIKOU", "+sd", "127.0.0.1"]
    done = subprocess.run(
        [*command, str(ground.port(site.home, "dicom")), str(place)],
        env={"TCP_NODELAY": "1", "PATH": "/usr/bin"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode


def came(site: Site, enough: Any) -> tuple[dict[str, list[Any]], list[list[Any]]]:
    """Studies of gateways and refused series, once there are `enough`: a series is taken when it rests."""
    until = time.monotonic() + 90
    while True:
        printed = site.python(WHAT_CAME)
        studies, refused = json.loads(printed.split("came ")[1])
        if enough(studies, refused):
            return studies, refused
        assert time.monotonic() < until, (studies, refused)
        time.sleep(2)


def test_what_a_county_sends_is_filed_waits_or_is_refused_with_its_reason(
    tele_site: Site, number: str, tmp_path: Path
) -> None:
    own = {"PatientID": number, "PatientName": "於^碶峃", "SpecificCharacterSet": "GB18030"}
    other = {**own, "PatientName": "李^四"}
    root = "2.25.7419"
    for name, files in {
        "good": [slice_file(at, study=81, **own) for at in (1, 2)],
        "flat": [slice_file(1, study=82, PixelSpacing=None, **own)],
        "other": [slice_file(1, study=83, **other)],
    }.items():
        assert store(tele_site, tmp_path / name, "COUNTY", *files) == 0
    studies, refused = came(tele_site, lambda studies, refused: len(studies) == 3)
    assert studies[f"{root}.81"] == ["ready", True, 2, "胸部平扫", True]
    assert studies[f"{root}.82"] == ["ready", False, 1, "胸部平扫", True]
    assert studies[f"{root}.83"][0] == "unmatched"  # a number alone is not a person
    assert refused == []

    # More of a matched study, in another series, that names somebody else.
    assert store(tele_site, tmp_path / "more", "COUNTY", slice_file(9, study=81, series=2, **other)) == 0
    tele_site.python(OFF)
    assert store(tele_site, tmp_path / "off", "SECOND", slice_file(1, study=84, **own)) == 0
    studies, refused = came(tele_site, lambda studies, refused: len(refused) == 2)
    assert studies[f"{root}.81"][2] == 2
    by_sender = {sender: (cause, count, words) for sender, cause, count, words in refused}
    assert by_sender["COUNTY"][:2] == ("identity", 1)
    assert "姓名应为“於碶峃”，文件中为“李 四”" in by_sender["COUNTY"][2]
    assert by_sender["SECOND"][:2] == ("off", 1)


def test_a_sender_that_nobody_entered_is_refused_at_the_door(
    tele_site: Site, number: str, tmp_path: Path
) -> None:
    assert store(tele_site, tmp_path / "x", "STRANGER", slice_file(1, study=85)) != 0
