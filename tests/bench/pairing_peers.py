"""Other solvers on the network of a pairing problem: what bench_pairing compares with.

All get the same arrays. The linear models have a row per supporter, recipient and county; source
and sink need none, since every unit may also stay away.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from duikou.engines.pairing.optimise.flow import Network
from duikou.engines.pairing.optimise.model import Ints


@dataclass(frozen=True, eq=False)
class Model:
    """A network and the cost of one unit on each arc."""

    network: Network
    cost: Ints

    @property
    def rows(self) -> int:
        """Nodes but source and sink, which stand last."""
        return len(self.network.supply) - 2


def _highs(model: Model, *, whole: bool) -> highspy.Highs:
    network, columns, rows = model.network, len(model.cost), model.rows
    # Column by column: −1 at the tail, +1 at the head, where these are rows.
    ends = np.stack((network.tail, network.head), axis=1)
    counted = ends < rows
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows
    lp.col_cost_ = model.cost.astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), network.capacity.astype(np.float64)
    lp.row_lower_ = lp.row_upper_ = np.zeros(rows)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(counted.sum(axis=1))))
    lp.a_matrix_.index_ = ends[counted]
    lp.a_matrix_.value_ = np.broadcast_to(np.array([-1.0, 1.0]), ends.shape)[counted]
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    highs.passModel(lp)
    return highs


def highs_simplex(model: Model) -> float:
    """HiGHS, dual simplex on the linear relaxation (which is integral here)."""
    highs = _highs(model, whole=False)
    highs.setOptionValue("solver", "simplex")
    highs.run()
    return highs.getObjectiveValue()


def highs_mip(model: Model) -> float:
    """HiGHS, mixed-integer."""
    highs = _highs(model, whole=True)
    highs.run()
    return highs.getObjectiveValue()


def pulp_cbc(model: Model) -> float:
    """PuLP with the CBC that it brings."""
    import pulp

    network, cost = model.network, model.cost.tolist()
    posed = pulp.LpProblem("pairing", pulp.LpMinimize)
    flow = [
        pulp.LpVariable(f"x{arc}", 0, int(capacity), pulp.LpInteger)
        for arc, capacity in enumerate(network.capacity)
    ]
    posed += pulp.LpAffineExpression(list(zip(flow, cost, strict=True)))
    balance: list[list[tuple[pulp.LpVariable, int]]] = [[] for _ in network.supply]
    for variable, tail, head in zip(flow, network.tail.tolist(), network.head.tolist(), strict=True):
        balance[tail].append((variable, -1))
        balance[head].append((variable, 1))
    for terms in balance[: model.rows]:
        posed += pulp.LpAffineExpression(terms) == 0
    posed.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0.5, threads=1))
    return pulp.value(posed.objective)


def networkx_simplex(model: Model) -> float:
    """networkx, network simplex in Python."""
    import networkx

    network = model.network
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from((node, {"demand": -supply}) for node, supply in enumerate(network.supply.tolist()))
    columns = (network.tail, network.head, network.capacity, model.cost)
    graph.add_edges_from(
        (tail, head, {"capacity": capacity, "weight": cost})
        for tail, head, capacity, cost in zip(*(column.tolist() for column in columns), strict=True)
    )
    return networkx.network_simplex(graph)[0]
