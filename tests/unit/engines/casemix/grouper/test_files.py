"""A file grouped frame by frame equals the typed pages of the same file grouped at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix import generate, grouper, layouts, scheme
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.generate.wide import all_wide
from duikou.engines.casemix.generate.writer import write
from tests.casemix_schemes import INVENTED, write_scheme

SEED = 20240301


def both_ways(path: Path, read: scheme.Scheme) -> tuple[pl.DataFrame, pl.DataFrame]:
    pages = pl.concat([layouts.typed(raw) for raw in layouts.open_file(path).frames()], how="diagonal")
    return pl.concat(list(grouper.group_file(path, read))), grouper.group(pages, read)


@pytest.mark.parametrize("layout", ["narrow", "hqms-2019", "hqms-2020", "n041"])
def test_every_layout(layout: str, tmp_path: Path) -> None:
    province = generate.invented_province(SEED)
    raw = list(generate.pages(400, SEED, within=province))
    path = tmp_path / "pages.csv"
    write(path, raw if layout == "narrow" else all_wide(iter(raw), layout, province, SEED))
    found, expected = both_ways(path, scheme.load(STARTER))
    assert_frame_equal(found, expected)
    assert found["status"].eq("grouped").sum() > 300


UNTIDY = """\
id,sex,age_years,age_days,weight_g,pdx,dx01,dx02,px01,px02
1,男,40岁,,,c01,-,K02,20.2,20.3
2,2,30,,,Ｃ０３,,,-,20.1
3,1,0,3天,1.2kg,B01,,,,
4,1,0.0,29,,B01,,,,
5,9,,,,C03,,,,
6,1,400,-3,,C01,k02,,,
"""


def test_untidy_fields_are_read_as_typing_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "pages.csv"
    path.write_text(UNTIDY, encoding="utf-8")
    found, expected = both_ways(path, scheme.load(write_scheme(tmp_path / "s", INVENTED)))
    assert_frame_equal(found, expected)
    assert found["drg"].to_list()[:3] == ["CA19", "CR29", "BR19"]


def test_a_record_is_found_by_its_key(tmp_path: Path) -> None:
    path = tmp_path / "pages.csv"
    path.write_text(UNTIDY, encoding="utf-8")
    page = grouper.page_of(path, "3")
    assert page is not None
    assert (page["admission_weight"], page["age_days"]) == (1200, 3)
    assert grouper.page_of(path, "33") is None
