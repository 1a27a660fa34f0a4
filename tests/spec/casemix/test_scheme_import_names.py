"""The name and version of a scheme become a folder: nothing else may hide in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.scheme import BadScheme
from duikou.engines.casemix.scheme.importing import import_scheme


def renamed(folder: Path, name: str, version: str) -> Path:
    made = shutil.copytree(STARTER, folder / "source")
    text = (made / "scheme.toml").read_text(encoding="utf-8")
    text = text.replace('name = "starter"', f"name = {name!r}").replace(
        'version = "1"', f"version = {version!r}"
    )
    (made / "scheme.toml").write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("../evil", "1"),
        ("{tmp}/evil", "1"),
        ("a/b", "1"),
        ("..", ""),
        (".hidden", "1"),
        ("a", "1/../../../b"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("replace", [False, True])
def test_a_name_that_is_no_folder_name_is_refused(
    name: str, version: str, replace: bool, tmp_path: Path
) -> None:
    source = renamed(tmp_path, name.format(tmp=tmp_path), version)
    into = tmp_path / "deep" / "schemes"
    with pytest.raises(BadScheme, match=r"name|version"):
        import_scheme(source, into, replace=replace)
    assert list(into.iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["schemes"]


@pytest.mark.parametrize(("name", "version"), [("chs-drg", "1.1"), ("浙江省DRG", "2024版"), ("x", "")])
def test_a_plain_name_is_taken(name: str, version: str, tmp_path: Path) -> None:
    found = import_scheme(renamed(tmp_path, name, version), tmp_path / "schemes")
    assert found.folder == tmp_path / "schemes" / f"{name}-{version}".strip("-")
