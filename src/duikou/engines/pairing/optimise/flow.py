"""Minimum-cost flow: one small interface over two independent codes, and the proof of what they answer.

OR-Tools' cost scaling gives flows only; pylmcf's network simplex gives duals too, is the
faster one here and starts warm. Neither is believed: `solve` checks in integers that the flow
is conserved and that it complies with the duals, which is the proof that nothing is
cheaper; a caller then asks the other code. Where a code gives no duals they are computed
here, by shortest paths in the residual network.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

import numpy as np
import pylmcf
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from duikou.engines.pairing.optimise.model import Indexes, Ints


class FlowError(RuntimeError):
    """A code gave no flow, or one that is not proved."""


@dataclass(frozen=True, eq=False, slots=True)
class Network:
    """Nodes in layers, arcs that lead to a later layer, and what each node sends out (supply).

    Arcs are sorted by (tail, head), as pylmcf wants them.
    """

    layer: Indexes  # per node
    tail: Indexes
    head: Indexes
    capacity: Ints
    supply: Ints  # per node, sums up to 0

    def outflow(self, flow: Ints) -> Ints:
        """Return what leaves each node minus what enters it."""
        nodes, used = len(self.supply), np.flatnonzero(flow)
        units = flow[used]
        # Sums of whole numbers far below 2^53 are exact in floating point.
        leaving = np.bincount(self.tail[used], weights=units, minlength=nodes)
        return (leaving - np.bincount(self.head[used], weights=units, minlength=nodes)).astype(np.int64)

    def slice(self, arcs: Ints | slice, supply: Ints) -> Network:
        """Return the network of some arcs, with another supply."""
        return Network(self.layer, self.tail[arcs], self.head[arcs], self.capacity[arcs], supply)


@dataclass(frozen=True, eq=False, slots=True)
class Flow:
    """An optimal flow and its duals: an arc with reduced cost > 0 is empty, with < 0 full."""

    flow: Ints
    reduced: Ints


class Code(Protocol):
    """One library that solves minimum-cost flows."""

    name: str

    def limit(self, nodes: int) -> int:
        """Return how large the cost of a simple path may become without overflow."""

    def solve(self, network: Network, cost: Ints) -> tuple[Ints, Ints | None]:
        """Return a flow, and potentials if the library has them; raise FlowError if it finds none."""


class Simplex:
    """pylmcf: network simplex with duals; keeps its basis for the next solve of the same network."""

    name = f"pylmcf {pylmcf.__version__}"

    def limit(self, nodes: int) -> int:
        """2^62 is its cost of artificial arcs; sums over all layers must stay well below."""
        return 1 << 60

    def solve(self, network: Network, cost: Ints) -> tuple[Ints, Ints | None]:
        return Basis(network, cost).solve(cost)


class Basis:
    """A network in pylmcf that is solved again and again with other costs, each time from the last basis."""

    def __init__(self, network: Network, least: Ints) -> None:
        """Prepare for costs that are never below `least`."""
        self._graph = pylmcf.Graph(len(network.supply), network.tail, network.head)
        self.supply(network.supply)
        self._graph.set_edge_capacities(network.capacity)
        self._height = _heights(network, least)
        self._lift = self._height[network.head] - self._height[network.tail]

    def supply(self, supply: Ints) -> None:
        """Change what the nodes send out; the next solve is warm still."""
        self._graph.set_node_supply(supply)

    def solve(self, cost: Ints) -> tuple[Ints, Ints]:
        """Return the optimal flow and potentials (reduced cost = cost + potential of tail − of head)."""
        self._graph.set_edge_costs(cost + self._lift)
        try:
            self._graph.solve()
        except RuntimeError as error:
            raise FlowError(str(error)) from error
        # Not the canonical potentials: those cost more than a warm solve. Parts of the network that
        # hang together with nothing carry 2^62 on every node, which cancels on every arc.
        return self._graph.result(), self._graph.raw_potentials() - self._height


def _heights(network: Network, least: Ints) -> Ints:
    """Return heights per node that make every cost + height of head − height of tail ≥ 0.

    pylmcf takes no negative costs. Every path from source to sink is lifted alike, so
    nothing changes in what is optimal.
    """
    tails, heads = network.layer[network.tail], network.layer[network.head]
    height = np.zeros(int(network.layer.max(initial=0)) + 1, dtype=np.int64)
    for layer in range(1, len(height)):
        into = np.flatnonzero(heads == layer)
        below = height[tails[into]] - least[into]
        height[layer] = max(0, int(below.max(initial=0)))
    return height[network.layer]


class CostScaling:
    """OR-Tools SimpleMinCostFlow: cost scaling, flows only."""

    name = f"ortools {version('ortools')} SimpleMinCostFlow"

    def limit(self, nodes: int) -> int:
        """It multiplies costs by the number of nodes."""
        return (1 << 60) // (nodes + 1)

    def solve(self, network: Network, cost: Ints) -> tuple[Ints, Ints | None]:
        solver = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, cost)
        nodes = np.arange(len(network.supply), dtype=np.int32)
        solver.set_nodes_supplies(nodes, network.supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise FlowError(status.name)
        return np.asarray(solver.flows(arcs), dtype=np.int64), None


CODES: tuple[Code, ...] = (Simplex(), CostScaling())


def solve(network: Network, cost: Ints, code: Code = CODES[0]) -> Flow:
    """Return an optimal flow with its proof; raise FlowError if the code gives none."""
    flow, potentials = code.solve(network, cost)
    if potentials is None:
        potentials = potentials_of(network, cost, flow)
    reduced = reduced_costs(network, cost, potentials)
    if not proves(network, flow, reduced):
        raise FlowError("flow and duals disagree")
    return Flow(flow, reduced)


def reduced_costs(network: Network, cost: Ints, potentials: Ints) -> Ints:
    """Return what one more unit on each arc costs when its ends are valued at their potentials."""
    reduced = cost + potentials[network.tail]
    reduced -= potentials[network.head]
    return reduced


def proves(network: Network, flow: Ints, reduced: Ints) -> bool:
    """Return whether a flow is feasible and its value equals the bound that the duals give.

    Value − bound = Σ reduced × flow where reduced > 0, plus Σ −reduced × (capacity − flow)
    where reduced < 0. All terms are ≥ 0, so they are compared with 0 one by one and cannot overflow.
    """
    if ((flow < 0) | (flow > network.capacity)).any() or (network.outflow(flow) != network.supply).any():
        return False
    return not (((reduced > 0) & (flow > 0)) | ((reduced < 0) & (flow < network.capacity))).any()


def potentials_of(network: Network, cost: Ints, flow: Ints) -> Ints:
    """Return potentials that prove a flow optimal: lengths of shortest paths in the residual network.

    Bellman and Ford over whole columns at once. Raises FlowError if a negative cycle
    shows that the flow was not optimal.
    """
    forward, backward = np.flatnonzero(flow < network.capacity), np.flatnonzero(flow > 0)
    tails = np.concatenate((network.tail[forward], network.head[backward]))
    heads = np.concatenate((network.head[forward], network.tail[backward]))
    lengths = np.concatenate((cost[forward], -cost[backward]))
    distance = np.zeros(len(network.supply), dtype=np.int64)
    for _ in range(len(distance) + 1):
        reached = distance[tails] + lengths
        shorter = np.flatnonzero(reached < distance[heads])
        if not len(shorter):
            return distance
        np.minimum.at(distance, heads[shorter], reached[shorter])
    raise FlowError("a cheaper flow exists")
