"""Agreements as Word files."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.sandbox import SandboxedEnvironment

from duikou.wings.agreements.documents import layout, qr
from duikou.wings.agreements.documents.papers import AgreementPaper
from duikou.wings.agreements.documents.skeleton import skeleton

_QR_SIDE = 18  # millimetres


def docx(paper: AgreementPaper, *, template: bytes | None = None) -> bytes:
    """The agreement as a .docx with a hidden bookmark around each clause.

    `template` is a commission's own layout with the tags of `skeleton`. The bytes are the same for the
    same values.
    """
    document = DocxTemplate(io.BytesIO(template or skeleton()))
    document.render(
        {
            **layout.form(paper),
            "sections": layout.sections(paper),
            "qr": InlineImage(document, io.BytesIO(qr.png(paper.address)), width=Mm(_QR_SIDE)),
        },
        SandboxedEnvironment(autoescape=True),  # a layout that comes from outside runs no code
        autoescape=True,
    )
    moment = paper.moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    properties = document.docx.core_properties
    properties.title, properties.language = layout.printable(paper.title), paper.language
    properties.author = properties.last_modified_by = layout.printable(paper.supporter.name)[:255]
    properties.comments, properties.keywords = "", paper.code
    properties.created = properties.modified = moment
    properties.revision = paper.version
    content = io.BytesIO()
    document.save(content)
    return _same_dates(content.getvalue(), moment)


def _same_dates(content: bytes, moment: dt.datetime) -> bytes:
    """The package with every member dated alike: the clock of the machine stands nowhere."""
    stamp = moment.timetuple()[:6] if moment.year >= 1980 else (1980, 1, 1, 0, 0, 0)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.infolist():
            entry = zipfile.ZipInfo(member.filename, stamp)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(member))
    return packed.getvalue()
