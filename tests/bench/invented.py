"""An invented country for measuring: divisions, hospitals and pairings in any number, from a fixed seed.

Writes rows directly: what is measured is reading them.
"""

from __future__ import annotations

import datetime as dt
import random

from duikou.core.models import OrgUnit
from duikou.core.paths import child_path
from duikou.wings.hospitals.models import Hospital, HospitalName, HospitalPlace
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.places.models import Division

SEED = 20141126
SINCE = dt.date(2000, 1, 1)
KINDS = ["general"] * 6 + ["tcm"] * 2 + ["maternal_child", "psychiatric"]


def _orgs(kind: str, names: list[str], parents: list[OrgUnit]) -> list[OrgUnit]:
    units = [
        OrgUnit(kind=kind, name=name, parent=parent) for name, parent in zip(names, parents, strict=True)
    ]
    OrgUnit.objects.bulk_create(units, batch_size=1000)
    for unit, parent in zip(units, parents, strict=True):
        unit.path = child_path(parent.path or "", unit.pk)
    OrgUnit.objects.bulk_update(units, ["path"], batch_size=500)
    return units


def country(
    *, counties: int, hospitals: int, pairings: int, round_key: str = "invented", per_city: int = 9
) -> Round:
    """Make one round in one invented province; about a third of the hospitals are supporters."""
    chance = random.Random(SEED)
    nation = OrgUnit.objects.filter(kind="nation").first() or OrgUnit.objects.create(
        kind="nation", name="演示国"
    )
    (province,) = _orgs("province", ["演示省"], [nation])
    cities = max(1, counties // per_city)
    city_orgs = _orgs("city", [f"演示{i}市" for i in range(cities)], [province] * cities)
    county_orgs = _orgs(
        "county", [f"演示{i}县" for i in range(counties)], [city_orgs[i % cities] for i in range(counties)]
    )
    top = Division.objects.create(
        level="province", kind="province", code="990000", name="演示省", org=province, valid_from=SINCE
    )
    city_rows = Division.objects.bulk_create(
        Division(
            level="city", kind="city", code=f"8{i:05d}", name=org.name, parent=top, org=org, valid_from=SINCE
        )
        for i, org in enumerate(city_orgs)
    )
    county_rows = Division.objects.bulk_create(
        Division(
            level="county",
            kind="district" if i % 3 == 0 else "county",
            code=f"9{i:05d}",
            name=org.name,
            parent=city_rows[i % cities],
            org=org,
            valid_from=SINCE,
            seat_lon=118 + chance.random() * 4,
            seat_lat=27 + chance.random() * 4,
        )
        for i, org in enumerate(county_orgs)
    )
    supporters = hospitals // 3
    where = [chance.randrange(counties) for _ in range(hospitals)]
    names = [
        f"演示{chance.choice('甲乙丙丁戊己庚辛')}{i}{'中医院' if i % 5 == 0 else '人民医院'}"
        for i in range(hospitals)
    ]
    owners = [
        city_orgs[where[i] % cities] if i < supporters else county_orgs[where[i]] for i in range(hospitals)
    ]
    orgs = _orgs("hospital", names, owners)
    rows = Hospital.objects.bulk_create(
        [
            Hospital(
                key=f"invented-{i}",
                org=org,
                scope_path=org.path or "",
                name=names[i],
                kind=chance.choice(KINDS),
                level="三级甲等" if i < supporters else "二级甲等",
                tier="municipal" if i < supporters else "county",
                division=county_rows[where[i]],
            )
            for i, org in enumerate(orgs)
        ],
        batch_size=1000,
    )
    HospitalName.objects.bulk_create(
        [HospitalName(hospital=h, name=h.name, folded=h.name, kind="official") for h in rows], batch_size=1000
    )
    HospitalPlace.objects.bulk_create(
        [HospitalPlace(hospital=h, division=h.division) for h in rows], batch_size=1000
    )
    edition = Round.objects.create(
        key=round_key,
        name="演示轮次",
        org=province,
        policy_pack="zhejiang-2014",
        start=dt.date(2014, 2, 15),
        end=dt.date(2017, 2, 14),
        divisions_on=dt.date(2014, 1, 26),
        state="active",
    )
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < pairings:
        pairs.add((chance.randrange(supporters), chance.randrange(supporters, hospitals)))
    Pairing.objects.bulk_create(
        [
            Pairing(
                round=edition,
                table="2",
                group=rows[s].division.parent.name,
                position=position,
                running_number=1,
                supporter=rows[s],
                recipient=rows[r],
                authority_path=city_orgs[where[s] % cities].path or "",
                supporter_path=rows[s].scope_path,
                recipient_path=rows[r].scope_path,
                supporter_printed=rows[s].name,
                recipient_printed=rows[r].name,
                supporter_resolution="exact",
                recipient_resolution="exact",
                recipient_division=rows[r].division,
                level="municipal",
                start=edition.start,
                end=edition.end,
            )
            for position, (s, r) in enumerate(sorted(pairs), start=1)
        ],
        batch_size=1000,
    )
    return edition
