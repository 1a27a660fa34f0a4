"""`duikou casemix indicators`: front pages or stored facts to indicators, without a database."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duikou.cli.boot import message_language
from duikou.cli.output import CliError, print_json, say, working

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.indicators.compute import Result
    from duikou.engines.casemix.indicators.tables import Tables

SHOWN = 10  # rows of an indicator on the terminal
SUFFIXES = (".csv", ".xlsx", ".json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add = parser.add_argument
    add("file", type=Path, metavar="FILE",
        help="病案首页，或 FACTS 表（.parquet）/ front pages, or a table of facts (.parquet)")  # fmt: skip
    add("--scheme", type=Path, metavar="DIR",
        help="分组方案，默认自带、非官方 / grouping scheme (default: our own, not official)")  # fmt: skip
    add("--indicator", action="append", metavar="ID",
        help="指标，可多次给出；默认全部 / indicator, may be repeated (default: all)")  # fmt: skip
    add("--set", action="append", default=[], metavar="NAME=VALUE",
        help="参数，如 --set by=city,year --set to_month=202512 / parameter")  # fmt: skip
    add("--hospitals", type=Path, metavar="CSV",
        help="医院所在地 hospital,county,city / places of hospitals (default: our register)")  # fmt: skip
    add("--places", type=Path, metavar="CSV",
        help="区划代码对照 code,valid_from,valid_to,county,city / crosswalk of divisions")  # fmt: skip
    add("--weights", type=Path, metavar="CSV",
        help="权重 drg,weight，另需 --set weights=imported / weights to import")  # fmt: skip
    add("--reference", type=Path, metavar="CSV",
        help="参照医院 hospital，另需 --set reference=listed / reference hospitals")  # fmt: skip
    add("--unchecked", action="store_true",
        help="不核查，错误的行也计入 / count faulty rows too, without checks")  # fmt: skip
    add("--out", type=Path, metavar="FILE",
        help="写出 .csv、.xlsx 或 .json / write .csv, .xlsx or .json")  # fmt: skip
    add("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when the indicators were computed; CliError otherwise."""
    if arguments.out and arguments.out.suffix.casefold() not in SUFFIXES:
        raise CliError(
            f"{arguments.out}：文件名应以 {'、'.join(SUFFIXES)} 结尾",
            f"{arguments.out}: expected a name in {', '.join(SUFFIXES)}",
        )
    wanted = _wanted(arguments.indicator, arguments.set)
    with tempfile.TemporaryDirectory(prefix="duikou-indicators-") as folder:
        facts, county_level = _facts(arguments, Path(folder))
        with working("计算指标", "computing indicators"):
            results = _results(arguments, wanted, facts, county_level)
    if arguments.out:
        _write(arguments.out, results)
        rows = sum(result.rows.height for result in results)
        print(f"{arguments.out}: {len(results)} 项指标 indicators, {rows} 行 rows")
    elif arguments.json:
        from duikou.engines.casemix.indicators.writing import as_document

        print_json(as_document(results))
    else:
        _print(results, english=message_language() == "en")
    return 0


def _wanted(names: list[str] | None, settings: list[str]) -> dict[str, dict[str, str]]:
    """The indicators and their parameters; a parameter that none of them has is refused."""
    from duikou.engines.casemix.indicators import DEFINITIONS, definition_of

    pairs: dict[str, str] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise CliError(f"--set {text}：应为 名称=值", f"--set {text}: expected NAME=VALUE")
        pairs[name.strip()] = value.strip()
    chosen = [definition_of(name) for name in names] if names else list(DEFINITIONS.values())
    for name in pairs:
        if not any(name in one.defaults for one in chosen):
            raise CliError(f"所选指标没有参数 {name}", f"none of the indicators has a parameter {name}")
    wanted = {one.id: {name: pairs[name] for name in pairs if name in one.defaults} for one in chosen}
    if not names and "by" in pairs:  # of all indicators, those that have these units
        units = {unit.strip() for unit in pairs["by"].split(",") if unit.strip()}
        wanted = {one.id: wanted[one.id] for one in chosen if units <= set(one.by)}
    for name, given in wanted.items():
        definition_of(name).settings(given)  # tells of a wrong value before the file is read
    return wanted


def _facts(arguments: argparse.Namespace, folder: Path) -> tuple[str, list[str] | None]:
    """Where the facts are (a pattern of Parquet files), and the county-level hospitals if they are known."""
    places, county_level = _hospitals(arguments.hospitals)
    if _is_facts(arguments.file):
        return str(arguments.file), county_level
    with working("读取、核查并分组", "reading, checking and grouping"):
        count = 0
        for count, frame in enumerate(_grouped(arguments, places), 1):
            frame.write_parquet(folder / f"{count:06}.parquet")
    if not count:
        raise CliError(
            f"{arguments.file} 没有可用的病案", f"{arguments.file} has no front page that can be used"
        )
    return str(folder / "*.parquet"), county_level


def _is_facts(path: Path) -> bool:
    """Whether the file is a table of facts; raises CliError for one that is not whole."""
    if path.suffix.casefold() != ".parquet":
        return False
    import polars as pl

    from duikou.engines.casemix.columns import FACTS

    columns = pl.read_parquet_schema(path)
    if "drg" not in columns:
        return False
    if missing := [name for name in FACTS if name not in columns]:
        raise CliError(
            f"{path} 缺少列 {'、'.join(missing)}", f"{path} lacks the columns {', '.join(missing)}"
        )
    return True


