"""Sentences on hard rules: why they contradict each other, and how they may give way. Both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from duikou.engines.pairing.optimise.hard import Family, Rule, allowed_changes, items, sides
from duikou.engines.pairing.optimise.model import Problem
from duikou.engines.pairing.texts import counted, names_en, names_zh
from duikou.engines.text import Text


def joined(sentences: Sequence[Text]) -> Text:
    """Put sentences behind one another."""
    return Text("".join(one.zh for one in sentences), " ".join(one.en for one in sentences))


def pair(problem: Problem, candidate: int) -> Text:
    """Name a pair."""
    name = (
        f"{problem.supporters[problem.candidates.supporter[candidate]].name}→"
        f"{problem.recipients[problem.candidates.recipient[candidate]].name}"
    )
    return Text(name, name.replace("→", " → "))


# ------------------------------------------------------------------------------------ why nothing fits


def locked_and_forbidden(pairs: Sequence[Text]) -> Text:
    """Pairs that must be and must not be."""
    return Text(
        f"{names_zh([one.zh for one in pairs])}既被锁定又被禁止。",
        f"Both locked and forbidden: {names_en([one.en for one in pairs])}.",
    )


def too_many(names: Sequence[str], most: int, asked: int) -> Text:
    """Supporters with more locks than their ceilings allow, counted together."""
    most = max(0, most)
    if len(names) == 1:
        return Text(
            f"{names[0]}最多支援{most}所，锁定要求{asked}所。",
            f"{names[0]} can take at most {most}; the locks ask for {asked}.",
        )
    return Text(
        f"这{len(names)}所支援医院合计最多支援{most}所，锁定要求{asked}所：{names_zh(names)}。",
        f"These {len(names)} supporters can take at most {most}; the locks ask for {asked}: "
        f"{names_en(names)}.",
    )


def too_heavy(names: Sequence[str], most: int, asked: int) -> Text:
    """Supporters whose locks need more person-months than they have, counted together."""
    if len(names) == 1:
        return Text(
            f"{names[0]}每年最多派出{most}人月，锁定的受援医院需要{asked}人月。",
            f"{names[0]} has {counted(most, 'person-month')} a year; the locked recipients need {asked}.",
        )
    return Text(
        f"这{len(names)}所支援医院每年合计最多派出{most}人月，锁定的受援医院需要{asked}人月："
        f"{names_zh(names)}。",
        f"These {len(names)} supporters have {counted(most, 'person-month')} a year; "
        f"the locked recipients need {asked}: {names_en(names)}.",
    )


def too_many_changes(problem: Problem) -> Text:
    """The fewest changes that a problem forces, by cause, against the most that are allowed."""
    of = sides(problem)
    added = sum(one.locked and not one.existing for side in of for one in side.pairs)
    ended = sum(one.existing and one.forbidden for side in of for one in side.pairs)
    forced = sum(side.least_changes for side in of)
    causes = (
        (problem.lost_pairs, "现有{}对的医院已不参加", "{} whose hospital takes no part any more"),
        (added, "锁定要求新增{}对", "{} that locks add"),
        (ended, "禁止使现有{}对终止", "{} that prohibitions end"),
        (forced - added - ended, "上限使现有{}对无法保留", "{} that ceilings or person-months end"),
    )
    zh = "，".join(text.format(number) for number, text, _ in causes if number > 0)
    en = ", ".join(text.format(counted(number, "pair")) for number, _, text in causes if number > 0)
    least, most = forced + problem.lost_pairs, (allowed_changes(problem) or 0) + problem.lost_pairs
    return Text(
        f"变动最多{most}处，而至少需要{least}处：{zh}。",
        f"At most {counted(most, 'change')} may be made, but {least} cannot be avoided: {en}.",
    )


# --------------------------------------------------------------------------------------- names of rules


def rules(problem: Problem, members: Sequence[Rule]) -> Text:
    """Name a group of hard rules, kind by kind."""
    parts = [_KINDS[family](problem, found) for family in Family if (found := items(members, family))]
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _pairs_of(zh: str, en: str) -> Callable[[Problem, list[int]], Text]:
    def name(problem: Problem, found: list[int]) -> Text:
        pairs = [pair(problem, item) for item in found]
        return Text(
            f"{zh}：{names_zh([one.zh for one in pairs])}",
            f"{en if len(found) == 1 else en + 's'}: {names_en([one.en for one in pairs])}",
        )

    return name


def _ceilings(problem: Problem, found: list[int]) -> Text:
    of = [problem.supporters[item] for item in found]
    noun = "ceiling" if len(of) == 1 else "ceilings"
    return Text(
        f"支援数上限：{names_zh([f'{one.name}（{one.ceiling}所）' for one in of])}",
        f"{noun}: {names_en([f'{one.name} ({one.ceiling})' for one in of])}",
    )


def _capacities(problem: Problem, found: list[int]) -> Text:
    of = [problem.supporters[item] for item in found]
    return Text(
        f"每年可派人月：{names_zh([f'{one.name}（{one.capacity_months}人月）' for one in of])}",
        f"person-months a year: {names_en([f'{one.name} ({one.capacity_months})' for one in of])}",
    )


def _changes(problem: Problem, found: list[int]) -> Text:
    return Text(f"变动最多{problem.max_changes}处", f"at most {counted(problem.max_changes or 0, 'change')}")


_KINDS: dict[Family, Callable[[Problem, list[int]], Text]] = {
    Family.LOCKS: _pairs_of("锁定", "lock"),
    Family.PROHIBITIONS: _pairs_of("禁止", "prohibition"),
    Family.CEILINGS: _ceilings,
    Family.CAPACITIES: _capacities,
    Family.CHANGES: _changes,
}


# ----------------------------------------------------------------------------------------- ways out


def steps(problem: Problem, given: Sequence[tuple[Rule, int]]) -> Text:
    """Say what to do, step by step."""
    said = [_step(problem, rule, by) for rule, by in given]
    text = Text("；".join(one.zh for one in said), "; ".join(one.en for one in said))
    return Text(f"{text.zh}。", f"{text.en[:1].upper()}{text.en[1:]}.")


def _step(problem: Problem, rule: Rule, by: int) -> Text:
    match rule.family:
        case Family.LOCKS:
            name = pair(problem, rule.item)
            return Text(f"取消锁定{name.zh}", f"drop the lock {name.en}")
        case Family.PROHIBITIONS:
            name = pair(problem, rule.item)
            return Text(f"取消禁止{name.zh}", f"lift the prohibition {name.en}")
        case Family.CEILINGS:
            one = problem.supporters[rule.item]
            return Text(
                f"将{one.name}的支援数上限由{one.ceiling}所提高到{one.ceiling + by}所",
                f"raise the ceiling of {one.name} from {one.ceiling} to {one.ceiling + by}",
            )
        case Family.CAPACITIES:
            one, months = problem.supporters[rule.item], problem.supporters[rule.item].capacity_months or 0
            return Text(
                f"为{one.name}每年增加{by}人月（{months}→{months + by}）",
                f"give {one.name} {counted(by, 'person-month')} more a year ({months} → {months + by})",
            )
        case Family.CHANGES:
            most = problem.max_changes or 0
            return Text(
                f"多允许{by}处变动（{most}→{most + by}）",
                f"allow {counted(by, 'change')} more ({most} → {most + by})",
            )
