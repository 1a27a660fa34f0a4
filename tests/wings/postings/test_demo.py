"""Invented postings: eligible, inside their pairing, marked, removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.core.models import OrgUnit
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings import demo
from duikou.wings.postings.eligibility import Candidate, Wanted, judge
from duikou.wings.postings.models import Appraisal, ConductRecord, Leave, Posting, StaffRequest

pytestmark = pytest.mark.django_db


def test_demonstration_data_follow_the_rules_and_go_without_trace() -> None:
    tables = (Person, Department, OrgUnit, Posting, StaffRequest, Leave, Appraisal, ConductRecord)
    before = [model.objects.count() for model in tables]
    made = demo.load(seed=5)
    assert made["postings"] >= 2 * Pairing.objects.count()
    pack = load_pack("zhejiang-2014")
    refused = 0
    for posting in Posting.objects.select_related("person", "pairing", "home_department", "host_department"):
        person = posting.person
        reasons = judge(
            Candidate(person.title, person.title_since, person.specialty, person.registered_scope),
            Wanted(posting.specialty, posting.first_day, posting.last_day, office=posting.office),
            pack,
        )
        assert [reason.rule for reason in reasons if reason.blocking] == (
            ["PER-01"] if posting.state == "refused" else []
        )
        refused += posting.state == "refused"
        assert posting.pairing.start <= posting.first_day <= posting.last_day <= posting.pairing.end
        assert posting.home_department is not None
        assert posting.home_department.hospital_id == posting.supporter_id == person.hospital_id
        assert posting.demonstration
    assert refused > 5
    assert Posting.objects.exclude(office="").count() > 30
    assert set(ConductRecord.objects.values_list("kind", flat=True)) == {"notice", "dispute"}
    with pytest.raises(Conflict):
        demo.load(seed=5)
    assert demo.clear() == made
    assert [model.objects.count() for model in tables] == before
