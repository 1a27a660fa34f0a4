"""A batch checked file by file: what is sound, and what is wrong with each of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from duikou.core.errors import DuikouError, Invalid
from duikou.wings.imaging.dicom.identity import differences
from duikou.wings.imaging.dicom.reading import Header, read
from duikou.wings.imaging.dicom.unpacking import Laid, Refusal
from duikou.wings.patients.models import Patient

MOST_TOLD = 50  # faults of a batch that are told one by one


@dataclass(frozen=True, slots=True)
class Fault:
    """An objection to a file, in every language of the site."""

    name: str
    cause: str
    words: dict[str, str]

    def told(self) -> dict[str, str]:
        """As a row keeps it."""
        return {"name": self.name, **self.words}


def demand(header: Header, patient: Patient) -> Header:
    """Raise Refusal when a file names somebody else."""
    if found := differences(header.person, patient):
        raise Refusal(
            header.laid.name,
            _("与所选患者不符：%(found)s。请核对是否选错了患者或文件。") % {"found": "；".join(found)},
            cause="identity",
        )
    return header


def examine(
    laid: Iterable[Laid], patient: Patient | None, tell: Callable[[int], None] = lambda done: None
) -> tuple[list[Header], list[Fault]]:
    """Headers of the sound files, and the faults of the others (the first 50 of them)."""
    headers: list[Header] = []
    faults: list[Fault] = []
    for place, one in enumerate(laid, start=1):
        try:
            headers.append(_check(one, patient))
        except Invalid as error:
            if len(faults) < MOST_TOLD:
                faults.append(fault_of(error, partial(_check, one, patient)))
        tell(place)
    return headers, faults


def _check(laid: Laid, patient: Patient | None) -> Header:
    header = read(laid)
    return demand(header, patient) if patient else header


def fault_of(error: DuikouError, again: Callable[[], object] | None = None) -> Fault:
    """What an error says; in the other languages, too, where it can be raised again."""
    words = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            words[language] = _words(_raised(again) or error)
    name = error.name if isinstance(error, Refusal) else ""
    cause = error.cause if isinstance(error, Refusal) else "taken" if error.code == "conflict" else "other"
    return Fault(name, cause, words)


def _words(error: DuikouError) -> str:
    return error.words if isinstance(error, Refusal) else str(error.message)


def _raised(again: Callable[[], object] | None) -> DuikouError | None:
    try:
        if again is not None:
            again()
    except DuikouError as error:
        return error
    return None
