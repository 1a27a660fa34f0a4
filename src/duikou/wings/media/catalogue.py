"""What kinds of video are taken, and the words for what is not."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ts", ".mts", ".m2ts")
CONTAINERS = ("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts")
"""Demuxers of ffmpeg that may read a file. No playlists, pictures, subtitles or devices."""
PICTURES = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "msmpeg4v2", "msmpeg4v3", "mjpeg")
SOUNDS = ("aac", "mp3", "mp2", "opus", "vorbis", "ac3", "flac", "pcm_s16le", "pcm_s16be", "pcm_u8")
DECODERS = (*PICTURES, *SOUNDS, "libdav1d", "libaom-av1", "libvpx", "libvpx-vp9", "mp3float", "mp2float",
            "libopus", "libvorbis")  # fmt: skip
SMALLEST, LARGEST = 64, 4096  # pixels of an edge

FAULTS: Mapping[str, str | Promise] = {
    "playlist": gettext_lazy("文件是播放列表，不是视频。请上传视频文件本身。"),
    "markup": gettext_lazy("文件是网页或 SVG 图形，不是视频。请上传视频文件本身。"),
    "archive": gettext_lazy("文件是压缩包或内含压缩包，不是视频。请先解压，再上传其中的视频。"),
    "mixed": gettext_lazy("文件里混有视频以外的内容，为安全起见不接收。请用剪辑软件重新导出为 MP4。"),
    "unknown": gettext_lazy("不是可以识别的视频。请上传 MP4、MOV、WebM、MKV、AVI 或 TS 文件。"),
    "damaged": gettext_lazy("文件损坏，无法读出画面。请检查原文件能否播放，再重新上传。"),
    "no_picture": gettext_lazy("文件里没有画面。请上传含画面的视频。"),
    "codec": gettext_lazy("不支持视频的编码。请重新导出为 H.264 编码的 MP4。"),
    "size": gettext_lazy("画面太小或太大：边长应为 64 至 4096 像素。请调整分辨率后重新导出。"),
    "short": gettext_lazy("视频不足 1 秒。请检查文件是否完整。"),
    "long": gettext_lazy("视频太长。请分成几段上传。"),
    "died": gettext_lazy("处理时多次中断，已停止。请把文件重新导出为 MP4 后再上传。"),
    "nothing": gettext_lazy("直播没有收到画面，无法保存为录像。"),
    "withdrawn": gettext_lazy("录像已撤下，内容已删除。"),
}


def fault_words(code: str) -> str:
    """Why a recording was refused, in words; empty for none."""
    return str(FAULTS[code]) if code else ""


def fault_of_name(name: str) -> str:
    """What is wrong with a file's name; empty when it may be a video."""
    if name.lower().endswith(SUFFIXES):
        return ""
    return _("请选择视频文件（%(kinds)s）。") % {"kinds": "、".join(s[1:].upper() for s in SUFFIXES)}
