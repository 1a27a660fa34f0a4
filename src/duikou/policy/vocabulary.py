"""Closed lists of words that a pack may use, with their names in both languages."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from duikou.engines.text import Text


class Mark(StrEnum):
    """How well a statement is founded (依据等级)."""

    SEED = "seed"  # read in one of the two governing documents
    FOUND = "found"  # seen on a public page
    RECALLED = "recalled"  # general knowledge, no text at hand
    INFERRED = "inferred"  # our own reading; no source says it

    @property
    def to_confirm(self) -> bool:
        """Whether users must see "待核实 / to be confirmed"."""
        return self in (Mark.RECALLED, Mark.INFERRED)

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _MARK_LABELS[self]


_MARK_LABELS = {
    Mark.SEED: Text("文件原文", "governing document"),
    Mark.FOUND: Text("公开网页", "public page"),
    Mark.RECALLED: Text("凭记忆，待核实", "recalled, to be confirmed"),
    Mark.INFERRED: Text("推断，待核实", "inferred, to be confirmed"),
}


class Force(StrEnum):
    """What a rule asks of the hospitals of the pack (效力)."""

    BINDING = "binding"  # must be done
    OPTIONAL = "optional"  # allowed or encouraged
    CHECK = "check"  # no demand of the documents: our own test of data or plausibility
    REFERENCE = "reference"  # another place or time; for comparison only

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _FORCE_LABELS[self]


_FORCE_LABELS = {
    Force.BINDING: Text("应当执行", "binding"),
    Force.OPTIONAL: Text("允许或鼓励", "allowed or encouraged"),
    Force.CHECK: Text("系统核对项，非文件要求", "check of the system, not demanded"),
    Force.REFERENCE: Text("仅供参照", "for reference"),
}


class Series(StrEnum):
    """The family of professions that a title belongs to (职称系列)."""

    PHYSICIAN = "physician"
    NURSING = "nursing"
    PHARMACY = "pharmacy"
    TECHNOLOGY = "technology"

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _SERIES_LABELS[self]


_SERIES_LABELS = {
    Series.PHYSICIAN: Text("医师", "physicians"),
    Series.NURSING: Text("护理", "nurses"),
    Series.PHARMACY: Text("药学", "pharmacists"),
    Series.TECHNOLOGY: Text("医技", "technicians"),
}


class DocumentKind(StrEnum):
    """How we know a document."""

    GOVERNING = "governing"  # its full text is the base of a pack
    NAMED = "named"  # named elsewhere; its text was not at hand
    PAGE = "page"  # a public web page, often a copy or a report

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _DOCUMENT_LABELS[self]


_DOCUMENT_LABELS = {
    DocumentKind.GOVERNING: Text("依据文件", "governing document"),
    DocumentKind.NAMED: Text("仅知其名，未见全文", "known by name only"),
    DocumentKind.PAGE: Text("公开网页（多为转载）", "public page, often a copy"),
}


class Precision(StrEnum):
    """How exactly a validity date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class TechniqueKind(StrEnum):
    """What a technique milestone asks for."""

    DEPARTMENT = "department"
    ENDOSCOPY = "endoscopy"
    TECHNIQUE = "technique"
    DISEASES = "diseases"

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _TECHNIQUE_LABELS[self]


_TECHNIQUE_LABELS = {
    TechniqueKind.DEPARTMENT: Text("科室建设", "department building"),
    TechniqueKind.ENDOSCOPY: Text("内镜诊疗", "endoscopy"),
    TechniqueKind.TECHNIQUE: Text("诊疗技术", "technique"),
    TechniqueKind.DISEASES: Text("病种能力", "disease capability"),
}


class CodeUse(StrEnum):
    """Role of an ICD code in the definition of a major disease."""

    CORE = "core"
    WIDE = "wide"
    OPTIONAL = "optional"

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _CODE_LABELS[self]


_CODE_LABELS = {
    CodeUse.CORE: Text("核心", "core"),
    CodeUse.WIDE: Text("宽口径", "wide"),
    CodeUse.OPTIONAL: Text("可选", "optional"),
}


