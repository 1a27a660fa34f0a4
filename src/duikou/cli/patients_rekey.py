"""`duikou patients rekey`: identity numbers and phones sealed anew after a change of keys."""

from __future__ import annotations

import argparse

from duikou.cli.boot import boot
from duikou.cli.output import CliError, working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command: none."""


def run(arguments: argparse.Namespace) -> int:
    """Seal all of them anew; nothing is changed when one cannot be opened."""
    boot()
    from cryptography.fernet import InvalidToken

    from duikou.wings.patients.rekeying import rekey

    try:
        with working("重新加密患者证件号码和电话", "sealing identity numbers and phones anew"):
            count = rekey()
    except InvalidToken:
        raise CliError(
            "有内容用现有密钥打不开，什么都没有改动。请把原密钥写入 DUIKOU_PATIENT_KEYS_BEFORE 再运行。",
            "Some values open with none of the keys; nothing was changed. "
            "Put the former key into DUIKOU_PATIENT_KEYS_BEFORE and run it again.",
        ) from None
    print(f"已重新加密 {count} 份档案 / {count} records sealed anew")
    return 0
