"""Codes of the gate in words: what is wrong, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.wings.patients.catalogue import cite, number

QUALITY = "SLD-01"


def least_sharpness() -> int:
    """Below it the focus of a slide is doubtful: a parameter of the policy pack, to be confirmed."""
    return number(QUALITY, "least_sharpness")


def fault_words(code: str) -> str:
    """Why a slide was refused."""
    return {
        "unknown": _(
            "文件内容不是能识别的切片格式。请在扫描仪软件中导出为 SVS、带金字塔的分块 TIFF 或 DICOM，再上传。"
        ),
        "damaged": _("文件有损坏，部分区域读不出来。请从扫描仪重新导出，再上传。"),
        "size": _("图像的宽或高不在 256 至 400000 像素之间。请核对导出的是不是全切片图像。"),
        "flat": _("文件没有金字塔层级，浏览会很慢。请在扫描仪软件中导出带金字塔的文件，再上传。"),
        "part": _(
            "这只是 DICOM 切片的一个层级，其他层级在同一序列的其他文件里。"
            "请在扫描仪软件中导出为单个 SVS 或带金字塔的 TIFF 文件，再上传。"
        ),
        "died": _("检查程序读这个文件时中断，文件可能有损坏。请从扫描仪重新导出，再上传。"),
    }.get(code, code)


def doubt_words(code: str) -> str:
    """What a person should look at."""
    return {
        "no_scale": _("文件没有写明每像素多少微米，因此不能测量长度。"),
        "blurred": _(
            "估计对焦不清：清晰度低于 %(least)s（规则 %(rule)s，待确认）。请看缩略图和原片，必要时重新扫描。"
        )
        % {"least": least_sharpness(), "rule": cite(QUALITY)},
        "empty": _("几乎看不到组织。请核对是否扫描了正确的区域。"),
    }.get(code, code)


SERIOUS = ("blurred", "empty")
"""Doubts that want somebody's decision before others see the slide."""
