"""Load Zhejiang's first round as printed: divisions, register, pairings, a first audit. Safe to repeat."""

from __future__ import annotations

import csv
import datetime as dt
from importlib import resources

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from duikou.core import search
from duikou.core.actions import act
from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM
from duikou.engines.pairing.resolve import Context, Match
from duikou.wings.hospitals.loading import load_register
from duikou.wings.hospitals.models import Hospital, Mark
from duikou.wings.hospitals.queries import register_on
from duikou.wings.pairings.actions._common import (
    authority_path,
    city_orgs,
    level_of,
    link_partners,
    touch_all,
)
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.pairings.translate import divisions_of
from duikou.wings.places.loading import load_divisions

ROUND = "zhejiang-2014"
ISSUED = dt.date(2014, 1, 26)  # the plan's date of issue: its annexes use the divisions of that day

# S1 prints no first and last day. It orders agreements of three years to be signed
# before 2014-02-15 (§四(一)) and speaks of "the next three years" (§一): we take the
# deadline as the first day. Mark: inferred, shown as such on the round's page.
START, END = dt.date(2014, 2, 15), dt.date(2017, 2, 14)
TERM_NOTE = "文件未写明起止日：以签订协议的期限2014-02-15为第一日，期限三年（S1 §四(一)）。"
TERM_NOTE_EN = (
    "The plan prints no first and last day: the deadline for agreements, 2014-02-15, is taken as the "
    "first day of three years (S1 §四(一))."
)


@transaction.atomic
def load_everything() -> Round:
    """Load divisions, register and the round of 2014, and audit it once. Does nothing when it is there.

    Raises ValueError when a printed name does not lead to a hospital for certain; then
    nothing is written.
    """
    if load_divisions():
        touch_all(Round.objects.all())  # rounds are judged by the divisions of their day
    load_register()
    if (known := Round.objects.filter(key=ROUND).first()) is not None:
        return known
    with act("round.loaded", actor=SYSTEM, permission="round.manage") as event:
        round_ = _round()
        pairings = _pairings(round_)
        event.note(
            round_,
            after={"pairings": len(pairings), "start": START, "end": END},
            scope_path=round_.org.path or "",
        )
    audit_round(actor=SYSTEM, round_key=ROUND)
    search.rebuild("pairing")  # bulk writes do not tell the index
    return round_


def _round() -> Round:
    return Round.objects.create(
        key=ROUND,
        name="浙江省2014—2016年万名医师支援农村卫生工程",
        name_en="Zhejiang: ten thousand doctors in support of rural health, round of 2014",
        org=OrgUnit.objects.get(kind=OrgUnit.Kind.PROVINCE, name="浙江省"),
        policy_pack="zhejiang-2014",
        start=START,
        end=END,
        divisions_on=ISSUED,
        state=Round.State.ACTIVE,
        term_mark=Mark.INFERRED,
        term_note=TERM_NOTE,
        term_note_en=TERM_NOTE_EN,
    )


def _pairings(round_: Round) -> list[Pairing]:
    text = (
        resources.files("duikou.wings.pairings")
        .joinpath("data", "zhejiang_2014_annex.csv")
        .read_text("utf-8")
    )
    printed = list(csv.DictReader(text.splitlines()))
    register = register_on(round_.divisions_on)
    hospitals = {hospital.key: hospital for hospital in Hospital.objects.all()}
    places = divisions_of((hospital.pk for hospital in hospitals.values()), round_.divisions_on)
    cities = city_orgs(round_)
    rows = []
    for line in printed:
        context = Context(line["table"], line["group"] or None)
        matches = [
            register.resolve(line[side], round_.divisions_on, context) for side in ("supporter", "recipient")
        ]
        supporter, recipient = (hospitals[_sure(line, match)] for match in matches)
        rows.append(
            Pairing(
                round=round_,
                table=line["table"],
                group=line["group"],
                position=int(line["position"]),
                running_number=int(line["running_number"]),
                supporter=supporter,
                recipient=recipient,
                supporter_path=supporter.scope_path,
                recipient_path=recipient.scope_path,
                authority_path=authority_path(
                    round_, line["table"], line["group"], cities, register.divisions
                ),
                supporter_printed=line["supporter"],
                recipient_printed=line["recipient"],
                supporter_resolution=matches[0].resolution.value,
                recipient_resolution=matches[1].resolution.value,
                recipient_division_id=places[recipient.pk],
                level=level_of(supporter, line["table"]),
                start=round_.start,
                end=round_.end,
            )
        )
    created = bulk_create_with_history(rows, Pairing)
    link_partners((row.supporter_id, row.recipient_id) for row in rows)
    return created


def _sure(line: dict[str, str], match: Match) -> str:
    """The key of the matched hospital; the package's own table must leave no doubt."""
    if match.hospital is None:
        raise ValueError(f"zhejiang_2014_annex.csv, row {line['position']}: {match.printed} does not resolve")
    return match.hospital.key
