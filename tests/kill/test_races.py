"""Several real processes act at once: one wins, nothing is written twice, the audit chain holds."""

from __future__ import annotations

import pytest

from tests.kill.racing import RACERS, race
from tests.kill.site import Site

pytestmark = pytest.mark.slow


def test_of_several_people_who_take_the_same_step_one_wins(site: Site) -> None:
    before = site.value("SELECT count(*) FROM core_auditevent WHERE action = 'finding.assign'")
    lines = race(
        site,
        "from duikou.core.workflow import move\n"
        "from duikou.wings.pairings.models import Finding\n"
        "from duikou.wings.pairings.workflows import FINDING\n"
        "findings = list(Finding.objects.filter(state='open', version=1).order_by('pk')[:25])",
        "for finding in findings:\n"
        "    try:\n"
        "        move(FINDING, finding, 'assign', actor=SYSTEM)\n"
        "        print(finding.pk)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    winners = [line for racer in lines for line in racer]
    assert len(winners) == len(set(winners)) == 25
    after = site.value("SELECT count(*) FROM core_auditevent WHERE action = 'finding.assign'")
    assert after - before == 25
    site.finish("audit", "verify")


def test_of_several_requests_with_one_dedupe_key_one_job_comes_out(site: Site) -> None:
    lines = race(
        site,
        "from duikou.core.jobs.actions import request_job\nfrom tests.wings.jobs.sample_tasks import add",
        "for n in range(20):\n    print(request_job(add, n, 1, actor=SYSTEM, dedupe=f'race{n}').pk)\n",
    )
    assert all(racer == lines[0] for racer in lines)
    assert len(set(lines[0])) == 20
    site.finish("worker", "--burst")


def test_concurrent_writers_leave_an_unbroken_chain(site: Site) -> None:
    race(
        site,
        "from django.db import transaction\nfrom tests.wings.jobs.sample_tasks import effect",
        "for n in range(30):\n    with transaction.atomic():\n        effect(f'chain{sys.argv[1]}:{n}')\n",
    )
    written = site.value("SELECT count(*) FROM core_auditevent WHERE target_label LIKE 'chain%'")
    assert written == RACERS * 30
    site.finish("audit", "verify")


def test_a_tick_of_the_schedule_enqueues_once(site: Site) -> None:
    site.python("from duikou.core.jobs import tasks, schedule; schedule.tick()")
    site.finish("worker", "--burst")
    site.python(
        "from duikou.core.jobs.models import Schedule; from django.utils import timezone; "
        "Schedule.objects.update(next_at=timezone.now())"
    )
    count = "SELECT count(*) FROM core_job WHERE dedupe = 'schedule:prune'"
    before = site.value(count)
    race(site, "from duikou.core.jobs import tasks, schedule", "schedule.tick()")
    assert site.value(count) == before + 1


def test_two_preparations_at_once_wait_for_each_other(site: Site) -> None:
    users = site.value("SELECT count(*) FROM core_user")
    both = [site.start(["-m", "duikou.cli", "setup"]) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert site.value("SELECT count(*) FROM core_user") == users


def test_of_several_who_enter_one_identity_number_one_makes_the_record(site: Site) -> None:
    lines = race(
        site,
        "import datetime as dt\n"
        "from duikou.wings.hospitals.models import Hospital\n"
        "from duikou.wings.patients.actions import Details, register\n"
        "from duikou.wings.patients.identity import check_character\n"
        "hospital = Hospital.objects.select_related('org').order_by('pk')[int(sys.argv[1])]\n",
        "for n in range(15):\n"
        "    first = f'33052319560308{2 * n + 1:03d}'\n"
        "    details = Details('於碶峃', 'male', dt.date(1956, 3, 8), 'own',\n"
        "                      identity=first + check_character(first))\n"
        "    try:\n"
        "        print(register(actor=SYSTEM, hospital=hospital, details=details).number)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    made = [line for racer in lines for line in racer]
    assert len(made) == len(set(made)) == 15
    assert site.value("SELECT count(*) FROM patients_patient") == 15
    assert site.value("SELECT count(*) FROM core_auditevent WHERE action = 'patient.register'") == 15
    site.finish("audit", "verify")


def test_of_several_answers_to_a_referral_one_wins(site: Site) -> None:
    """Accepted, declined, returned at the same moment by three people: one answer, one signature at most."""
    site.python(REFERRALS)
    lines = race(
        site,
        "import datetime as dt\n"
        "from django.utils import timezone\n"
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.referrals import actions\n"
        "from duikou.wings.referrals.actions import Appointment\n"
        "from duikou.wings.referrals.models import Referral\n"
        "actor = actor_for(User.objects.get(username=f'race-expert-{sys.argv[1]}'))\n"
        "day = timezone.localdate() + dt.timedelta(days=1)\n"
        "rows = list(Referral.objects.filter(state='sent').select_related(\n"
        "    'patient__merged_into', 'service', 'to_hospital').order_by('pk'))\n",
        "for n, row in enumerate(rows):\n"
        "    turn = (n + int(sys.argv[1])) % 3\n"
        "    try:\n"
        "        if turn == 0:\n"
        "            actions.accept(actor=actor, referral=row, appointment=Appointment(day))\n"
        "        elif turn == 1:\n"
        "            actions.decline(actor=actor, referral=row, reason='no bed')\n"
        "        else:\n"
        "            actions.give_back(actor=actor, referral=row, reason='no ECG')\n"
        "        print(row.pk, row.state)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    won = dict(line.split() for racer in lines for line in racer)
    assert len(won) == sum(len(racer) for racer in lines) == 12
    for pk, state in won.items():
        assert site.value(f"SELECT state FROM referrals_referral WHERE id = {pk}") == state
        signed = f"SELECT count(*) FROM referrals_signature WHERE referral_id = {pk} AND part = 'accepted'"
        assert site.value(signed) == (1 if state == "accepted" else 0)
        kind = {"accepted": "arrival", "declined": None, "returned": "complete"}[state]
        running = (
            f"SELECT count(*) FROM referrals_clock WHERE referral_id = {pk} AND stopped_at IS NULL "
            f"AND paused_at IS NULL AND kind = '{kind}'"
        )
        assert site.value(running) == (1 if kind else 0)
    site.finish("audit", "verify")


REFERRALS = """
import datetime as dt
from django.utils import timezone
from duikou.core.models import RoleGrant, User
from duikou.core.scope import actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients import actions as patients
from duikou.wings.patients.actions.consents import Said
from duikou.wings.people.models import Person
from duikou.wings.referrals import actions
one, two = Hospital.objects.select_related('org').order_by('pk')[:2]

def doctor(name, hospital):
    user = User.objects.create(username=name, display_name=name)
    for role in ('clinician', 'medical_office'):
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=dt.date(2014, 1, 1))
    Person.objects.create(hospital=hospital, user=user, name=name, title='主治医师', specialty='cardiology')
    return actor_for(user)

sender = doctor('race-sender', one)
experts = [doctor(f'race-expert-{n}', two) for n in range(3)]
slots = ((1, dt.time(8), 9),)
service = actions.keep_service(actor=experts[0], hospital=two,
    offered=actions.Offered('race', 'cardiology', 'up', 99, slots))
for n in range(12):
    patient = patients.register(actor=sender, hospital=one, details=patients.Details(
        f'患者{n}', 'male', dt.date(1956, 3, 8), 'own', identity_kind='none'))
    patients.give_consent(actor=sender, patient=patient, said=Said(
        'referral', 'patient', 'written', timezone.now(), kept_at='病历室'))
    referral = actions.draft(actor=sender, key=f'race-key-{n}', patient=patient, hospital=one,
        details=actions.Details('up', 'routine', service, '肺癌', '手术', '咳嗽', code='C34.9'))
    actions.send(actor=sender, referral=referral)
"""


def test_of_several_who_answer_a_consultation_one_wins(site: Site) -> None:
    """Accepted, declined and taken back at the same moment: one of the three, and its end is whole."""
    site.python(CONSULTATIONS)
    lines = race(
        site,
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.telehealth import actions\n"
        "from duikou.wings.telehealth.models import Consultation\n"
        "office = actor_for(User.objects.get(username=f'tele-office-{sys.argv[1]}'))\n"
        "asker = actor_for(User.objects.get(username='tele-asker'))\n"
        "rows = list(Consultation.objects.filter(state='sent').select_related(\n"
        "    'patient__merged_into', 'patient__hospital', 'invited').order_by('pk'))\n",
        "for n, row in enumerate(rows):\n"
        "    turn = (n + int(sys.argv[1])) % 3\n"
        "    try:\n"
        "        if turn == 0:\n"
        "            actions.accept(actor=office, one=row)\n"
        "        elif turn == 1:\n"
        "            actions.decline(actor=office, one=row, reason='no expert')\n"
        "        else:\n"
        "            actions.withdraw(actor=asker, one=row, reason='moved')\n"
        "        print(row.pk, row.state)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    won = dict(line.split() for racer in lines for line in racer)
    assert len(won) == sum(len(racer) for racer in lines) == 9
    for pk, state in won.items():
        assert site.value(f"SELECT state FROM telehealth_consultation WHERE id = {pk}") == state
        shared = (
            f"SELECT count(*) FROM patients_share WHERE reference = 'consultation:{pk}' AND ended_at IS NULL"
        )
        assert site.value(shared) == (1 if state == "accepted" else 0)
    site.finish("audit", "verify")


def test_of_an_opinion_and_a_withdrawal_one_wins_and_an_hour_is_held_once(site: Site) -> None:
    """The expert signs, the inviting side takes it back, two offices take the one free hour."""
    site.python(CONSULTATIONS.replace("tele-", "sign-").replace("NAMED = False", "NAMED = True"))
    before = site.value("SELECT count(*) FROM telehealth_opinion")
    lines = race(
        site,
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.telehealth import actions\n"
        "from duikou.wings.telehealth.models import Consultation, Slot\n"
        "office = actor_for(User.objects.get(username=f'sign-office-{sys.argv[1]}'))\n"
        "asker = actor_for(User.objects.get(username='sign-asker'))\n"
        "expert = actor_for(User.objects.get(username='sign-expert'))\n"
        "rows = list(Consultation.objects.filter(state='assigned').select_related(\n"
        "    'patient__merged_into', 'patient__hospital', 'invited').order_by('pk'))\n"
        "slot = Slot.objects.select_related('expert__person', 'expert__hospital').get(consultation=None,\n"
        "    withdrawn_at=None, expert__person__name='sign-expert')\n"
        "said = actions.Written('f', 'c')\n",
        "try:\n"
        "    actions.schedule(actor=office, one=rows[int(sys.argv[1])], slot=slot)\n"
        "    print(0, 'held')\n"
        "except Conflict:\n"
        "    pass\n"
        "for n, row in enumerate(rows):\n"
        "    row.refresh_from_db(fields=['version', 'state'])\n"
        "    try:\n"
        "        if (n + int(sys.argv[1])) % 3:\n"
        "            actions.withdraw(actor=asker, one=row, reason='moved')\n"
        "        else:\n"
        "            actions.sign(actor=expert, one=row, written=said)\n"
        "        print(row.pk, row.state)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    found = [line.split() for racer in lines for line in racer]
    held = [state for pk, state in found if pk == "0"]
    assert held  # again, where the one that held it was taken back meanwhile
    won = {pk: state for pk, state in found if pk != "0"}
    assert len(won) == len(found) - len(held) == 9
    signed = sum(state == "answered" for state in won.values())
    assert site.value("SELECT count(*) FROM telehealth_opinion") == before + signed
    for pk, state in won.items():
        assert site.value(f"SELECT state FROM telehealth_consultation WHERE id = {pk}") == state
        opinions = f"SELECT count(*) FROM telehealth_opinion WHERE consultation_id = {pk}"
        assert site.value(opinions) == (1 if state == "answered" else 0)
    site.finish("audit", "verify")


CONSULTATIONS = """
import datetime as dt
from django.utils import timezone
from duikou.core.models import RoleGrant, User
from duikou.core.scope import actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients import actions as patients
from duikou.wings.patients.actions.consents import Said
from duikou.wings.people.models import Person
from duikou.wings.telehealth import actions
NAMED = False
one, two = Hospital.objects.select_related('org').order_by('pk')[2:4]

def somebody(name, hospital):
    user = User.objects.create(username=name, display_name=name)
    for role in ('clinician', 'medical_office'):
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=dt.date(2014, 1, 1))
    return actor_for(user)

asker = somebody('tele-asker', one)
offices = [somebody(f'tele-office-{n}', two) for n in range(3)]
expert = None
if NAMED:
    signer = somebody('tele-expert', two)
    person = Person.objects.create(hospital=two, user_id=signer.user_id, name='tele-expert',
        title='主任医师', specialty='respiratory', registered_scope='内科专业')
    expert = actions.enter_expert(actor=offices[0], person=person, practising_since=dt.date(2000, 1, 1),
        kinds=['consultation'])
    begins = timezone.now() + dt.timedelta(days=1)
    actions.offer_slot(actor=offices[0], expert=expert, begins_at=begins,
        ends_at=begins + dt.timedelta(hours=1))
for n in range(9):
    patient = patients.register(actor=asker, hospital=one, details=patients.Details(
        f'会诊{n}', 'male', dt.date(1956, 3, 8), 'own', identity_kind='none'))
    patients.give_consent(actor=asker, patient=patient, said=Said(
        'consultation', 'patient', 'written', timezone.now(), kept_at='病历室'))
    row = actions.create(actor=asker, patient=patient, invited=two, request=actions.Request(
        'consultation', 'routine', 'reason', 'aim', 'respiratory', 'diagnosis', 'summary'))
    actions.submit(actor=asker, one=row)
    actions.approve(actor=asker, one=row)
    if NAMED:
        actions.accept(actor=offices[0], one=row)
        actions.assign(actor=offices[0], one=row, experts=[expert])
"""


def test_of_several_drafts_for_one_problem_one_is_kept(site: Site) -> None:
    site.python(REFERRALS.replace("race", "twice").replace("range(12)", "range(0)"))
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.hospitals.models import Hospital\n"
        "from duikou.wings.patients import actions as patients\n"
        "hospital = Hospital.objects.order_by('pk')[0]\n"
        "for n in range(10):\n"
        "    actor = actor_for(User.objects.get(username='twice-sender'))\n"
        "    patients.register(actor=actor, hospital=hospital,\n"
        "        details=patients.Details(\n"
        "            f'一事{n}', 'male', dt.date(1956, 3, 8), 'own', identity_kind='none'))\n"
    )
    lines = race(
        site,
        "from duikou.core.models import User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.patients.models import Patient\n"
        "from duikou.wings.referrals import actions\n"
        "from duikou.wings.referrals.models import Service\n"
        "actor = actor_for(User.objects.get(username='twice-sender'))\n"
        "service = Service.objects.select_related('hospital', 'department').order_by('-pk')[0]\n"
        "patients = list(Patient.objects.filter(name__startswith='一事').select_related('hospital__org',\n"
        "    'merged_into').order_by('pk'))\n",
        "for n, patient in enumerate(patients):\n"
        "    try:\n"
        "        made = actions.draft(actor=actor, key=f'twice-{sys.argv[1]}-{n}', patient=patient,\n"
        "            hospital=patient.hospital, details=actions.Details(\n"
        "                'up', 'routine', service, '肺癌', '手术', '咳嗽', code='C34.9'))\n"
        "        print(patient.pk)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    made = [line for racer in lines for line in racer]
    assert len(made) == len(set(made)) == 10
