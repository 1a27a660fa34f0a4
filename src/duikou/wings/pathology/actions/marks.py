"""Marks, lengths and key images: each a row with its author."""

from __future__ import annotations

import io
import math

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openslide import OpenSlide, OpenSlideError

from duikou.core import documents, guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, Missing, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.imaging.queries import reach
from duikou.wings.pathology import storing
from duikou.wings.pathology.models import KeyImage, Mark, Slide

Point = tuple[float, float]
Kind = Mark.Kind
COUNTS = {
    Kind.POINT: (1, 1), Kind.TEXT: (1, 1), Kind.BOX: (2, 2), Kind.LENGTH: (2, 2), Kind.POLYGON: (3, 500),
}  # fmt: skip
MOST_MARKS = 1000  # on one slide
MOST_IMAGES = 50
EDGE = 1600  # pixels of a key image


def readable(slide: Slide) -> Slide:
    """The slide, if it passed the gate. Raises Conflict."""
    if slide.state != Slide.State.READY:
        raise Conflict(_("切片还不能阅片（%(state)s）。") % {"state": slide.get_state_display()})
    return slide


def draw(*, actor: Actor, slide: Slide, kind: str, points: list[Point], text: str = "") -> Mark:
    """Draw a mark, or measure a length. Raises Invalid for a length where the scale is not known."""
    place = reach(actor, slide.study, "slide.mark")
    with act("slide.mark", actor=actor, permission="slide.mark", on=place, target=slide.study) as event:
        readable(slide)
        if kind not in Kind.values:
            raise refused("kind", _("请选择标记的类别。"))
        least, most = COUNTS[Kind(kind)]
        if not least <= len(points) <= most:
            raise refused(
                "points",
                _("点数应为 %(least)s 至 %(most)s 个，实际 %(found)s 个。")
                % {"least": least, "most": most, "found": len(points)},
            )
        kept = [(round(x, 1), round(y, 1)) for x, y in points]
        if any(not (0 <= x <= slide.width and 0 <= y <= slide.height) for x, y in kept):
            raise refused("points", _("标记超出了切片的范围。"))
        text = text.strip()
        if kind == Kind.TEXT and not text:
            raise refused("text", _("请填写文字。"))
        if fault := guard.fault_of_text(text, 200):
            raise refused("text", fault)
        if slide.marks.filter(removed_at=None).count() >= MOST_MARKS:
            raise Conflict(_("一张切片最多 %(most)s 个标记。") % {"most": MOST_MARKS})
        made = Mark.objects.create(
            slide=slide,
            kind=kind,
            points=[list(point) for point in kept],
            text=text,
            micrometres=_length(slide, kept) if kind == Kind.LENGTH else None,
            author_id=actor.user_id,
            hospital=_hospital(actor),
        )
        event.note(slide.study, after={"slide": slide.number, "mark": made.pk, "kind": kind})
    return made


def _length(slide: Slide, ends: list[Point]) -> float:
    if slide.mpp_x is None or slide.mpp_y is None:
        raise refused("kind", _("文件没有写明每像素多少微米，因此不能测量长度。"))
    (x1, y1), (x2, y2) = ends
    length = math.hypot((x2 - x1) * slide.mpp_x, (y2 - y1) * slide.mpp_y)
    if length <= 0:
        raise refused("points", _("两端不能是同一点。"))
    return round(length, 3)


def _hospital(actor: Actor) -> Hospital | None:
    """Where the author works, for the reader."""
    paths = [grant.path for grant in actor.grants]
    return Hospital.objects.filter(scope_path__in=paths).order_by("pk").first() if paths else None


def remove_mark(*, actor: Actor, mark: Mark) -> None:
    """Take one's own mark back. Raises Denied for another's, Conflict when it is gone."""
    place = reach(actor, mark.slide.study, "slide.mark")
    with act(
        "slide.unmark", actor=actor, permission="slide.mark", on=place, target=mark.slide.study
    ) as event:
        if mark.author_id != actor.user_id:
            raise Denied(_("只有作者本人可以撤去自己的标记。"))
        rows = Mark.objects.filter(pk=mark.pk, removed_at=None)
        if not rows.update(removed_at=timezone.now(), removed_by=actor.user_id):
            raise Conflict(_("这个标记已被撤去。"))
        event.note(mark.slide.study, before={"slide": mark.slide.number, "mark": mark.pk, "kind": mark.kind})


def choose_image(
    *, actor: Actor, slide: Slide, x: int, y: int, width: int, height: int, caption: str
) -> KeyImage:
    """Keep a part of a slide as a picture for the report, cut from the file itself at a size for paper."""
    place = reach(actor, slide.study, "slide.mark")
    with act("slide.key_image", actor=actor, permission="slide.mark", on=place, target=slide.study) as event:
        readable(slide)
        caption = caption.strip()
        if not caption:
            raise refused("caption", _("请填写图注。"))
        if fault := guard.fault_of_text(caption, 200):
            raise refused("caption", fault)
        x, y = max(0, x), max(0, y)
        width, height = min(width, slide.width - x), min(height, slide.height - y)
        if width < 16 or height < 16:
            raise refused("width", _("所选范围太小，或在切片之外。"))
        if slide.key_images.count() >= MOST_IMAGES:
            raise Conflict(_("一张切片最多 %(most)s 张关键图。") % {"most": MOST_IMAGES})
        document = documents.keep(
            cut(slide, x, y, width, height),
            filename=f"{slide.number}-{x}-{y}.jpg",
            scope_path=slide.study.scope_path,
            actor=actor,
            kinds=("jpeg",),
        )
        with transaction.atomic():
            made = KeyImage.objects.create(
                slide=slide, x=x, y=y, width=width, height=height, caption=caption, document=document,
                author_id=actor.user_id,
            )  # fmt: skip
        event.note(slide.study, after={"slide": slide.number, "key_image": made.pk})
    return made


def cut(slide: Slide, x: int, y: int, width: int, height: int) -> bytes:
    """A part of a slide as JPEG, from the level that gives it at most `EDGE` pixels. Raises Missing."""
    try:
        with OpenSlide(storing.slide_path(slide.number)) as file:
            scale = max(width, height) / EDGE
            level = file.get_best_level_for_downsample(max(1.0, scale))
            down = file.level_downsamples[level]
            size = (max(1, round(width / down)), max(1, round(height / down)))
            picture = file.read_region((x, y), level, size).convert("RGB")
    except (OpenSlideError, OSError) as error:
        raise Missing(_("切片文件在存储中缺失或已损坏。请联系系统管理员从备份恢复。")) from error
    picture.thumbnail((EDGE, EDGE))
    memory = io.BytesIO()
    picture.save(memory, "JPEG", quality=90)
    return memory.getvalue()
