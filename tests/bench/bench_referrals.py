"""Measure what one request of the worklist of referrals costs the server, on PostgreSQL.

    make bench-tele                                       # starts a PostgreSQL for itself

A county hospital with 2,000 referrals among 8,000 of a province; pages of 100 rows for its clinician, as
JSON and as HTML. Counted as in bench_web: CPU milliseconds of application and database together, and the
number of queries. Limits: 8 queries; 12 ms for JSON, 25 ms for HTML.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.bench import bench_web  # noqa: E402  (found by the line above)

OWN, OTHERS = 2_000, 6_000
TARGETS = (
    bench_web.Target("referral list, JSON, 14 rows", "/api/v1/referrals?state=returned&limit=14", "token"),
    bench_web.Target("referral list, JSON, 100 rows", "/api/v1/referrals?limit=100", "token", 12),
    bench_web.Target("referral list, HTML, 100 rows", "/app/referrals/?size=100", "session", 25),
)


def load() -> bench_web.Ready:
    """An invented province with referrals of many hospitals, and a clinician of one signed in."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from duikou.core import tokens
    from duikou.core.models import RoleGrant, User
    from duikou.core.scope import actor_for
    from duikou.wings.hospitals.models import Hospital
    from tests.bench.invented import SINCE, country

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    country(counties=90, hospitals=200, pairings=300)
    hospitals = list(Hospital.objects.select_related("org").order_by("pk")[:60])
    invent(hospitals)
    user = User.objects.create(username="bench", display_name="演示")
    RoleGrant.objects.create(user=user, role="clinician", org=hospitals[0].org, valid_from=SINCE)
    actor = actor_for(user)
    _row, token = tokens.create(actor=actor, name="bench", scopes=actor.permissions, days=1)
    client = Client()
    client.force_login(user)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database does by itself before long
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return bench_web.Ready(token, cookie, bench_web._parent(backend))


def invent(hospitals: list[Any]) -> None:
    """Patients, a service of each hospital, referrals in several states with a clock each."""
    from django.utils import timezone

    from duikou.wings.patients.models import Patient
    from duikou.wings.people.models import Person
    from duikou.wings.referrals.models import Clock, Referral, Service

    services = [
        Service.objects.create(
            hospital=one, scope_path=one.scope_path, name="转诊", specialty="other", takes="both", weekly=99
        )
        for one in hospitals
    ]
    doctors = [Person.objects.create(hospital=one, name="演示", title="主治医师") for one in hospitals]
    now, states = timezone.now(), ("sent", "returned", "accepted", "treating", "follow_up")
    patients, referrals = [], []
    for number in range(OWN + OTHERS):
        one = 0 if number < OWN else number % 58 + 2
        home, away = hospitals[one], hospitals[1 if one == 0 else 0 if number % 600 == 7 else one - 1]
        patients.append(
            Patient(
                hospital=home, scope_path=home.scope_path, name=f"王建{number}", name_key=f"王建{number}",
                sex="male", birth_date=dt.date(1956, 3, 8), identity_kind="none", payment="own",
                last_contact_on=dt.date(2014, 3, 1), demonstration=True,
            )
        )  # fmt: skip
        state = states[number % len(states)] if number % 140 else "returned"
        referrals.append(
            Referral(
                key=f"bench-{number:08d}", direction="up", urgency="routine", state=state,
                patient=patients[-1], problem="lung_cancer", tier="lung_cancer", code="C34.9",
                diagnosis="肺恶性肿瘤", why="手术",
                summary="咳嗽一月。" * 100, from_hospital=home, from_path=home.scope_path,
                from_doctor=doctors[one], to_hospital=away, to_path=away.scope_path,
                to_doctor=doctors[hospitals.index(away)], service=services[hospitals.index(away)],
                sent_at=now, answered_at=now, appointed_on=dt.date(2014, 3, 10), demonstration=True,
            )
        )  # fmt: skip
    Patient.objects.bulk_create(patients, batch_size=500)
    Referral.objects.bulk_create(referrals, batch_size=500)
    Clock.objects.bulk_create(
        (
            Clock(
                referral=row, kind="answer", path=row.to_path, started_at=now,
                due_at=now + dt.timedelta(hours=48), demonstration=True,
            )
            for row in referrals
        ),
        batch_size=500,
    )  # fmt: skip


def main() -> int:
    """Measure, print, and say whether a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--requests", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        # As bench_web starts itself: a home of its own, and the test client's host allowed.
        os.environ |= {"DUIKOU_HOME": home, "DUIKOU_HOSTS": "127.0.0.1,testserver"}
        return _measured(arguments.requests)


def _measured(requests: int) -> int:
    bench_web.set_up()
    ready = load()
    with bench_web.served() as (master, port):
        meter = bench_web.Meter(master, ready.postmaster)
        found = [bench_web.measure(one, ready, port, meter, requests) for one in TARGETS]
    bench_web.show(found)
    missed = [one for one in found if "missed" in one.verdict.lower() or not one.rows]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
