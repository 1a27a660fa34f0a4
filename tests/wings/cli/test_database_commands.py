"""The commands that ask or change the database, in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from duikou.cli.main import main
from duikou.core.models import AuditEvent, RoleGrant, User
from duikou.wings.pairings.models import AnnexBatch, Pairing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DUIKOU_LANG", "zh")
    with translation.override(translation.get_language()):
        yield


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that must succeed; returns what it prints."""
    capsys.readouterr()
    assert main(words) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def password_in(text: str) -> str:
    return text.split("one-time password:")[1].split()[0]


# --- pairing audit


def test_the_loaded_round_gives_the_figures_of_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(run(capsys, "pairing", "audit", "--json"))
    assert report["counts"] == {"supporters": 67, "pairings": 165, "recipients": 151}
    found = {
        rule: [f["subjects"][0] for f in report["findings"] if f["rule"] == rule]
        for rule in report["by_rule"]
    }
    assert set(found["PAIR-03"]) == {"长兴县", "天台县"}
    assert (len(found["PAIR-04"]), len(found["PAIR-05"])) == (10, 14)
    assert report["coverage"]["districts"]["total"] - report["coverage"]["districts"]["covered"] == 12
    for one in report["findings"]:
        assert {"rule", "clause", "severity", "subjects", "message", "suggestion"} <= one.keys()


def test_the_database_and_the_file_agree(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib import resources

    annex = resources.files("duikou.wings.pairings") / "data" / "zhejiang_2014_annex.csv"
    loaded = json.loads(run(capsys, "pairing", "audit", "--json"))
    from_file = json.loads(run(capsys, "pairing", "audit", str(annex), "--json"))
    for part in ("counts", "coverage", "by_rule", "by_severity"):
        assert loaded[part] == from_file[part]
    texts = ("rule", "subjects", "severity", "message", "message_en", "suggestion")
    assert sorted([f[t] for t in texts] for f in loaded["findings"]) == sorted(
        [f[t] for t in texts] for f in from_file["findings"]
    )


# --- import annex


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "附件.csv"
    path.write_text("支援医院,受援医院\n浙江医院,长兴县人民医院\n", "utf-8")
    return path


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    before = Pairing.objects.count(), AnnexBatch.objects.count(), AuditEvent.objects.count()
    main(["import", "annex", str(table), "--dry-run", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["dry_run"]
    assert not report["committed"]
    assert (Pairing.objects.count(), AnnexBatch.objects.count(), AuditEvent.objects.count()) == before


def test_a_table_with_an_error_imports_nothing_and_says_where(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "附件.csv"
    path.write_text("支援医院,受援医院\n浙江医院,安吉县人民医院\n浙江医院,\n", "utf-8")
    before = Pairing.objects.count()
    assert main(["import", "annex", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "第 3 行" in err
    assert "nothing was imported" in out
    assert Pairing.objects.count() == before


def test_what_is_on_record_is_skipped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "附件.csv"
    path.write_text("表,支援医院,受援医院\n1,浙江医院,安吉县人民医院\n", "utf-8")
    before = Pairing.objects.count()
    report = json.loads(run(capsys, "import", "annex", str(path), "--json"))
    assert (report["created"], report["already_there"]) == (0, 1)
    assert Pairing.objects.count() == before


# --- accounts


def test_an_account_is_opened_and_its_password_works_once_shown(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "user", "add", "wang", "--name", "王工", "--role", "city_officer", "--org", "杭州市")
    user = User.objects.get(username="wang")
    assert user.must_change_password
    assert user.check_password(password_in(out))
    run(
        capsys,
        "user",
        "grant",
        "wang",
        "--role",
        "inspector",
        "--org",
        "浙江省/宁波市",
        "--until",
        "2099-12-31",
    )
    roles = RoleGrant.objects.filter(user=user).values_list("role", "org__name")
    assert set(roles) == {("city_officer", "杭州市"), ("inspector", "宁波市")}
    fresh = password_in(run(capsys, "user", "reset-password", "wang"))
    user.refresh_from_db()
    assert user.check_password(fresh)
    actions = set(AuditEvent.objects.filter(target_id=str(user.pk)).values_list("action", flat=True))
    assert {"account.open", "account.grant", "account.reset_password"} <= actions
    assert not AuditEvent.objects.filter(after__icontains=fresh).exists()


# --- refusals


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "add", "wang 2", "--name", "王", "--role", "city_officer", "--org", "杭州市"), "账号名"),
        (("user", "add", "wang3", "--name", "王", "--role", "nosuch", "--org", "杭州市"), "city_officer"),
        (("user", "add", "wang3", "--name", "王", "--role", "city_officer", "--org", "长兴县"), "长兴县"),
        (("user", "add", "wang3", "--name", "王", "--role", "city_officer", "--org", "月亮市"), "月亮市"),
        (("user", "grant", "nobody", "--role", "inspector", "--org", "浙江省"), "nobody"),
        (("user", "reset-password", "nobody"), "nobody"),
        (("import", "annex", "/dev/null"), "0 字节"),
        (("pairing", "audit", "--round", "nosuch"), "nosuch"),
        (("pairing", "audit", "--as-of", "1999-01-01"), "1999"),
    ],
)
def test_refusals_say_why_and_change_nothing(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = AuditEvent.objects.count()
    assert main(words) == 1
    assert said in capsys.readouterr().err
    assert AuditEvent.objects.count() == before


def test_errors_in_english_where_english_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "en_GB.UTF-8")
    assert main(["pairing", "audit", "--round", "nosuch"]) == 1
    assert "round" in capsys.readouterr().err


# --- audit verify


def test_verify(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(run(capsys, "audit", "verify", "--json"))
    assert report["ok"]
    assert report["events"] == AuditEvent.objects.count() > 0
    assert report["first_broken"] is None
