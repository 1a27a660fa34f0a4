"""What somebody at the door may try: guesses are counted, and no page sends mail."""

from __future__ import annotations

import time
from ipaddress import ip_network
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core import mail
from django.test import Client

from duikou.core.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery-9"


@pytest.fixture
def person() -> User:
    return User.objects.create_user("wangfang", password=PASSWORD)


def _sign_in(client: Client, name: str, password: str) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password})


@pytest.mark.parametrize("name", ["Wangfang", "WANGFANG", " wangfang "])
def test_another_writing_of_the_name_gives_no_further_guesses(person: User, name: str) -> None:
    for _ in range(5):
        _sign_in(Client(), "wangfang", "wrong-guess-1")
    assert _sign_in(Client(), "wangfang", PASSWORD).status_code == 429
    assert _sign_in(Client(), name, PASSWORD).status_code == 429


def test_all_writings_of_a_name_share_one_count(person: User) -> None:
    for name in ("wangfang", "Wangfang", "WAngfang", "WANgfang", "WANGfang"):
        _sign_in(Client(), name, "wrong-guess-1")
    assert _sign_in(Client(), "wangfang", PASSWORD).status_code == 429


def test_another_forwarded_address_gives_no_further_guesses(person: User) -> None:
    answers = [
        Client(headers={"x-forwarded-for": f"198.51.100.{n}"}).post(
            "/accounts/login/", {"login": "wangfang", "password": "wrong-guess-1"}
        )
        for n in range(6)
    ]
    assert answers[-1].status_code == 429


def _guess_through_proxy(caller: str, password: str = "wrong-guess-1") -> int:
    client = Client(REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": caller})
    return _sign_in(client, "wangfang", password).status_code


def test_behind_a_trusted_proxy_a_stranger_locks_nobody_out(person: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    assert [_guess_through_proxy("198.51.100.1") for _ in range(6)][-1] == 429
    assert _guess_through_proxy("203.0.113.9", PASSWORD) == 302


def test_behind_a_trusted_proxy_a_claimed_address_gives_no_further_guesses(
    person: User, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    answers = [_guess_through_proxy(f"203.0.113.{n}, 198.51.100.1") for n in range(6)]
    assert answers[-1] == 429


def test_an_untrusted_peer_is_not_believed(person: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = (ip_network("192.0.2.1"),)
    assert [_guess_through_proxy(f"198.51.100.{n}") for n in range(6)][-1] == 429


def test_guesses_of_the_second_factor_are_counted(person: User, client: Client) -> None:
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(person, secret)
    assert "/2fa/" in _sign_in(client, "wangfang", PASSWORD).headers["Location"]
    for n in range(20):
        client.post("/accounts/2fa/authenticate/", {"code": f"{n:06d}"})
    right = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
    answer = client.post("/accounts/2fa/authenticate/", {"code": right})
    assert answer.status_code != 302, "after 20 wrong codes the right one still opens the door"


def test_guesses_of_the_password_on_the_way_to_settings_are_counted(person: User, client: Client) -> None:
    client.force_login(person)
    answers = [client.post("/accounts/reauthenticate/", {"password": f"guess-{n}"}) for n in range(8)]
    assert answers[-1].status_code == 429


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "login/code/confirm/", "password/set/"]
)
def test_no_page_opens_an_account_or_sends_mail(
    person: User, client: Client, path: str, signed_in: bool
) -> None:
    if signed_in:
        client.force_login(person)
    values = {"email": "someone@example.org", "username": "mallory", "action_add": "1"}
    client.post(f"/accounts/{path}", {**values, "password1": PASSWORD, "password2": PASSWORD})
    assert mail.outbox == []
    assert not User.objects.filter(username="mallory").exists()


def test_a_one_time_password_cannot_be_kept(person: User, client: Client) -> None:
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    client.force_login(person)
    values = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/password/change/", values)
    person.refresh_from_db()
    assert person.must_change_password
