"""Vendors the front-end files: takes them out of their npm packages and writes manifests.

    python scripts/vendor.py           fetch the pinned packages (needs npm) and rewrite the vendor folders
    python scripts/vendor.py --check   compare every vendored file with its manifest; needs nothing but Python

Nothing is loaded from elsewhere at run time: pages use these copies only. A manifest
names package, version, licence and the SHA-256 of each file. Source-map comments are
cut off, because the maps are not shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src" / "duikou" / "web" / "static" / "vendor"
TESTS = ROOT / "tests" / "browser" / "vendor"  # tools of the tests, never served

MIT = """The MIT License (MIT)

{notice}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

# Icons of the sprite, by their name in the package (outline style).
ICONS = (ROOT / "scripts" / "icons.txt").read_text("utf-8").split()


@dataclass(frozen=True)
class Package:
    """One npm package: which of its files are kept, and under which names."""

    npm: str
    version: str
    licence: str
    files: dict[str, str]  # member of the package → file name here
    target: Path = STATIC
    texts: dict[str, str] = field(default_factory=dict)  # further files, written as given

    @property
    def folder(self) -> str:
        """Folder name, without the characters of a scope."""
        return f"{self.npm.removeprefix('@').replace('/', '-')}-{self.version}"


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "MIT",
        {"dist/css/tabler.min.css": "tabler.min.css"},
        texts={"LICENSE": MIT.format(notice="Copyright (c) 2018-2026 The Tabler Authors")},
    ),
    Package("@tabler/icons", "3.51.0", "MIT", {"LICENSE": "LICENSE"}),  # plus the sprite
    Package("htmx.org", "4.0.1", "0BSD", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    Package(
        "@alpinejs/csp",
        "3.17.4",
        "MIT",
        {"dist/cdn.min.js": "alpine-csp.min.js"},
        texts={"LICENSE": MIT.format(notice="Copyright (c) Caleb Porzio and contributors")},
    ),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {"dist/echarts.min.js": "echarts.min.js", "LICENSE": "LICENSE", "NOTICE": "NOTICE"},
    ),
    Package(
        "tus-js-client",
        "4.3.1",
        "MIT",
        {"dist/tus.min.js": "tus.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "openseadragon",
        "6.1.1",
        "BSD-3-Clause",
        {"build/openseadragon/openseadragon.min.js": "openseadragon.min.js", "LICENSE.txt": "LICENSE"},
    ),
    Package(
        "hls.js",
        "1.7.4",
        "Apache-2.0",
        {"dist/hls.light.min.js": "hls.light.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE", "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt"},
        target=TESTS,
    ),
)


def without_source_map(content: bytes) -> bytes:
    """The file without the comment that points to its source map."""
    content = re.sub(rb"\n?/\*# sourceMappingURL=[^*]*\*/\s*$", b"\n", content)
    return re.sub(rb"\n?//# sourceMappingURL=\S*\s*$", b"\n", content)


def sprite(read: dict[str, bytes]) -> str:
    """One SVG with a symbol for each icon; `read` maps icon names to their SVG files."""
    symbols = []
    for name in sorted(read):
        body = read[name].decode()
        shapes = re.findall(r"<(?:path|circle|rect|line|ellipse|polyline)[^>]*/>", body)
        drawn = "".join(shape for shape in shapes if 'd="M0 0h24v24H0z"' not in shape)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    frame = (
        '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round">'
    )
    return frame + "\n" + "\n".join(symbols) + "\n</svg>\n"


def unpack(package: Package, scratch: Path) -> dict[str, bytes]:
    """Fetch a package with npm and return the files to keep."""
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{package.npm}@{package.version}"],
        cwd=scratch,
        capture_output=True,
        text=True,
        check=True,
    )
    kept: dict[str, bytes] = {name: text.encode() for name, text in package.texts.items()}
    with tarfile.open(scratch / done.stdout.strip().splitlines()[-1]) as archive:

        def read(member: str) -> bytes:
            found = archive.extractfile(f"package/{member}")
            if found is None:
                raise SystemExit(f"{package.npm} {package.version} has no file {member}")
            return found.read()

        for member, name in package.files.items():
            kept[name] = without_source_map(read(member))
        if package.npm == "@tabler/icons":
            kept["sprite.svg"] = sprite({icon: read(f"icons/outline/{icon}.svg") for icon in ICONS}).encode()
    return kept


def vendor() -> None:
    """Rewrite both vendor folders and their manifests."""
    for target in (STATIC, TESTS):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        entries = []
        for package in (p for p in PACKAGES if p.target == target):
            print(f"{package.npm} {package.version} …")
            with tempfile.TemporaryDirectory() as scratch:
                kept = unpack(package, Path(scratch))
            folder = target / package.folder
            folder.mkdir()
            for name, content in kept.items():
                (folder / name).write_bytes(content)
            entries.append(
                {
                    "name": package.npm,
                    "version": package.version,
                    "licence": package.licence,
                    "folder": package.folder,
                    "files": {name: hashlib.sha256(kept[name]).hexdigest() for name in sorted(kept)},
                }
            )
        (target / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n", "utf-8")


def differences(target: Path) -> list[str]:
    """What in a vendor folder is not as its manifest says; empty when all is well."""
    found: list[str] = []
    expected = {"manifest.json"}
    for entry in json.loads((target / "manifest.json").read_text("utf-8")):
        for name, digest in entry["files"].items():
            path = f"{entry['folder']}/{name}"
            expected.add(path)
            if not (target / path).is_file():
                found.append(f"{path}: is missing")
            elif hashlib.sha256((target / path).read_bytes()).hexdigest() != digest:
                found.append(f"{path}: differs from the manifest")
    present = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    found += [f"{path}: is not in the manifest" for path in sorted(present - expected)]
    return found


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare the files with the manifests")
    if not parser.parse_args().check:
        vendor()
    found = [
        f"{target.relative_to(ROOT)}/{line}" for target in (STATIC, TESTS) for line in differences(target)
    ]
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("Run `make vendor` to restore the vendored files.", file=sys.stderr)
        return 1
    print("vendored files agree with their manifests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