def _hospitals(path: Path | None) -> tuple[pl.DataFrame, list[str] | None]:
    from duikou.engines.casemix.indicators.lookups import read_hospitals

    return _register() if path is None else read_hospitals(path)


def _register() -> tuple[pl.DataFrame, list[str]]:
    """Places of the packaged register's hospitals, in the divisions of today."""
    import polars as pl

    from duikou.cli.offline import register_lines
    from duikou.engines.casemix.facts import HOSPITALS
    from duikou.wings.places.replay import table

    cities = {line["code"]: line["city_code"] for line in table("divisions_today.csv")}
    lines = register_lines().values()
    rows = [
        (line["key"], line["key"], line["unit_code_today"], cities.get(line["unit_code_today"]), None, None)
        for line in lines
    ]
    county_level = sorted(line["key"] for line in lines if line["region"] == "county")
    return pl.DataFrame(rows, schema=dict(HOSPITALS), orient="row"), county_level


def _grouped(arguments: argparse.Namespace, places: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Hand out facts of the accepted pages, frame by frame; tell how many rows were set apart."""
    from duikou.engines.casemix import major_diseases, scheme
    from duikou.engines.casemix.checks.files import NEEDS
    from duikou.engines.casemix.data import STARTER
    from duikou.engines.casemix.facts import facts_of
    from duikou.engines.casemix.grouper import group
    from duikou.engines.casemix.layouts import open_file, typed

    try:
        plan = scheme.load(arguments.scheme or STARTER)
    except scheme.BadScheme as error:
        raise CliError(error.message.zh, error.message.en) from error
    diseases = major_diseases.load()
    reading = open_file(arguments.file, needs=NEEDS)
    checker = None if arguments.unchecked else _checker(reading)
    apart = 0
    for raw in reading.frames():
        pages = typed(raw)
        if checker is not None:
            verdict = checker.frame(raw, pages)
            if verdict.refusal:
                raise CliError(verdict.refusal.zh, verdict.refusal.en)
            pages = verdict.accepted(pages)
        pages = pages.filter(pages["discharged"].is_not_null())
        apart += raw.height - pages.height
        if pages.height:
            yield facts_of(pages, group(pages, plan), hospitals=places, major_diseases=diseases)
    if apart:
        say(
            f"! {apart} 行有误未计入，duikou casemix check 可逐行列出 / "
            f"{apart} faulty rows are not counted: duikou casemix check lists them"
        )


def _checker(reading: Any) -> Any:
    from duikou.engines.casemix.checks.checker import Checker

    return Checker(None, None, None, reading.header, None)


def _results(
    arguments: argparse.Namespace,
    wanted: Mapping[str, Mapping[str, str]],
    facts: str,
    county_level: list[str] | None,
) -> list[Result]:
    from duikou.engines.casemix.indicators.compute import result
    from duikou.engines.casemix.indicators.embedded import keeper, open_engine

    connection = open_engine()
    tables = _tables(arguments, connection, facts, county_level).kept(keeper(connection))
    return [result(connection, name, tables, given) for name, given in wanted.items()]


def _tables(
    arguments: argparse.Namespace, connection: Any, facts: str, county_level: list[str] | None
) -> Tables:
    import polars as pl

    from duikou.engines.casemix.indicators import lookups
    from duikou.engines.casemix.indicators.embedded import table_of
    from duikou.engines.casemix.indicators.tables import Tables

    def given(name: str, path: Path | None, read: Any) -> Any:
        return None if path is None else table_of(connection, name, read(path))

    return Tables.of_facts(
        connection.read_parquet(facts, table_name="facts"),
        crosswalk=given("crosswalk", arguments.places, lookups.read_crosswalk),
        weights=given("weights", arguments.weights, lookups.read_weights),
        reference=given("reference", arguments.reference, lookups.read_names),
        county_hospitals=None
        if county_level is None
        else table_of(connection, "county_hospitals", pl.DataFrame({"hospital": county_level})),
    )


def _write(path: Path, results: list[Result]) -> None:
    import json

    from duikou.engines.casemix.indicators.writing import as_csv, as_document, as_workbook

    kind = path.suffix.casefold()
    if kind == ".csv":
        content = as_csv(results)
    elif kind == ".xlsx":
        content = as_workbook(results)
    else:
        content = json.dumps(as_document(results), ensure_ascii=False, indent=2).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CliError(
            f"{path}：无法写入（{error.strerror}）", f"{path} cannot be written ({error.strerror})"
        ) from error


def _print(results: list[Result], *, english: bool) -> None:
    """Print the first rows of each indicator for a person."""
    from duikou.engines.casemix.indicators.writing import FIGURES, scaled

    for result in results:
        one = result.definition
        title, formula = (text.en if english else text.zh for text in (one.title, one.formula))
        print(f"{one.id} v{one.version}  {title}: {formula}")
        for row in result.rows.head(SHOWN).to_dicts():
            keys = " ".join(f"{value}" or "?" for name, value in row.items() if name in _keys(result))
            value = scaled(row["value"], one.decimals) or "–"
            extra = " ".join(
                f"{name}={value}"
                for name, value in row.items()
                if name not in FIGURES and name not in _keys(result)
            )
            print(f"  {keys:<24} {value:>14}  n={row['cases']} {extra}".rstrip())
        if (more := result.rows.height - SHOWN) > 0:
            print(f"  … {more} 行 more rows (--out, --json)")


def _keys(result: Result) -> tuple[str, ...]:
    return (*result.settings.get("by", ()), *result.definition.detail)
