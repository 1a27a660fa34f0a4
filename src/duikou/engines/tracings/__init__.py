"""Tracings of the heart (心电图): a 12-lead DICOM waveform as clean arrays, and as a picture like paper.

`reading.read(bytes)` gives a `Tracing` in microvolts with the device's measurements, or raises BadTracing
with words; `drawing.draw(tracing, Paper(…))` gives an SVG of real size, thinned by `thinning` so that it
stays small and loses no peak; `invented.tracing_file(seed)` makes a file for demonstrations and tests.
"""

from duikou.engines.tracings.drawing import Drawn, Paper, draw
from duikou.engines.tracings.model import LEADS, BadTracing, Measure, Tracing
from duikou.engines.tracings.reading import read

__all__ = ["LEADS", "BadTracing", "Drawn", "Measure", "Paper", "Tracing", "draw", "read"]
