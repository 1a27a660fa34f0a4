"""What a caller should look up for a round: counties without a recipient, pairs whose distance matters."""

from __future__ import annotations

from collections.abc import Mapping

from duikou.engines.pairing.checks_common import Reading
from duikou.engines.pairing.model import Round
from duikou.engines.pairing.optimise.scores import PROVINCE


def empty_counties(round: Round) -> set[str]:
    """Codes of the county-level units without any recipient in the round."""
    return {unit.code for unit in round.units} - set(Reading(round, {}).recipients_of_unit)


def pairs_to_measure(
    round: Round, givers: Mapping[str, str], takers: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Pairs of supporter and recipient (keys) that may come into a proposal.

    `givers` and `takers` are keys with the city of each: the round's own hospitals, and
    newcomers. A hospital of the province's table may go everywhere, one of a city's
    table inside its city; present pairs count in any case.
    """
    provincial = {row.supporter.key for row in round.rows if row.supporter and row.table == PROVINCE}
    present = {
        (row.supporter.key, row.recipient.key) for row in round.rows if row.supporter and row.recipient
    }
    return [
        (giver, taker)
        for giver, home in givers.items()
        for taker, city in takers.items()
        if giver in provincial or home == city or (giver, taker) in present
    ]
