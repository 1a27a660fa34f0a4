"""DICOM waveforms: read, calibrated, and refused in words where they cannot be trusted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileDataset

from duikou.engines.tracings import LEADS, BadTracing, read
from duikou.engines.tracings.invented import STEP, dataset, tracing_file, waves, written
from tests.examples import examples


def channels(file: FileDataset) -> list[Dataset]:
    return list(file.WaveformSequence[0].ChannelDefinitionSequence)


def test_what_was_written_is_read_in_microvolts() -> None:
    leads = waves(1)
    tracing = read(tracing_file(1))
    assert tuple(tracing.leads) == LEADS
    assert tracing.seconds == 10
    for lead in LEADS:
        assert np.abs(tracing.leads[lead] - leads[lead]).max() <= STEP / 2
    assert tracing.notes == ()
    assert [(one.text.zh, one.value, one.unit) for one in tracing.measures] == [
        ("RR 间期", 857, "ms"),
        ("PR 间期", 160, "ms"),
        ("QRS 时限", 92, "ms"),
        ("QT 间期", 380, "ms"),
        ("QRS 电轴", 56, "°"),
    ]


def test_a_file_of_a_device_is_read() -> None:
    """The tracing that comes with the DICOM library: 1,000 Hz, a median beat beside the record."""
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    if path is None:
        pytest.skip("this build of the DICOM library comes without its example tracing")
    tracing = read(Path(str(path)).read_bytes())
    assert (tracing.rate, tracing.seconds, tracing.notes) == (1000, 10, ())
    assert {one.text.en: one.value for one in tracing.measures}["QT interval"] == 368
    assert tracing.statements == ("RITMO SINUSALE", "ECG NORMALE")


@pytest.mark.parametrize(("unit", "factor"), [("uV", 1.0), ("mV", 1e-3), ("V", 1e-6)])
def test_units_corrections_and_baselines_count(unit: str, factor: float) -> None:
    file = dataset(waves(2))
    for channel in channels(file):
        channel.ChannelSensitivity = f"{STEP * factor / 2:.10f}"
        channel.ChannelSensitivityCorrectionFactor = 2
        channel.ChannelBaseline = f"{100 * factor:.10f}"
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = unit
    tracing = read(written(file))
    assert np.abs(tracing.leads["V2"] - waves(2)["V2"] - 100).max() <= STEP / 2 + 1e-6


def test_eight_leads_are_enough_and_say_so() -> None:
    leads = waves(3)
    tracing = read(written(dataset({name: leads[name] for name in ("I", "II", *LEADS[6:])})))
    assert "III、aVR、aVL、aVF" in tracing.notes[0].zh
    assert np.abs(tracing.leads["aVF"] - leads["aVF"]).max() < 2 * STEP


def test_leads_are_known_by_number_where_their_name_is_not() -> None:
    file = dataset(waves(4))
    for channel in channels(file):
        channel.ChannelSourceSequence[0].CodeMeaning = "Ableitung"
    assert tuple(read(written(file)).leads) == LEADS


def test_gaps_flat_leads_and_swapped_electrodes_are_noted() -> None:
    leads = waves(5)
    leads["V3"] = np.zeros_like(leads["V3"])
    leads["I"] = -leads["I"]
    file = dataset(leads)
    group = file.WaveformSequence[0]
    table = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12).copy()
    table[100:200, 7] = -32768
    group.WaveformData = table.tobytes()
    group.WaveformPaddingValue = np.int16(-32768).tobytes()
    tracing = read(written(file))
    assert np.isnan(tracing.leads["V2"][100:200]).all()
    assert not np.isnan(tracing.leads["V2"][200:]).any()
    told = "".join(note.zh for note in tracing.notes)
    assert "V3 没有信号" in told
    assert "接错" in told


def without(name: str) -> Callable[[FileDataset], object]:
    return lambda file: delattr(file.WaveformSequence[0], name)


def first(name: str, value: object) -> Callable[[FileDataset], object]:
    return lambda file: setattr(channels(file)[0], name, value)


def group(name: str, value: object) -> Callable[[FileDataset], object]:
    return lambda file: setattr(file.WaveformSequence[0], name, value)


def renamed(name: str, number: str = "2:99") -> Callable[[FileDataset], object]:
    def spoil(file: FileDataset) -> None:
        source = channels(file)[6].ChannelSourceSequence[0]
        source.CodeMeaning, source.CodeValue = name, number

    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda file: delattr(file, "WaveformSequence"), "不含波形"),
        (renamed("Lead X"), "缺少导联：V1"),
        (renamed("Lead V2"), "V2 出现两次"),
        (renamed("", ""), "没有导联名称"),
        (without("WaveformData"), "0 字节"),
        (without("ChannelDefinitionSequence"), "损坏"),
        (lambda file: channels(file)[0].__delattr__("ChannelSensitivity"), "没有灵敏度"),
        (lambda file: channels(file)[0].__delattr__("ChannelSensitivityUnitsSequence"), "没有灵敏度"),
        (first("ChannelSensitivity", 0), "灵敏度为每级 0"),
        (first("ChannelSensitivity", -2.5), "灵敏度为每级 -2.5"),
        (first("ChannelSensitivity", 90), "灵敏度或单位有误"),
        (
            lambda file: setattr(channels(file)[0].ChannelSensitivityUnitsSequence[0], "CodeValue", "mm"),
            "单位",
        ),
        (group("SamplingFrequency", 0), "采样率为 0 Hz"),
        (group("SamplingFrequency", 50), "采样率为 50 Hz"),
        (group("SamplingFrequency", 90000), "采样率为 90000 Hz"),
        (group("NumberOfWaveformChannels", 400), "400 个通道"),
        (group("NumberOfWaveformChannels", 11), "损坏"),
        (group("NumberOfWaveformSamples", 100), "0.20 秒"),
        (group("NumberOfWaveformSamples", 10**8), "最长支持 120 秒"),
        (group("NumberOfWaveformSamples", 5001), "不完整"),
        (group("WaveformSampleInterpretation", "MB"), "不支持"),
        (group("WaveformBitsAllocated", 64), "不支持"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_words(
    spoil: Callable[[FileDataset], object], words: str
) -> None:
    file = dataset(waves(6))
    spoil(file)
    with pytest.raises(BadTracing) as refused:
        read(written(file))
    assert words in refused.value.text.zh
    assert refused.value.text.en


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.7" * 100, b"\0" * 128 + b"DICM"])
def test_what_is_no_dicom_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadTracing):
        read(data)


@pytest.mark.filterwarnings("ignore::UserWarning")  # the library's own remarks on damage
@settings(max_examples=examples(120), deadline=None)
@given(at=st.integers(0, 5000), byte=st.integers(0, 255), end=st.integers(0, 125_000))
def test_a_damaged_file_never_breaks_anything(at: int, byte: int, end: int) -> None:
    data = bytearray(_FILE)
    data[at] = byte
    for spoiled in (bytes(data), _FILE[:end], bytes(data[:end])):
        with contextlib.suppress(BadTracing):
            assert tuple(read(spoiled).leads) == LEADS


_FILE = tracing_file(7)
