"""Every operation of the API against its own document.

All default checks of Schemathesis, in-process, with the token of an officer of the
province who also runs the system and reads the audit trail. Half of the valid cases
get ids and versions of real rows, so that acts are done and not only refused. Each
case is undone before the next: none can take the caller's role away from the others.

A longer run from another seed (`-s` prints how often each status was answered):

    DUIKOU_API_EXAMPLES=200 DUIKOU_API_SEED=7 pytest -s tests/wings/api/test_schemathesis.py
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from duikou.config.wsgi import application
from duikou.core.models import AuditEvent, OrgUnit, RoleGrant, User
from duikou.wings.discharges.models import Submission
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Hospital, NameReview
from duikou.wings.pairings.models import AnnexBatch, DeclarationBatch, Finding, Pairing, Proposal
from duikou.wings.places.models import Division
from tests.wings.api.callers import Caller
from tests.wings.walk.world import World, inside_and_outside

DAYS = ["2014-03-01", "2015-06-30", "2016-12-31"]  # inside the round
# The shapes of requests are tried on the embedded database; PostgreSQL gets fewer, for its own faults.
USUAL = "8" if connection.vendor == "sqlite" else "4"
EXAMPLES = int(os.environ.get("DUIKOU_API_EXAMPLES", USUAL))
SEED = int(os.environ.get("DUIKOU_API_SEED", "20140215"))

config = SchemathesisConfig.from_dict({"seed": SEED})
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)


class Rows:
    """Real ids and versions to put in place of invented ones."""

    def __init__(self, caller: Caller, world: World) -> None:
        def ids(rows: Any, column: str = "pk") -> list[Any]:
            return list(rows.order_by("pk").values_list(column, flat=True)[:40])

        hospitals = [world.hospital.pk, *ids(Hospital.objects.all())]
        self.known: dict[str, list[Any]] = {
            "hospital_id": hospitals,
            "alias_id": [world.alias.pk],
            "department_id": [world.department.pk],
            "target_id": hospitals[20:],
            "hospital": ids(Hospital.objects.all(), "key"),
            "supporter": ids(Hospital.objects.all(), "key"),
            "recipient": ids(Hospital.objects.filter(role="recipient"), "key"),
            "division_id": ids(Division.objects.filter(level="county", valid_to=None)),
            "review_id": ids(NameReview.objects.all()),
            "person_id": [world.person.pk],
            "supporter_head": [None],
            "recipient_head": [None],
            "pairing_id": [world.pairing.pk, *ids(Pairing.objects.all())],
            "link_id": [world.link.pk],
            "load_id": [world.aid.pk],
            "obligation_id": [world.obligation.pk],
            "evidence_id": [world.evidence.pk],
            "target_proposal_id": [world.target.pk],
            "finding_id": ids(Finding.objects.all()),
            "batch_id": ids(AnnexBatch.objects.all()),
            "proposal_id": [world.proposal.pk],
            "other_id": [world.proposal.pk],
            "declaration_id": [world.declaration.pk],
            "declaration_batch_id": [world.declarations.pk],
            "county_code": ["330522"],
            "account_id": ids(User.objects.all()),
            "grant_id": [world.grant.pk],
            "org_id": ids(OrgUnit.objects.filter(kind__in=("province", "city"))),
            "assignee_id": ids(OrgUnit.objects.filter(kind="province")),
            "number": ids(AuditEvent.objects.all()),
            "token_id": ids(caller.user.tokens.all()),
            "job_id": [world.job.pk],
            "key": ["zhejiang-2014"],
            "round": ["zhejiang-2014"],
            "pack_id": ["zhejiang-2014"],
            "rule_id": ["PAIR-03", "PAIR-05"],
            "policy_pack": ["zhejiang-2014", "national-2012"],
            "category": ["pairing"],
            "specialty": ["general_surgery", "other"],
            "technique": list(catalogue.techniques())[:8],
            "code": ["330522"],
            "submission_id": [world.submission.pk],
            "indicator": ["cmi", "in_county_rate", "out_referral_list"],
            **{name: ["2016-03", "2026-01"] for name in ("from_month", "to_month")},
            "month": ["2016-03", "2016-04"],
            "position": [1, 2, 3],
            "scopes": [["hospital.view"], ["places.view", "policy.view"]],
            **dict.fromkeys(("on", "as_of", "start", "end", "opened_on"), DAYS),
        }
        self.versions: dict[str, Callable[[Any], Any]] = {
            name: lambda pk, rows=model.objects: rows.filter(pk=pk).values_list("version", flat=True).first()
            for name, model in (
                ("hospital_id", Hospital),
                ("pairing_id", Pairing),
                ("finding_id", Finding),
                ("batch_id", AnnexBatch),
                ("target_id", Hospital),
                ("proposal_id", Proposal),
                ("declaration_batch_id", DeclarationBatch),
                ("submission_id", Submission),
            )
        }

    def fill(self, case: Any, chance: random.Random) -> None:
        """Put real values into a valid case; it stays valid."""
        path = case.path_parameters or {}
        body = case.body if isinstance(case.body, dict) else {}
        query = case.query if isinstance(case.query, dict) else {}
        for values in (path, query, body):
            for name in list(values):
                if values is query and name in ("hospital", "supporter", "recipient"):
                    values[name] = chance.choice(self.known["hospital_id"])  # ids here, keys in bodies
                    continue
                if self.known.get(name) and values[name] is not None and not isinstance(values[name], dict):
                    values[name] = chance.choice(self.known[name])
        for name, version in self.versions.items():
            wanted = "target_version" if name == "target_id" else "version"
            pk = body.get(name) if name == "target_id" else path.get(name)
            if wanted in body and pk is not None:
                body[wanted] = version(pk) or 1
        if "role" in body and "org_id" in body:
            body["role"] = chance.choice(["provincial_officer", "auditor", "city_officer"])


@pytest.fixture
def rows(everything: Caller, annex_in_preview: AnnexBatch, waiting_review: NameReview) -> Rows:
    """Real rows of all sorts."""
    other = User.objects.create(username="api-other", display_name="另一位")
    province = OrgUnit.objects.filter(kind="province").first()
    RoleGrant.objects.create(user=other, role="inspector", org=province, valid_from="2014-01-01")
    world, _elsewhere = inside_and_outside()
    return Rows(everything, world)


class _Undo(Exception):
    """Leaves the transaction without a trace."""


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[dict[int, int]]:
    """How often each status was answered; printed with `-s`."""
    found: dict[int, int] = {}
    yield found
    print(f"\n{request.node.name}: {dict(sorted(found.items()))}")


@pytest.mark.usefixtures("one_connection")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize="DUIKOU_API_SEED" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_operation_keeps_to_its_document(
    case: Any, everything: Caller, rows: Rows, tally: dict[int, int]
) -> None:
    """What is sent as the document allows is answered as it says; what breaks it is refused."""
    valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    chance = random.Random(repr((case.path_parameters, case.query, case.body)))
    if valid and chance.random() < 0.6:
        rows.fill(case, chance)
    try:
        with transaction.atomic():
            # In a form every value is a text: what breaks the document as the number 0 is a sound "0".
            texts = case.media_type == "multipart/form-data"
            response = case.call_and_validate(
                headers=everything.headers, excluded_checks=[negative_data_rejection] if texts else []
            )
            tally[response.status_code] = tally.get(response.status_code, 0) + 1
            raise _Undo
    except _Undo:
        pass
