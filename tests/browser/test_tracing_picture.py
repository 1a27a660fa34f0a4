"""The picture of a tracing as a browser shows it: each peak as ink; and the calipers on it. Needs no site."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from duikou.engines.tracings import Drawn, Paper, draw, read
from duikou.engines.tracings.invented import tracing_file
from tests.browser.tools import ROOT

STATIC = ROOT / "src/duikou/wings/imaging/static/imaging"
TEMPLATE = ROOT / "src/duikou/wings/imaging/templates/imaging/tracing.html"
INK = """
(picture) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.clientWidth, picture.clientHeight];
  const brush = canvas.getContext("2d");
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
  const found = [];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] < 120) found.push([(at / 4) % canvas.width, Math.floor(at / 4 / canvas.width)]);
  }
  return { ink: found, width: canvas.width, height: canvas.height };
}
"""


def page_of(drawn: Drawn) -> str:
    """The hooks that the script asks for, as the page has them, around a picture."""
    source = base64.b64encode(drawn.svg.encode()).decode()
    script, style = (Path(STATIC / name).read_text("utf-8") for name in ("calipers.js", "tracing.css"))
    return f"""<!doctype html><title>x</title><style>{style}</style>
<div class="dk-calipers" data-calipers data-millimetres="{drawn.width:g}" data-speed="25" data-gain="10"
 data-reads="{{ms}} ms, {{bpm}} a minute, {{mv}} mV" data-help="drag">
<div hidden data-tools><button type="button" aria-pressed="false" data-toggle>Calipers</button>
<output data-answer></output></div>
<div class="dk-tracing" tabindex="0" data-paper><img alt="" src="data:image/svg+xml;base64,{source}"></div>
</div><script type="module">{script}</script>"""


def peaks(svg: str) -> list[tuple[str, float, float]]:
    """Each lead with its highest point, in shares of the picture."""
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert box is not None
    found = []
    for lead, line in re.findall(r'<path data-lead="(\w+)" d="([^"]+)"', svg):
        numbers = [int(one) for one in re.findall(r"-?\d+", line)]
        points = [(numbers[0], numbers[1])]
        for at in range(2, len(numbers), 2):
            points.append((points[-1][0] + numbers[at], points[-1][1] + numbers[at + 1]))
        x, y = min(points, key=lambda point: point[1])
        found.append((lead, x / int(box[1]), y / int(box[2])))
    return found


@pytest.mark.parametrize("layout", ["3x4", "6x2", "12x1"])
def test_every_peak_is_ink_where_the_numbers_say(browser: Browser, layout: str) -> None:
    drawn = draw(read(tracing_file(1)), Paper(layout=layout))
    page = browser.new_page()
    page.set_content(page_of(drawn))
    picture = page.locator("img")
    picture.evaluate("(one) => one.decode()")
    seen = picture.evaluate(INK)
    ink = {(x, y) for x, y in seen["ink"]}
    for lead, x, y in peaks(drawn.svg):
        at = round(x * seen["width"]), round(y * seen["height"])
        near = {(at[0] + right, at[1] + down) for right in (-2, -1, 0, 1, 2) for down in (-1, 0, 1, 2)}
        assert ink & near, f"no ink at the peak of {lead}"
    assert 0.005 < len(ink) / (seen["width"] * seen["height"]) < 0.1
    page.close()


def test_the_calipers_measure_time_and_voltage(browser: Browser) -> None:
    """25 mm to the right and 10 mm upwards are a second and a millivolt."""
    drawn = draw(read(tracing_file(2)))
    page = browser.new_page()
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.set_content(page_of(drawn))
    page.locator("img").evaluate("(one) => one.decode()")
    page.get_by_role("button", name="Calipers").click()
    box = page.locator("img").bounding_box()
    assert box is not None
    scale = box["width"] / drawn.width
    left, top = box["x"] + 20 * scale, box["y"] + 30 * scale
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 25 * scale, top - 10 * scale, steps=4)
    page.mouse.up()
    answer = page.locator("[data-answer]")
    expect(answer).to_have_text(re.compile(r"(99\d|100\d) ms, 60 a minute, (0\.9[5-9]|1\.0[0-5]) mV"))
    page.keyboard.press("ArrowRight")
    expect(answer).to_have_text(re.compile(r"(101\d|102\d) ms"))
    page.get_by_role("button", name="Calipers").click()
    expect(answer).to_have_text("")
    assert not errors
    page.close()


def test_the_page_has_what_the_script_asks_for() -> None:
    script, template = (STATIC / "calipers.js").read_text("utf-8"), TEMPLATE.read_text("utf-8")
    for hook in set(re.findall(r"\[(data-[a-z]+)\]", script)):
        assert re.search(rf"\s{hook}[\s>=]", template), hook
    for name in ("speed", "gain", "millimetres", "reads", "help"):
        assert f"data-{name}=" in template
