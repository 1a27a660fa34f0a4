"""Whether a file names the patient under whom it is to be kept."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from duikou.wings.imaging.dicom.reading import Person
from duikou.wings.patients.identity import name_key
from duikou.wings.patients.models import Patient


def differences(person: Person, patient: Patient) -> list[str]:
    """What does not agree, each with what was expected and what was found; nothing when all does.

    The name has to be there and agree: in characters, or in pinyin where the device writes no others. Birth
    date and sex have to agree where the device states them.
    """
    found = []
    if not same_name(person.name, patient.name):
        found.append(_told(_("姓名"), patient.name, person.name.replace("^", " ")))
    if person.birth_date is not None and person.birth_date != patient.birth_date:
        found.append(_told(_("出生日期"), patient.birth_date, person.birth_date))
    if person.sex and patient.sex in ("male", "female") and person.sex != patient.sex:
        words = dict(Patient.Sex.choices)
        found.append(_told(_("性别"), words[patient.sex], words[person.sex]))
    return found


def _told(label: str, expected: object, found: object) -> str:
    return _("%(label)s应为“%(expected)s”，文件中为“%(found)s”") % {
        "label": label,
        "expected": expected,
        "found": found or _("（空）"),
    }


def same_name(written: str, name: str) -> bool:
    """Whether a DICOM name (spellings separated by =, parts by ^) is that of a person."""
    spellings = ["".join(one.split("^")[:3]) for one in written.split("=") if one.strip("^ ")]
    wanted = name_key(name)
    for spelling in spellings:
        plain = name_key(unicodedata.normalize("NFKC", spelling).replace(" ", ""))
        if plain == wanted:
            return True
        # In pinyin only where the device gives no characters at all: equal sounds are not equal names.
        if plain.isascii() and all(one.isascii() for one in spellings) and not name.isascii():
            parts = re.findall(r"[a-z]+", unicodedata.normalize("NFKC", written).casefold())
            if "".join(parts) in _sounds(name):
                return True
    return False


def _sounds(name: str) -> set[str]:
    """How a name may be written in letters: each reading of each character, family name first or last."""
    from pypinyin import (  # its tables take a second: most processes never need them
        Style,
        lazy_pinyin,
        pinyin,
    )

    readings = pinyin(name, style=Style.NORMAL, heteronym=True)
    made = {""}
    for one in readings[:6]:
        made = {so_far + _letters(reading) for so_far in made for reading in one[:4]}
    first = lazy_pinyin(name, style=Style.NORMAL)
    turned = {"".join(map(_letters, [*first[cut:], *first[:cut]])) for cut in (1, 2) if len(first) > cut}
    return made | turned


def _letters(reading: str) -> str:
    return reading.casefold().replace("ü", "v")
