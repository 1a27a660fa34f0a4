"""What the engine says of files: found, expected, where, what to do, in both languages."""

from __future__ import annotations

from duikou.engines.text import Text

EMPTY_FILE = Text(
    "应为 Word 文档（.docx），上传的是空文件。请重新选择文件。",
    "Expected a Word document (.docx), found an empty file. Choose the file again.",
)
ENCRYPTED = Text(
    "应为未加密的文件，此文件设有打开密码。请去掉密码后再上传。",
    "Expected a file without a password, found an encrypted one. Remove the password and upload it again.",
)
LEGACY_DOC = Text(
    "应为 .docx，找到的是旧版 Word 文档（.doc）。请用 Word 或 WPS 打开，另存为 .docx 后再上传。",
    "Expected .docx, found a legacy Word document (.doc). Open it in Word or WPS, save it as .docx and "
    "upload that.",
)
PDF = Text(
    "应为 .docx，找到的是 PDF（多为扫描件），其中的文字无法逐条核对。请上传生成它的 Word 文档；"
    "扫描件可作附件存档。",
    "Expected .docx, found a PDF (often a scan), whose text cannot be checked clause by clause. Upload the "
    "Word "
    "document that it was made from; the scan can be kept as an attachment.",
)
ALT_CHUNK = Text(
    "文档里嵌入了另一份文件的内容（altChunk），打开时才显示，无法核对。请用 Word 打开，另存后再上传。",
    "The document embeds another file (altChunk) that only shows on opening and cannot be checked. Open it "
    "in "
    "Word, save it anew and upload that.",
)
COMMENTS = Text(
    "文档带有批注；批注不属于协议内容，未予核对。",
    "The document carries comments; they are no part of the agreement and were not checked.",
)
_CHANGES = {"ins": ("插入", "insertion"), "del": ("删除", "deletion")}


def damaged(detail: str) -> Text:
    """Say that a file is broken."""
    return Text(
        f"应为完整的 .docx，文件损坏或不完整（{detail}）。请用 Word 或 WPS 打开并另存一份。",
        f"Expected an intact .docx, found a damaged or incomplete file ({detail}). Open it in Word or WPS "
        f"and save "
        "a new copy.",
    )


def file_too_large(size: int, most: int) -> Text:
    """Say that a file has too many bytes."""
    return Text(
        f"文件应不超过 {most >> 20} MB，实为 {size / 2**20:.1f} MB。请压缩或去掉其中的图片。",
        f"Expected a file of at most {most >> 20} MB, found {size / 2**20:.1f} MB. Shrink or remove its "
        f"pictures.",
    )


def part_too_large(name: str, most: int) -> Text:
    """Say that one part of the package has too many bytes."""
    return Text(
        f"文档的 {name} 超过 {most >> 20} MB，不像一份协议。请只上传协议本身。",
        f"The part {name} has more than {most >> 20} MB, unlike an agreement. Upload the agreement alone.",
    )


def too_long(most: int) -> Text:
    """Say that there is too much text."""
    return Text(
        f"协议应不超过 {most} 字。请只上传协议本身，附表另存。",
        f"Expected an agreement of at most {most} characters. Upload the agreement alone, without annexes.",
    )


def other_kind(zh: str, en: str) -> Text:
    """Say that it is another kind of file."""
    return Text(
        f"应为 Word 文档（.docx），找到的是{zh}。请用 Word 或 WPS 打开协议，另存为 .docx 后再上传。",
        f"Expected a Word document (.docx), found {en}. Open the agreement in Word or WPS, save it as .docx "
        f"and "
        "upload that.",
    )


def no_text(pictures: int) -> Text:
    """Say that there is nothing to read."""
    if pictures:
        return Text(
            f"文档里只有图片（{pictures} 张），像是扫描件，没有可核对的文字。请上传原来的 Word 文档。",
            f"The document holds pictures only ({pictures}), probably a scan, and no text to check. Upload "
            f"the "
            "original Word document.",
        )
    return Text(
        "文档里没有文字。请核对所选的文件。", "The document holds no text. Check which file was chosen."
    )


def shown(text: str, limit: int = 60) -> str:
    """Words of a document in one line of a message, shortened."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= limit else line[:limit] + "…"


def tracked(kind: str, text: str, *, accepted: bool) -> Text:
    """Say that there is a tracked change."""
    zh, en = _CHANGES[kind]
    quoted = f"“{shown(text)}”" if text and text != "¶" else ""
    if accepted:
        return Text(
            f"修订痕迹（{zh}）{quoted}，按接受修订核对。", f"Tracked {en} {quoted}, read as accepted."
        )
    return Text(
        f"应为定稿，此处有修订痕迹（{zh}）{quoted}。请在 Word 中接受或拒绝全部修订后再上传。",
        f"Expected a final text, found a tracked {en} {quoted}. Accept or reject all changes in Word and "
        f"upload "
        "it again.",
    )


def more_changes(count: int) -> Text:
    """Say how many tracked changes there are."""
    return Text(f"共有 {count} 处修订痕迹。", f"There are {count} tracked changes in all.")


def unseen(text: str) -> Text:
    """Say that the file holds text that nobody sees in print."""
    return Text(
        f"此处有看不见的文字（隐藏、与底色同色或极小）：“{shown(text)}”。请删除，或设为正常字体后再上传。",
        f"There is text that no reader sees (hidden, in the colour of the ground, or tiny): “{shown(text)}”. "
        "Delete it, or format it normally, and upload the file again.",
    )
