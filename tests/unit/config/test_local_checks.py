"""Whoever looks after the program on its own machine asks it without the TLS proxy."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings


@pytest.mark.parametrize(("address", "status"), [("/healthz", 200), ("/about/", 301)])
@override_settings(SECURE_SSL_REDIRECT=True)
def test_only_checks_answer_without_tls(address: str, status: int) -> None:
    assert Client().get(address).status_code == status


def test_every_key_of_the_home_is_backed_up() -> None:
    from duikou.cli.archive import KEYS
    from duikou.config import settings

    names = (
        "SECRET_KEY", "AUDIT_KEY", "RESIDENCE_KEY", "SUMS_KEY", "FIELD_KEY", "PATIENT_KEY",
        "PATIENT_INDEX_KEY",
    )  # fmt: skip
    kept = {f"{name.lower()}.key" for name in names}
    assert all(hasattr(settings, name.removesuffix(".key").upper()) for name in KEYS)
    assert set(KEYS) == kept
