"""Which group of diseases a code belongs to: by category, code, range or DRG; and groups that are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from duikou.policy import PackError, check_pack, load_pack
from duikou.policy.referrals import First, tier_of

WritePack = Callable[..., Path]
TIER = """\
[[tier]]
id = "heart"
title = { zh = "心脏病", en = "Heart disease" }
codes = ["I21", "I30-I52", "Q21.0"]
drgs = ["FR11"]
first = "county"
clauses = [{ document = "L1", section = "§1" }]
mark = "inferred"
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("I21.0", "acute_myocardial_infarction"),
        ("I21", "acute_myocardial_infarction"),
        ("I22.0", None),
        ("C34.9", "lung_cancer"),
        ("C34", "lung_cancer"),
        ("J12.0", "pneumonia"),
        ("J18.9", "pneumonia"),
        ("J19", None),
        ("A15.2", "mdr_tuberculosis"),
        ("A16.2", "mdr_tuberculosis"),
        ("A16.3", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_the_group_of_a_code(code: str, found: str | None) -> None:
    tier = tier_of(load_pack("zhejiang-2014").tiers, code)
    assert (tier.id if tier else None) == found


def test_every_tier_is_our_own_reading_and_says_so() -> None:
    tiers = load_pack("national-2012").tiers
    assert len(tiers) >= 20
    assert all(tier.mark.to_confirm and tier.clauses for tier in tiers.values())
    assert {tier.first for tier in tiers.values()} == set(First)


def test_a_province_names_groups_of_its_own(write_pack: WritePack) -> None:
    tiers = check_pack(write_pack(extra={"tiers.toml": TIER})).tiers
    for code in ("I21.4", "I30.0", "I52", "Q21.0", "FR11"):
        assert tier_of(tiers, code) is tiers["heart"], code
    for code in ("I53", "Q21.1", "FR1", "FR12"):
        assert tier_of(tiers, code) is None, code


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"I21"', '"21"', "code 21"),
        ('"FR11"', '"11"', "group 11"),
        ('"county"', '"village"', "first is 'village'"),
        ('id = "heart"', 'id = "Heart 1"', "the id Heart 1"),
        ('id = "heart"', 'id = "heart"\ndisease = "none"', "unknown disease, none"),
        ('codes = ["I21", "I30-I52", "Q21.0"]\ndrgs = ["FR11"]\n', "", "needs codes, groups or a disease"),
    ],
)
def test_a_wrong_tier_is_refused(write_pack: WritePack, old: str, new: str, told: str) -> None:
    assert old in TIER
    with pytest.raises(PackError, match=re.escape(told)):
        check_pack(write_pack(extra={"tiers.toml": TIER.replace(old, new)}))
