"""Which files are taken, told by their names before a byte is sent; the gate judges the content."""

from __future__ import annotations

from django.utils.translation import gettext as _

ONE_FILE = ("svs", "tif", "tiff", "ndpi", "scn", "bif", "dcm")
CLOSED = (
    "kfb",
    "kfbf",
    "sdpc",
    "tmap",
    "tmapx",
)  # of scanners sold in China; nobody publishes how to read them
"""Formats that only their makers' programs read."""
PACKED = ("zip", "7z", "rar", "gz", "tar")


def fault_of_name(name: str) -> str:
    """Why a file of this name is not taken; empty when it is."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in CLOSED:
        return _(
            "%(ending)s 是扫描仪厂家的专用格式，本系统不能读取。"
            "请在扫描仪软件中导出为 SVS、带金字塔的 TIFF 或 DICOM，再上传。"
        ) % {"ending": ending.upper()}
    if ending == "mrxs":
        return _("MRXS 由多个文件组成。请在扫描仪软件中导出为单个 SVS、TIFF 或 DICOM 文件，再上传。")
    if ending in PACKED:
        return _(
            "压缩包不能作为切片收下。请解压：切片由多个文件组成的（如 DICOM 各层级分开、MRXS），"
            "在扫描仪软件中导出为单个 SVS、带金字塔的 TIFF 或 DICOM 文件，再上传。"
        )
    if ending not in ONE_FILE:
        return _("请选择切片文件：%(kinds)s。实际的文件名以“%(found)s”结尾。") % {
            "kinds": "、".join(f".{one}" for one in ONE_FILE),
            "found": ending[:10] or name[-10:],
        }
    return ""
