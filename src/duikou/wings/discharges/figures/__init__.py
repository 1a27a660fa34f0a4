"""Figures of discharges: an indicator's rows with all that says how they came about.

A figure is computed from the store's sums for one version of the store and one reporting
month, and kept in a small file: a page over ten million stays reads the same few lines as
one over a thousand. The next commit makes a new version, and so new files.

Rooms: `basis` (which version, which divisions), `sums` (the store's sums of that version),
`results` (figures, computed or read back).
"""

from duikou.wings.discharges.figures.basis import Basis, current
from duikou.wings.discharges.figures.results import Figure, Reader, refresh

__all__ = ["Basis", "Figure", "Reader", "current", "refresh"]
