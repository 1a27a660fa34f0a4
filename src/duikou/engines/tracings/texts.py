"""What is wrong with a file of a tracing, or remarkable about it, in both languages."""

from __future__ import annotations

from duikou.engines.text import Text

NOT_DICOM = Text(
    "不是 DICOM 文件。请从心电图机导出 12 导联 DICOM 波形文件。",
    "This is no DICOM file. Export the 12-lead waveform as DICOM from the device.",
)
DAMAGED = Text(
    "文件不完整或已损坏，无法读取波形。请重新导出并上传。",
    "The file is incomplete or damaged; its waveform cannot be read. Export and upload it again.",
)
NO_WAVEFORM = Text(
    "文件是 DICOM，但不含波形（可能是图像或报告）。请上传 12 导联心电波形。",
    "The file is DICOM but holds no waveform (perhaps a picture or a report). Upload a 12-lead tracing.",
)
UNNAMED = Text("有通道没有导联名称，无法辨认。", "A channel has no lead name and cannot be told.")


def too_many(channels: int, most: int) -> Text:
    """Far more channels than any electrocardiogram has."""
    return Text(
        f"波形有 {channels} 个通道，最多支持 {most} 个。请上传 12 导联心电图。",
        f"The waveform has {channels} channels; at most {most} are read. Upload a 12-lead tracing.",
    )


def too_long(seconds: float, most: int) -> Text:
    """Longer than a resting tracing."""
    return Text(
        f"记录长 {seconds:.0f} 秒，最长支持 {most} 秒（静息心电图一般为 10 秒）。动态心电图请以报告上传。",
        f"The record lasts {seconds:.0f} seconds; at most {most} are shown (a resting tracing has 10). "
        f"Upload a long-term record as a report.",
    )


def too_short(seconds: float) -> Text:
    """Too short to read anything from."""
    return Text(
        f"记录只有 {seconds:.2f} 秒，至少需要 1 秒。",
        f"The record lasts {seconds:.2f} seconds; at least 1 is needed.",
    )


def rate(found: float, least: int, most: int) -> Text:
    """A sampling rate that no device uses."""
    return Text(
        f"采样率为 {found:g} Hz，应在 {least} 至 {most} Hz 之间；时间轴不可信，不予显示。",
        f"The sampling rate is {found:g} Hz; {least} to {most} Hz is expected. Times could not be trusted, "
        f"so it is not shown.",
    )


def size(found: int, expected: int) -> Text:
    """The data do not have the length that the header promises."""
    return Text(
        f"波形数据为 {found} 字节，按通道数和采样数应为 {expected} 字节：文件不完整或已损坏。",
        f"The waveform has {found} bytes; {expected} are expected by its channels and samples: the file is "
        f"incomplete or damaged.",
    )


def encoding(bits: object, kind: object) -> Text:
    """Samples in a form that is not read."""
    return Text(
        f"采样格式“{bits} 位 {kind}”不支持，应为 8、16 或 32 位整数。",
        f"Samples of “{bits} bits {kind}” are not read; whole numbers of 8, 16 or 32 bits are expected.",
    )


def no_sensitivity(lead: str) -> Text:
    """How many microvolts a step is, is not said."""
    return Text(
        f"导联 {lead} 没有灵敏度，无法换算为毫伏，不予显示。",
        f"Lead {lead} has no sensitivity, so millivolts cannot be told; it is not shown.",
    )


def unit(lead: str, found: str) -> Text:
    """A unit that is none of voltage."""
    return Text(
        f"导联 {lead} 的单位是“{found}”，应为 uV、mV、V。",
        f"Lead {lead} has the unit “{found}”; uV, mV or V is expected.",
    )


def sensitivity(lead: str, found: float) -> Text:
    """Microvolts a step that cannot be."""
    return Text(
        f"导联 {lead} 的灵敏度为每级 {found:g} µV，应在 0.01 至 100 µV 之间；电压不可信，不予显示。",
        f"Lead {lead} has a sensitivity of {found:g} µV a step; 0.01 to 100 µV is expected. Voltages could "
        f"not be trusted, so it is not shown.",
    )


def beyond(lead: str, millivolts: float) -> Text:
    """Voltages that no heart has."""
    return Text(
        f"导联 {lead} 的幅度达 {millivolts:.0f} mV，人体心电不可能这样大：灵敏度或单位有误，不予显示。",
        f"Lead {lead} spans {millivolts:.0f} mV, which no heart has: sensitivity or unit is wrong, so it is "
        f"not shown.",
    )


def missing(leads: list[str]) -> Text:
    """Leads that are not there."""
    return Text(
        f"缺少导联：{'、'.join(leads)}。需要 12 导联（或 I、II 与 V1–V6）。",
        f"Missing leads: {', '.join(leads)}. Twelve leads are needed (or I, II and V1 to V6).",
    )


def twice(lead: str) -> Text:
    """One lead in two channels."""
    return Text(f"导联 {lead} 出现两次。", f"Lead {lead} occurs twice.")


def derived(leads: list[str]) -> Text:
    """Leads that were worked out from I and II."""
    return Text(
        f"导联 {'、'.join(leads)} 由 I、II 导联计算得出。",
        f"Leads worked out from I and II: {', '.join(leads)}.",
    )


def flat(leads: list[str]) -> Text:
    """Leads without any signal."""
    return Text(
        f"导联 {'、'.join(leads)} 没有信号（电极可能脱落）。",
        f"Without any signal (an electrode may be off): {', '.join(leads)}.",
    )


def disagree(microvolts: float) -> Text:
    """Limb leads that do not fit together."""
    return Text(
        f"肢体导联互不相符（II ≠ I + III，相差 {microvolts:.0f} µV）：导联可能接错或标错。",
        f"The limb leads do not agree (II ≠ I + III by {microvolts:.0f} µV): electrodes or labels may be "
        f"swapped.",
    )
