"""A DICOM waveform as a tracing: found, checked, calibrated."""

from __future__ import annotations

import re
import struct
from io import BytesIO
from typing import Any

import numpy as np
import pydicom
from pydicom.errors import InvalidDicomError

from duikou.engines.tracings import texts
from duikou.engines.tracings.measures import measures_of, statements_of
from duikou.engines.tracings.model import LEADS, BadTracing, Floats, Tracing

MOST_CHANNELS = 32
MOST_SECONDS = 120
RATES = (100, 4000)

_TYPES = {
    (8, "SB"): "i1",
    (8, "UB"): "u1",
    (16, "SS"): "i2",
    (16, "US"): "u2",
    (32, "SL"): "i4",
    (32, "UL"): "u4",
}
_UNITS = {"uV": 1.0, "µV": 1.0, "mV": 1e3, "V": 1e6}
_NAMES = {name.upper(): name for name in LEADS}
# The numbers of leads in SCP-ECG (5.6.3-9-n) and in IEEE 11073 (2:n) are the same.
_NUMBERS = dict(zip((1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8), LEADS, strict=True))
_LEAST_SENSITIVITY, _MOST_SENSITIVITY = 0.01, 100.0  # microvolts a step
_MOST_MILLIVOLTS = 20.0
_FLAT = 5.0  # microvolts from top to bottom
_AGREE = 150.0  # microvolts by which II may differ from I + III, but for one sample in fifty
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    struct.error,
)


def read(data: bytes) -> Tracing:
    """The tracing in a file. Raises BadTracing."""
    try:
        return _tracing(pydicom.dcmread(BytesIO(data)))
    except InvalidDicomError:
        raise BadTracing(texts.NOT_DICOM) from None
    except BadTracing:
        raise
    except _BROKEN:  # an element is read when it is asked for: damage may show anywhere
        raise BadTracing(texts.DAMAGED) from None


def _tracing(file: Any) -> Tracing:
    if not file.get("WaveformSequence"):
        raise BadTracing(texts.NO_WAVEFORM)
    group = _group(file)
    channels, samples, rate = _shape(group)
    raw = _raw(group, channels, samples)
    found: dict[str, Floats] = {}
    for at, channel in enumerate(group.ChannelDefinitionSequence):
        lead = _lead(channel)
        if lead in found:
            raise BadTracing(texts.twice(lead))
        if lead in LEADS:
            found[lead] = _calibrated(group, channel, lead, raw[:, at])
    leads, derived = _twelve(found)
    notes = [texts.derived(derived)] if derived else []
    still = [lead for lead, values in leads.items() if _span(values) < _FLAT]
    if still:
        notes.append(texts.flat(still))
    apart = _apart(leads["II"] - leads["I"] - leads["III"])
    if apart > _AGREE:
        notes.append(texts.disagree(apart))
    return Tracing(rate, leads, measures_of(file), statements_of(file), tuple(notes))


def _group(file: Any) -> Any:
    """The whole record: the longest of those with most leads. A median beat is shorter."""

    def worth(group: Any) -> tuple[int, int]:
        return (
            min(int(group.get("NumberOfWaveformChannels") or 0), len(LEADS)),
            int(group.get("NumberOfWaveformSamples") or 0),
        )

    return max(file.WaveformSequence, key=worth)


def _shape(group: Any) -> tuple[int, int, float]:
    channels = int(group.get("NumberOfWaveformChannels") or 0)
    samples = int(group.get("NumberOfWaveformSamples") or 0)
    rate = float(group.get("SamplingFrequency") or 0)
    if channels > MOST_CHANNELS:
        raise BadTracing(texts.too_many(channels, MOST_CHANNELS))
    if not RATES[0] <= rate <= RATES[1]:
        raise BadTracing(texts.rate(rate, *RATES))
    if samples / rate > MOST_SECONDS:
        raise BadTracing(texts.too_long(samples / rate, MOST_SECONDS))
    if samples < rate:
        raise BadTracing(texts.too_short(samples / rate))
    if len(group.ChannelDefinitionSequence) != channels:
        raise BadTracing(texts.DAMAGED)
    return channels, samples, rate


