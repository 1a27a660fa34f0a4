"""Message catalogues: collects the Chinese source strings and keeps their English.

    python scripts/messages.py                 update the catalogues of all apps and compile them
    python scripts/messages.py hospitals web   only these apps
    python scripts/messages.py --check         change nothing; fail when a catalogue is not complete
    python scripts/messages.py --prune         also forget translations that are not used any more

Needs no gettext programs. A string belongs to the app whose folder holds it; what lies
outside any app (the command line, settings, policy) belongs to core. A string that some
other app already has in English takes that English over. The check fails on strings that
are missing, untranslated or unused, on placeholders that differ, on two English wordings
for one Chinese string, and on a compiled catalogue that does not match its source.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "duikou"
HOME = "core"  # owner of strings outside any app
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdifg]|%[sd]")
METADATA = {
    "Project-Id-Version": "duikou",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


@dataclass(frozen=True, order=True)
class Message:
    """A source string: context, singular, plural (empty when it has none)."""

    context: str
    text: str
    plural: str = ""


@dataclass
class Found:
    """Source strings with the files that use them."""

    places: dict[Message, set[str]] = field(default_factory=dict)

    def add(self, message: Message, place: str) -> None:
        """Note a use of a string."""
        self.places.setdefault(message, set()).add(place)


def strings_in(source: str, is_template: bool) -> Iterator[Message]:
    """The translatable strings of a Python file or a template."""
    if is_template:
        # What templatize leaves is Python calls between filler; brackets make its indentation irrelevant.
        source = f"(\n{templatize(source)}\n)"
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for _line, words, _comments, context in found:
        singular, plural = words if isinstance(words, tuple) else (words, "")
        if singular:
            yield Message(context or "", singular, plural or "")


def apps() -> dict[str, Path]:
    """Folders of our Django apps by label."""
    return {path.parent.name: path.parent for path in sorted(PACKAGE.rglob("apps.py"))}


def collect() -> dict[str, Found]:
    """All strings, by the app that owns them."""
    folders = apps()
    found = {label: Found() for label in folders}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]):
        if (
            "migrations" in path.parts
            or "static" in path.parts
            or (path.suffix == ".txt" and "templates" not in path.parts)
        ):
            continue
        owner = next((label for label, folder in folders.items() if folder in path.parents), HOME)
        place = path.relative_to(PACKAGE).as_posix()
        for message in strings_in(path.read_text("utf-8"), path.suffix != ".py"):
            found[owner].add(message, place)
    return found


def catalogue_path(label: str) -> Path:
    """Where an app keeps its English."""
    return apps()[label] / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read(label: str) -> polib.POFile:
    """An app's catalogue; an empty one when it has none yet."""
    path = catalogue_path(label)
    catalogue = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
    catalogue.metadata = METADATA
    return catalogue


def key_of(entry: polib.POEntry) -> Message:
    """The source string of a catalogue entry."""
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def english_of(entry: polib.POEntry) -> tuple[str, ...]:
    """The English of an entry, singular (and plural); empty strings where it lacks."""
    if entry.msgid_plural:
        return entry.msgstr_plural.get(0, ""), entry.msgstr_plural.get(1, "")
    return (entry.msgstr,)


def known(labels: Iterable[str]) -> dict[Message, tuple[str, ...]]:
    """Strings that some app has in English, even if it does not use them any more."""
    translated = {}
    for label in labels:
        for entry in read(label):
            if all(english_of(entry)):
                translated.setdefault(key_of(entry), english_of(entry))
    return translated


def update(label: str, found: Found, elsewhere: dict[Message, tuple[str, ...]], prune: bool) -> None:
    """Bring an app's catalogue up to date and compile it; English that exists is kept."""
    old = {key_of(entry): entry for entry in read(label)}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = METADATA
    for message, places in sorted(found.places.items(), key=lambda item: (min(item[1]), item[0])):
        english = english_of(old[message]) if message in old else ("",)
        if not all(english):
            english = elsewhere.get(message, english)
        entry = polib.POEntry(
            msgctxt=message.context or None,
            msgid=message.text,
            occurrences=[(place, "") for place in sorted(places)],
        )
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = dict(enumerate(english if len(english) == 2 else ("", "")))
        else:
            entry.msgstr = english[0]
        if PLACEHOLDER.search(message.text):
            entry.flags.append("python-format")
        fresh.append(entry)
    for message, entry in old.items():
        if message not in found.places and all(english_of(entry)) and not prune:
            entry.obsolete = True
            fresh.append(entry)
    path = catalogue_path(label)
    if not found.places and not path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(path))
    path.with_suffix(".mo").write_bytes(compiled(label))


def compiled(label: str) -> bytes:
    """The binary form of an app's catalogue."""
    content: bytes = read(label).to_binary()
    return content


def problems(label: str, found: Found) -> list[str]:
    """What is wrong with an app's catalogue; empty when it is complete."""
    entries = {key_of(entry): entry for entry in read(label) if not entry.obsolete}
    wrong = [f"missing: {m.text!r} ({min(p)})" for m, p in found.places.items() if m not in entries]
    wrong += [f"not used any more: {m.text!r}" for m in entries if m not in found.places]
    for message, entry in entries.items():
        english = english_of(entry)
        if not all(english) or "fuzzy" in entry.flags:
            wrong.append(f"no English: {message.text!r}")
            continue
        expected = {m.group() for m in PLACEHOLDER.finditer(message.text + message.plural)}
        for text in english:
            if not {m.group() for m in PLACEHOLDER.finditer(text)} <= expected:
                wrong.append(f"placeholders differ: {message.text!r} → {text!r}")
    if entries:
        path = catalogue_path(label).with_suffix(".mo")
        if not path.exists() or path.read_bytes() != compiled(label):
            wrong.append("the compiled catalogue (.mo) does not match django.po")
    return sorted(wrong)


def disagreements(labels: Iterable[str]) -> list[str]:
    """Strings whose English differs between apps: which one a page shows would be an accident."""
    seen: dict[Message, dict[tuple[str, ...], str]] = {}
    for label in labels:
        for entry in read(label):
            if not entry.obsolete and all(english_of(entry)):
                seen.setdefault(key_of(entry), {}).setdefault(english_of(entry), label)
    return [
        f"two wordings of {message.text!r}: "
        + "; ".join(f"{app}: {words[0]!r}" for words, app in versions.items())
        for message, versions in seen.items()
        if len(versions) > 1
    ]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("apps", nargs="*", help="labels of apps (default: all)")
    parser.add_argument(
        "--check", action="store_true", help="only report; exit code 1 when something is wrong"
    )
    parser.add_argument("--prune", action="store_true", help="drop translations that are not used any more")
    chosen = parser.parse_args()
    if not settings.configured:
        settings.configure(USE_I18N=False)  # templatize reads templates as text; no app is needed
    everything = apps()
    if unknown := set(chosen.apps) - everything.keys():
        parser.error(f"no such app: {', '.join(sorted(unknown))}; there are: {', '.join(everything)}")
    labels = chosen.apps or list(everything)
    found = collect()
    if not chosen.check:
        elsewhere = known(everything)
        for label in labels:
            update(label, found[label], elsewhere, chosen.prune)
    count = 0
    for label in labels:
        for line in problems(label, found[label]):
            print(f"{label}: {line}")
            count += 1
    for line in disagreements(everything):
        print(line)
        count += 1
    strings = sum(len(found[label].places) for label in labels)
    print(f"{strings} strings in {len(labels)} apps; {count} to put right")
    return 1 if count and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
