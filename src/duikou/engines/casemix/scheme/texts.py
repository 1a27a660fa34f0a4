"""Why a scheme is refused or doubted: expected, found, where, what to do. Both languages."""

from __future__ import annotations

from collections.abc import Iterable

from duikou.engines.text import Text


def at(where: str, text: Text) -> Text:
    """Put the place before a sentence."""
    return Text(f"{where}：{text.zh}", f"{where}: {text.en}")


def no_folder(path: object) -> Text:
    """The path is not a folder."""
    return Text(
        f"{path} 不是文件夹。分组方案是一个文件夹，内有 scheme.toml 与 CSV 表。",
        f"{path} is not a folder. A scheme is a folder of CSV tables, with a scheme.toml or without.",
    )


def no_form(path: object) -> Text:
    """Neither form of tables is there."""
    return Text(
        f"{path} 中没有分组表：应有 mdc.csv、adrg.csv、drg.csv（分组表形式）或 rules.csv（公式形式）。",
        f"There are no grouping tables in {path}: expected mdc.csv, adrg.csv and drg.csv (form “groups”) "
        "or rules.csv (form “formulas”).",
    )


def missing_table(name: str) -> Text:
    """A table that the form needs."""
    return Text(f"缺少表 {name}.csv。", f"The table {name}.csv is missing.")


def missing_columns(table: str, missing: Iterable[str], found: Iterable[str]) -> Text:
    """Columns that a table needs."""
    wanted, there = "、".join(missing), "、".join(found)
    return Text(
        f"{table} 缺少列：{wanted}；现有：{there or '无'}。",
        f"{table} lacks columns: {wanted.replace('、', ', ')}; found: {there.replace('、', ', ') or 'none'}.",
    )


def not_utf8(table: str) -> Text:
    """A table in another encoding."""
    return Text(
        f"{table} 不是 UTF-8 编码，请另存为 UTF-8。", f"{table} is not encoded in UTF-8; save it as UTF-8."
    )


def broken_gzip(table: str) -> Text:
    """A compressed table that ends too early or is none."""
    return Text(f"{table} 压缩损坏，请重新复制。", f"{table} is a damaged gzip file; copy it again.")


def bad_table(table: str, reason: str) -> Text:
    """A table that is no CSV."""
    return Text(f"{table} 不能读作 CSV：{reason}。", f"{table} cannot be read as CSV: {reason}.")


def bad_toml(reason: object) -> Text:
    """A description that is no TOML."""
    return Text(f"scheme.toml 有语法错误：{reason}。", f"scheme.toml is not valid TOML: {reason}.")


def bad_setting(key: str, expected_zh: str, expected_en: str, found: object) -> Text:
    """A value of the description."""
    return Text(
        f"scheme.toml 的 {key} 应为{expected_zh}，却是 {found!r}。",
        f"scheme.toml: {key} must be {expected_en}, but is {found!r}.",
    )


def unknown_setting(key: str) -> Text:
    """A key that the description may not have."""
    return Text(f"scheme.toml 有不认识的设置“{key}”。", f"scheme.toml has an unknown setting “{key}”.")


def bad_condition(text: str, position: int, message: Text) -> Text:
    """A condition in a table."""
    return Text(
        f"条件“{text}”第 {position} 个字符处有误：{message.zh}。",
        f"The condition “{text}” is wrong at character {position}: {message.en}.",
    )


def not_whole(column: str, found: str) -> Text:
    """A cell that must hold a whole number."""
    return Text(
        f"列 {column} 应为整数，却是“{found}”。",
        f"Column {column} must hold a whole number, but holds “{found}”.",
    )


def empty_cell(column: str) -> Text:
    """A cell that must not be empty."""
    return Text(f"列 {column} 不能为空。", f"Column {column} must not be empty.")


def unknown_reference(column: str, found: str, table: str) -> Text:
    """A cell that names something another table lacks."""
    return Text(
        f"列 {column} 的“{found}”不在表 {table} 中。",
        f"Column {column}: “{found}” is not in the table {table}.",
    )


def unknown_kind(found: str, wanted: Iterable[str]) -> Text:
    """A cell that must be one of a few words."""
    listed = ", ".join(wanted)
    return Text(f"“{found}”不是其中之一：{listed}。", f"“{found}” is none of {listed}.")


def no_rules() -> Text:
    """A scheme without a single rule."""
    return Text("方案中没有任何分组条件。", "The scheme has no rules at all.")


def circle(names: Iterable[str]) -> Text:
    """Named conditions that refer to one another."""
    listed = " → ".join(names)
    return Text(f"命名条件互相引用：{listed}。", f"Named conditions refer to one another: {listed}.")