def _raw(group: Any, channels: int, samples: int) -> Any:
    kind = group.get("WaveformBitsAllocated"), group.get("WaveformSampleInterpretation")
    if kind not in _TYPES:
        raise BadTracing(texts.encoding(*kind))
    data = group.get("WaveformData") or b""
    kept = np.dtype(("<" if group.is_little_endian is not False else ">") + _TYPES[kind])
    expected = channels * samples * kept.itemsize
    if not expected <= len(data) <= expected + 1:  # a byte of padding makes the length even
        raise BadTracing(texts.size(len(data), expected))
    return np.frombuffer(data, kept, channels * samples).reshape(samples, channels)


def _lead(channel: Any) -> str:
    """The name of a channel's lead, by what it is called or by its number; other channels as they are."""
    source = (channel.get("ChannelSourceSequence") or [pydicom.Dataset()])[0]
    for said in (source.get("CodeMeaning"), channel.get("ChannelLabel")):
        match = re.fullmatch(
            r"(?:Lead\s+)?(I{1,3}|aV[RLF]|V[1-6])(?:\s*\(.*\))?", str(said or "").strip(), re.I
        )
        if match:
            return _NAMES[match[1].upper()]
    number = re.fullmatch(r"(?:5\.6\.3-9-|2:)(\d+)", str(source.get("CodeValue") or "").strip())
    if number and int(number[1]) in _NUMBERS:
        return _NUMBERS[int(number[1])]
    name = str(source.get("CodeMeaning") or channel.get("ChannelLabel") or "").strip()
    if not name:
        raise BadTracing(texts.UNNAMED)
    return name


def _calibrated(group: Any, channel: Any, lead: str, raw: Any) -> Floats:
    """Samples in microvolts; padding is no signal."""
    given = channel.get("ChannelSensitivity")
    if given is None or not channel.get("ChannelSensitivityUnitsSequence"):
        raise BadTracing(texts.no_sensitivity(lead))
    unit = str(channel.ChannelSensitivityUnitsSequence[0].get("CodeValue") or "")
    if unit not in _UNITS:
        raise BadTracing(texts.unit(lead, unit))
    correction = channel.get("ChannelSensitivityCorrectionFactor")
    step = float(given) * (1.0 if correction is None else float(correction)) * _UNITS[unit]
    if not _LEAST_SENSITIVITY <= step <= _MOST_SENSITIVITY:
        raise BadTracing(texts.sensitivity(lead, step))
    values = raw * step + float(channel.get("ChannelBaseline") or 0) * _UNITS[unit]
    padding = group.get("WaveformPaddingValue")
    if isinstance(padding, bytes):
        padding = int(np.frombuffer(padding, raw.dtype, 1)[0]) if len(padding) >= raw.dtype.itemsize else None
    if padding is not None:
        values = np.where(raw == padding, np.nan, values)
    if _span(values) > _MOST_MILLIVOLTS * 1000:
        raise BadTracing(texts.beyond(lead, _span(values) / 1000))
    return np.asarray(values, np.float64)


def _span(values: Floats) -> float:
    there = values[~np.isnan(values)]
    return float(np.ptp(there)) if len(there) else 0.0


def _apart(values: Floats) -> float:
    there = np.abs(values[~np.isnan(values)])
    return float(np.percentile(there, 98)) if len(there) else 0.0


def _twelve(found: dict[str, Floats]) -> tuple[dict[str, Floats], list[str]]:
    """All leads in order. Limb leads follow from I and II: some devices keep only those."""
    derived: list[str] = []
    if "I" in found and "II" in found:
        one, two = found["I"], found["II"]
        for lead, values in (
            ("III", two - one),
            ("aVR", -(one + two) / 2),
            ("aVL", one - two / 2),
            ("aVF", two - one / 2),
        ):
            if lead not in found:
                found[lead] = values
                derived.append(lead)
    missing = [lead for lead in LEADS if lead not in found]
    if missing:
        raise BadTracing(texts.missing(missing))
    return {lead: found[lead] for lead in LEADS}, derived
