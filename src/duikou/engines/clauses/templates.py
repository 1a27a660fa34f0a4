"""A template out of a commission's own model agreement: each of its clauses is demanded."""

from __future__ import annotations

import re

from duikou.engines.clauses.cutting import cut
from duikou.engines.clauses.model import Paper, Template, TemplateClause
from duikou.engines.clauses.tokens import Tokeniser
from duikou.engines.text import Text

LEAST = 6  # weight of a clause; a shorter line is a blank to fill in
_PREAMBLE = re.compile(r"(?:订立|签订|签署|达成).{0,8}协议[^。]{0,6}[：:]?$")
_TITLE = 14  # characters of a clause that serve as its title
RULE = "AGR-04"  # what the template has may be extended, not reduced


def template_of(paper: Paper, identity: str, title: Text, *, minimum_years: int = 3) -> Template:
    """Every clause of a model agreement as a demand, with its place as its source."""
    tokeniser = Tokeniser()
    clauses: list[TemplateClause] = []
    for clause in cut(paper):
        if _PREAMBLE.search(clause.text):
            continue
        # What is nobody's duty is mostly several short rules in one paragraph, which may well be parted.
        texts = [clause.text] if clause.party else re.findall(r"[^。]+。?", clause.text)
        for text in texts:
            if tokeniser.row(text).weight < LEAST:
                continue
            name = re.split(r"[，。；：]", text)[0][:_TITLE]
            clauses.append(
                TemplateClause(
                    id=f"clause-{len(clauses) + 1}",
                    text=text,
                    party=clause.party,
                    rule=RULE,
                    source=paper.passages[clause.passages[0]].place.text().zh,
                    title=Text(name, name),
                )
            )
    return Template(identity, title, tuple(clauses), minimum_years)
