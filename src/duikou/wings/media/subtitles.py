"""Subtitles as WebVTT: read, checked, written anew, so that nothing but times and text is ever served."""

from __future__ import annotations

import re
from html import escape, unescape

from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.errors import Invalid, refused

MOST_BYTES = 1024 * 1024
MOST_CUES = 20_000
MOST_TEXT = 500  # characters of a cue
TIME = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMES = re.compile(rf"^{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t].*)?$")
TAG = re.compile(r"<[^>]*>")


def cleaned(content: bytes) -> tuple[str, int]:
    """The text to be kept, and its number of cues. Raises Invalid, with the line, for what is no WebVTT."""
    if len(content) > MOST_BYTES:
        raise _fault(_("字幕文件最多 1 MB。"))
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise _fault(_("字幕文件应为 UTF-8 编码。")) from None
    if guard.fault_of_text(text, None):
        raise _fault(_("字幕文件含有不可见的控制字符。"))
    lines = text.split("\n")
    if not re.match(r"^WEBVTT(?:[ \t]|$)", lines[0]):
        raise _fault(_("字幕文件应以 WEBVTT 开头。SRT 等格式请先转换为 WebVTT（.vtt）。"))
    cues: list[tuple[int, int, list[str]]] = []
    at = 1
    while at < len(lines):
        at = _block(lines, at, cues)
    if not cues:
        raise _fault(_("字幕文件里没有字幕。"))
    return _written(cues), len(cues)


def _fault(words: str, line: int = 0) -> Invalid:
    return refused("file", _("第 %(line)s 行：%(words)s") % {"line": line, "words": words} if line else words)


def _block(lines: list[str], at: int, cues: list[tuple[int, int, list[str]]]) -> int:
    """Read the block that begins at a line; returns where the next one may begin."""
    if not lines[at].strip():
        return at + 1
    start = at if "-->" in lines[at] else at + 1
    end = at
    while end < len(lines) and lines[end].strip():
        end += 1
    if start >= end or "-->" not in lines[start]:
        return end  # a note, a style, a region: not kept
    found = TIMES.match(lines[start].strip())
    if not found:
        raise _fault(_("时间应写作 00:01:02.500 --> 00:01:05.000。"), start + 1)
    begins, ends = (_milliseconds(found.groups()[n : n + 4]) for n in (0, 4))
    if ends <= begins or (cues and begins < cues[-1][0]):
        raise _fault(_("结束应晚于开始，各条应按时间先后排列。"), start + 1)
    words = [escape(unescape(TAG.sub("", line)).strip(), quote=False) for line in lines[start + 1 : end]]
    if sum(map(len, words)) > MOST_TEXT:
        raise _fault(_("一条字幕最多 %(most)s 个字符。") % {"most": MOST_TEXT}, start + 2)
    if len(cues) >= MOST_CUES:
        raise _fault(_("字幕最多 %(most)s 条。") % {"most": MOST_CUES})
    cues.append((begins, ends, [line for line in words if line]))
    return end


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _written(cues: list[tuple[int, int, list[str]]]) -> str:
    blocks = [f"{_time(b)} --> {_time(e)}\n" + "\n".join(words) for b, e, words in cues if words]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"
