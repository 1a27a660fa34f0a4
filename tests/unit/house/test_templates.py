"""What holds for every template: nothing inline, every Chinese word translated, only icons that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "duikou"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
# Shown in both languages at once, because nothing is known about the reader any more.
BILINGUAL = {"web/templates/web/broken.html"}
# A language is named in itself.
OWN_NAMES = {"中文", "中"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


@every_template
def test_nothing_is_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style\b", text), "styles belong into static/web/duikou.css"
    assert not re.search(r"\sstyle\s*=", text), "use a class instead of a style attribute"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "handlers belong into an external script"
    assert not re.search(r"javascript:", text, re.IGNORECASE)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, f"inline script: {tag}"


@every_template
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    for address in re.findall(
        r"(?:src|href|action|hx-[a-z]+)=[\"'](?:https?:)?//[^\"']*", path.read_text("utf-8")
    ):
        pytest.fail(f"another host: {address}")


def untranslated(text: str) -> list[str]:
    """Chinese words that no translation reaches: in text and attributes, or bare in a tag's arguments."""
    found: list[str] = []
    inside = ""  # end tag of the block translation or comment we are in
    for token in Lexer(text).tokenize():
        if inside:
            if token.token_type == TokenType.BLOCK and token.contents.split()[0] == inside:
                inside = ""
            continue
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0]
            if word in ("blocktrans", "blocktranslate", "comment"):
                inside = f"end{word}"
            elif word not in ("trans", "translate"):
                found += CHINESE.findall(re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", "", token.contents))
        elif token.token_type == TokenType.VAR:
            found += CHINESE.findall(re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", "", token.contents))
        elif token.token_type == TokenType.TEXT:
            found += CHINESE.findall(re.sub(r"<!--.*?-->", "", token.contents, flags=re.DOTALL))
    return [word for word in found if word not in OWN_NAMES]


@every_template
def test_every_chinese_word_can_be_translated(path: Path) -> None:
    if name_of(path) in BILINGUAL:
        pytest.skip("shows both languages at once")
    assert untranslated(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<p>医院</p>", ["医院"]),
        ('<a title="医院">', ["医院"]),
        ('{% badge "success" "完成" %}', ["完成"]),
        ('{{ name|default:"无" }}', ["无"]),
        ('{% badge "success" _("完成") %}{{ name|default:_("无") }}', []),
        ("{% trans '医院' %}{% blocktrans %}共 {{ n }} 家{% endblocktrans %}", []),
        ("{# 说明 #}{% comment %}说明{% endcomment %}<!-- 说明 -->", []),
    ],
)
def test_the_scan_sees_what_it_should(text: str, left: list[str]) -> None:
    assert untranslated(text) == left


def test_every_icon_is_in_the_sprite() -> None:
    sprites = list((SOURCE / "web" / "static" / "vendor").glob("tabler-icons-*/sprite.svg"))
    assert len(sprites) == 1
    known = set(re.findall(r'<symbol id="([^"]+)"', sprites[0].read_text("utf-8")))
    used = {
        (match, name_of(path))
        for path in TEMPLATES
        for match in re.findall(r"\{%\s*icon \"([a-z0-9-]+)\"", path.read_text("utf-8"))
        + re.findall(r"<c-empty[^>]*\bicon=\"([a-z0-9-]+)\"", path.read_text("utf-8"))
    }
    missing = {(icon, place) for icon, place in used if icon not in known}
    assert not missing, f"add them to scripts/icons.txt and run `make vendor`: {missing}"
