"""Pictures pointed out in a study, drawn as the reader saw them: for an opinion, or a page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.wings.imaging import storage
from duikou.wings.imaging.dicom.rendering import png
from duikou.wings.imaging.models import KeyImage, Study
from duikou.wings.imaging.queries.pictures import marks_of
from duikou.wings.imaging.windows import WINDOWS, window_of


def key_images(study: Study, reference: str | None = None) -> list[tuple[str, bytes]]:
    """Caption and PNG (at most 1024 pixels wide or high) of each picture pointed out, in the study's order.

    Of one consultation or of all; a picture that several readers chose comes once, with all they said. The
    caption is in the language of whoever asks. Raises Missing when a file is gone from the store.
    """
    rows = marks_of(study, reference).order_by(
        "file__series_number", "file__series_uid", "file__number", "file", "frame", "window", "marked_at"
    )
    by_picture: dict[tuple[int, int, str], list[KeyImage]] = {}
    for row in rows:
        by_picture.setdefault((row.file_id, row.frame, row.window), []).append(row)
    return [
        (caption(marks), png(storage.opened(marks[0].file), frame, window_of(window)))
        for (_file, frame, window), marks in by_picture.items()
    ]


def caption(marks: list[KeyImage]) -> str:
    """Where a picture stands in its study, in which window it is shown, and what its readers said."""
    first = marks[0]
    file = first.file
    parts = [
        _("序列 %(series)s 图像 %(image)s") % {"series": file.series_number, "image": file.number},
        file.series_description,
        _("第 %(frame)s 帧") % {"frame": first.frame} if file.frames > 1 else "",
        str(WINDOWS[first.window][0]) if first.window in WINDOWS else "",
    ]
    notes = dict.fromkeys(one.note for one in marks if one.note)
    return " · ".join([*(part for part in parts if part), *notes])