class Phase(StrEnum):
    """Roll-out state of a major disease in 2012 and 2013."""

    FULL = "full"
    PILOT = "pilot"

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _PHASE_LABELS[self]


_PHASE_LABELS = {
    Phase.FULL: Text("全面推开", "full roll-out"),
    Phase.PILOT: Text("试点", "pilot"),
}


class Every(StrEnum):
    """Rhythm of a recurring calendar entry."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def label(self) -> Text:
        """Name shown to users."""
        return _EVERY_LABELS[self]


_EVERY_LABELS = {
    Every.MONTH: Text("每月", "every month"),
    Every.QUARTER: Text("每季度", "every quarter"),
    Every.YEAR: Text("每年", "every year"),
}


class Unit(StrEnum):
    """Unit of a parameter; it also fixes the type of the value (see `accepts`)."""

    HOSPITAL = "hospital"
    PERSON = "person"
    PERSON_MONTH = "person_month"
    DEPARTMENT = "department"
    COUNTY = "county"
    ITEM = "item"
    COPY = "copy"
    CASE = "case"
    TRAINING = "training"
    RANK = "rank"
    POINT = "point"
    CREDIT = "credit"
    PERCENT = "percent"
    YUAN = "yuan"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    WORKING_DAY = "working_day"
    HOUR = "hour"
    MINUTE = "minute"
    DDD = "ddd_per_100_bed_days"
    LEVEL = "level"
    INHABITANT = "inhabitant"
    METRE = "metre"
    DATE = "date"
    FLAG = "flag"
    TEXT = "text"
    KIND = "kind"

    @property
    def accepts(self) -> tuple[type, ...]:
        """Types of a single value in this unit (a list holds such values)."""
        return _UNIT_TYPES.get(self, (int, float))

    @property
    def label(self) -> Text:
        """Name shown to users; empty where the value speaks for itself."""
        return _UNIT_LABELS[self]


_UNIT_TYPES: dict[Unit, tuple[type, ...]] = {
    Unit.DATE: (date,),
    Unit.FLAG: (bool,),
    Unit.TEXT: (str,),
    Unit.KIND: (str,),
}

_UNIT_LABELS = {
    Unit.HOSPITAL: Text("所医院", "hospital(s)"),
    Unit.PERSON: Text("人", "person(s)"),
    Unit.PERSON_MONTH: Text("人月", "person-month(s)"),
    Unit.DEPARTMENT: Text("个科室", "department(s)"),
    Unit.COUNTY: Text("个县", "county(ies)"),
    Unit.ITEM: Text("项", "item(s)"),
    Unit.COPY: Text("份", "copy(ies)"),
    Unit.CASE: Text("例", "case(s)"),
    Unit.TRAINING: Text("次培训", "training session(s)"),
    Unit.RANK: Text("位", "top rank(s)"),
    Unit.POINT: Text("分", "point(s)"),
    Unit.CREDIT: Text("学分", "credit(s)"),
    Unit.PERCENT: Text("%", "%"),
    Unit.YUAN: Text("元", "CNY"),
    Unit.YEAR: Text("年", "year(s)"),
    Unit.MONTH: Text("个月", "month(s)"),
    Unit.DAY: Text("天", "day(s)"),
    Unit.WORKING_DAY: Text("个工作日", "working day(s)"),
    Unit.HOUR: Text("小时", "hour(s)"),
    Unit.MINUTE: Text("分钟", "minute(s)"),
    Unit.DDD: Text("DDD／百人天", "DDD per 100 bed-days"),
    Unit.LEVEL: Text("级", "level"),
    Unit.INHABITANT: Text("人口", "inhabitants"),
    Unit.METRE: Text("米", "metre(s)"),
    Unit.DATE: Text("", ""),
    Unit.FLAG: Text("", ""),
    Unit.TEXT: Text("", ""),
    Unit.KIND: Text("", ""),
}
