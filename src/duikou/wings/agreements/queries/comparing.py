"""What differs between two texts of an agreement, clause by clause and character by character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from duikou.engines.text import Text
from duikou.policy.agreements import AgreementTemplate
from duikou.wings.agreements.models import Version


@dataclass(frozen=True, slots=True)
class Part:
    """A run of characters: `same`, `gone` (only in the older text) or `new` (only in the newer one)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause in both texts; `kind`: same, changed, new, gone."""

    kind: str
    title: Text
    parts: tuple[Part, ...]


OTHERS = Text("其他事项", "Other matters")
ADDED = Text("增加的条款", "Added clause")


def differences(older: Version, newer: Version, template: AgreementTemplate | None) -> tuple[Difference, ...]:
    """All clauses of both texts in the order of the newer one; those that fell away come last."""
    titles = {clause.id: clause.title for clause in template.clauses} if template else {}
    before, after = _texts(older), _texts(newer)
    found = [_difference(_title(key, titles), before.get(key, ""), text) for key, text in after.items()]
    found += [_difference(_title(key, titles), text, "") for key, text in before.items() if key not in after]
    return tuple(one for one in found if one.parts)


def _texts(version: Version) -> dict[str, str]:
    """Words by clause; added ones by their words, so that only what was really added counts as new."""
    rows = version.content.get("clauses", ())
    found = {row["id"] or f"+{row['text']}": row["text"] for row in rows}
    return {**found, "others": version.content.get("others", "")}


def _title(key: str, titles: dict[str, Text]) -> Text:
    if key == "others":
        return OTHERS
    return titles.get(key, ADDED if key.startswith("+") else Text(key, key))


def _difference(title: Text, before: str, after: str) -> Difference:
    if before == after:
        return Difference("same", title, (Part("same", after),) if after else ())
    kind = "changed" if before and after else "new" if after else "gone"
    return Difference(kind, title, tuple(parts(before, after)))


def parts(before: str, after: str) -> Iterator[Part]:
    """The two texts woven into one, run by run."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield Part("same", after[k:m])
            continue
        if before[i:j]:
            yield Part("gone", before[i:j])
        if after[k:m]:
            yield Part("new", after[k:m])
