"""The message tool finds strings; the catalogues are complete."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from scripts import messages
from scripts.messages import Found, Message, strings_in


def test_python_strings_of_each_kind() -> None:
    source = (
        "from django.utils.translation import gettext as _\n"
        "_('甲'); gettext_lazy('乙'); ngettext('%(n)s 条', '%(n)s 条', n); pgettext('导航', '丙')\n"
        "not_a_message('丁'); _('多'\n '行')\n"
    )
    assert set(strings_in(source, is_template=False)) == {
        Message("", "甲"),
        Message("", "乙"),
        Message("", "%(n)s 条", "%(n)s 条"),
        Message("导航", "丙"),
        Message("", "多行"),
    }


def test_template_strings_of_each_kind() -> None:
    source = """{% load web %}
    {% trans "甲" %}<c-card title="{% trans '乙' %}">
      {% badge "x" _("丙") %}{{ value|default:_("丁") }}
  {% blocktrans count n=rows %}{{ n }} 条{% plural %}{{ n }} 条{% endblocktrans %}
{% blocktrans with a=b %}有“{{ a }}”
的第二行{% endblocktrans %}{% trans "医院" context "导航" %}{# _('不要') #}
    </c-card>"""
    assert set(strings_in(source, is_template=True)) == {
        Message("", "甲"),
        Message("", "乙"),
        Message("", "丙"),
        Message("", "丁"),
        Message("", "%(n)s 条", "%(n)s 条"),
        Message("", "有“%(a)s”\n的第二行"),
        Message("导航", "医院"),
    }


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app of its own, so that the real catalogues stay untouched."""
    monkeypatch.setattr(messages, "apps", lambda: {"sample": tmp_path})
    return tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"


def found(*texts: str) -> Found:
    result = Found()
    for text in texts:
        result.add(Message("", text), "sample/views.py")
    return result


def translate(path: Path, **english: str) -> None:
    po = polib.pofile(str(path), wrapwidth=0)
    for entry in po:
        entry.msgstr = english.get(entry.msgid, entry.msgstr)
    po.save(str(path))


def test_english_is_kept_and_what_is_gone_can_come_back(catalogue: Path) -> None:
    messages.update("sample", found("甲", "乙"), {}, prune=False)
    translate(catalogue, 甲="A", 乙="B")
    messages.update("sample", found("乙", "丙"), {Message("", "丙"): ("C",)}, prune=False)
    assert messages.problems("sample", found("乙", "丙")) == []
    messages.update("sample", found("甲", "乙"), {}, prune=False)
    assert messages.problems("sample", found("甲", "乙")) == []


def test_prune_forgets(catalogue: Path) -> None:
    messages.update("sample", found("甲"), {Message("", "甲"): ("A",)}, prune=False)
    messages.update("sample", found(), {}, prune=True)
    assert "A" not in catalogue.read_text("utf-8")


def test_each_fault_is_named(catalogue: Path) -> None:
    messages.update("sample", found("甲", "%(n)s 条", "旧"), {}, prune=False)
    translate(catalogue, **{"%(n)s 条": "%(m)s rows", "旧": "Old"})
    report = messages.problems("sample", found("甲", "%(n)s 条", "新"))
    assert [line.split(":")[0] for line in report] == [
        "missing",
        "no English",
        "not used any more",
        "placeholders differ",
        "the compiled catalogue (.mo) does not match django.po",
    ]


def test_the_catalogues_are_complete() -> None:
    done = subprocess.run(
        [sys.executable, messages.__file__, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
