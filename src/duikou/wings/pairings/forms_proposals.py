"""Forms of the what-if desk. They check shape only; rules are the actions' business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duikou.wings.pairings.forms import TABLES, Day
from duikou.wings.pairings.settings import (
    DEFAULT_LEVELS,
    MOST_CHANGES,
    MOST_KM,
    MOST_WEIGHT,
    Settings,
)

MODES = (("levels", _("逐级优先（前一级不让步）")), ("weights", _("按权重合计（可以互相折抵）")))
RULES = ("PAIR-01", "PAIR-02", "PAIR-03", "PAIR-04", "PAIR-05", "PAIR-05/gap")
EVERY_LEVEL = (*DEFAULT_LEVELS, "evenness")


class ProposalForm(forms.Form):
    """A new proposal, or the name and note of one."""

    name = forms.CharField(label=_("名称"), max_length=120)
    note = forms.CharField(label=_("说明"), max_length=500, required=False)


class SettingsForm(forms.Form):
    """What is wanted and what is not allowed; the order of levels travels as one field, best first."""

    mode = forms.ChoiceField(label=_("比较方式"), choices=MODES, widget=forms.RadioSelect)
    levels = forms.CharField(widget=forms.HiddenInput)
    max_changes = forms.IntegerField(
        label=_("最多变动"),
        required=False,
        min_value=0,
        max_value=MOST_CHANGES,
        help_text=_("相对现有结对，新增与取消的对数之和；空：不限。"),
    )
    max_km = forms.IntegerField(
        label=_("最远路程（公里）"),
        required=False,
        min_value=1,
        max_value=MOST_KM,
        help_text=_("已有的结对不受此限；空：不限。"),
    )
    ceiling = forms.IntegerField(
        label=_("每家支援医院至多支援"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("任何情况下都不超过的家数；空：不设。"),
    )
    use_months = forms.BooleanField(label=_("按填报的人月限制支援能力"), required=False)
    rules_off = forms.MultipleChoiceField(
        label=_("不考虑的规则"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        rules: list[tuple[str, str]],
        titles: dict[str, str],
        units: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rules_off"].choices = rules  # type: ignore[attr-defined]
        self.titles = titles
        for name in EVERY_LEVEL:
            self.fields[f"weight_{name}"] = forms.IntegerField(
                label=titles[name],
                required=False,
                min_value=0,
                max_value=MOST_WEIGHT,
                help_text=_("每%(unit)s的分数") % {"unit": units[name]},
                widget=forms.NumberInput({"data-weight": MOST_WEIGHT}),
            )

    def order(self) -> list[str]:
        """The levels that count, most important first; names that do not exist are left out."""
        wanted = self["levels"].value() or ""
        return [name for name in str(wanted).split() if name in self.titles]

    def weights(self) -> dict[str, int]:
        """The weights as they are entered, whether they are saved or not; what is no number is left out."""
        typed = {name: str(self[f"weight_{name}"].value() or "") for name in EVERY_LEVEL}
        return {
            name: min(int(text), MOST_WEIGHT)
            for name, text in typed.items()
            if text.isascii() and text.isdigit() and len(text) < 10
        }

    def values(self) -> dict[str, Any]:
        """The settings as the action takes them; hospitals are settled elsewhere."""
        data = self.cleaned_data
        return {
            "mode": data["mode"],
            "levels": self.order(),
            "weights": {
                name: data[f"weight_{name}"] for name in EVERY_LEVEL if data[f"weight_{name}"] is not None
            },
            "rules_off": data["rules_off"],
            **{name: data[name] for name in ("max_changes", "max_km", "ceiling", "use_months")},
        }

    @staticmethod
    def initial_of(settings: Settings) -> dict[str, Any]:
        """What the form shows of settings."""
        names = ("mode", "max_changes", "max_km", "ceiling", "use_months")
        return {
            **{name: getattr(settings, name) for name in names},
            "levels": " ".join(settings.levels),
            "rules_off": list(settings.rules_off),
            **{f"weight_{name}": weight for name, weight in settings.weights.items()},
        }


class CloseForm(forms.Form):
    """A hospital that is to be thought away."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    hospital = forms.ChoiceField(label=_("医院"))
    reason = forms.CharField(label=_("理由"), max_length=500)

    def __init__(self, *args: Any, hospitals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].choices = hospitals  # type: ignore[attr-defined]


class NewcomerForm(forms.Form):
    """A registered hospital that is to take part."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    hospital = forms.CharField(label=_("医院"), max_length=120, help_text=_("登记中的名称或别名。"))
    side = forms.ChoiceField(
        label=_("作为"), choices=(("recipient", _("受援医院")), ("supporter", _("支援医院")))
    )
    table = forms.ChoiceField(label=_("表"), choices=TABLES, help_text=_("只用于支援医院。"))
    reason = forms.CharField(label=_("理由"), max_length=500)


class NamedForm(forms.Form):
    """A recipient that is still to be registered."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    county_code = forms.ChoiceField(label=_("县（市、区）"))
    name = forms.CharField(label=_("暂定名称"), max_length=120)
    reason = forms.CharField(label=_("理由"), max_length=500)

    def __init__(self, *args: Any, counties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county_code"].choices = counties  # type: ignore[attr-defined]


class OpenForm(forms.Form):
    """The next round, out of an approved proposal; recipients still to be named are asked for one by one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.SlugField(
        label=_("新一轮的标识"), max_length=50, help_text=_("小写字母、数字和连字符，例如 zhejiang-2017。")
    )
    name = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    hand_over = Day(label=_("交接日"), help_text=_("新一轮的第一天；本轮及其全部结对到前一天为止。"))
    end = Day(label=_("止（含）"), required=False)

    def __init__(self, *args: Any, unnamed: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unnamed = [key for key, _label in unnamed]
        for key, label in unnamed:
            self.fields[f"named_{key}"] = forms.CharField(
                label=label,
                max_length=120,
                required=False,
                help_text=_("登记中的名称；空：暂不列入新一轮。"),
            )
