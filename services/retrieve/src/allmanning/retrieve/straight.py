"""The stages of a pipeline one after the other, without what Haystack does between them.

Haystack copies what one stage hands to the next and schedules each as a task: half of this service's processor time. It
runs what an operator has put together; the pipeline that ships is the same stages in the same order either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Protocol, cast

from haystack import Pipeline

Values = dict[str, object]


class _Stage(Protocol):
    async def run_async(self, **inputs: object) -> Mapping[str, object]: ...


class Straight:
    """Runs a pipeline without loops whose stages all have `run_async`, each input from one place."""

    def __init__(self, pipeline: Pipeline) -> None:
        graph = pipeline.graph
        order = TopologicalSorter({name: set(graph.predecessors(name)) for name in graph}).static_order()
        self._stages = [(name, cast("_Stage", graph.nodes[name]["instance"])) for name in order]
        self._handed: Mapping[str, list[tuple[str, str, str]]] = {
            name: [
                (sender, edge["from_socket"].name, edge["to_socket"].name)
                for sender, _, edge in graph.in_edges(name, data=True)
            ]
            for name, _ in self._stages
        }

    async def run(self, inputs: Mapping[str, Values]) -> Mapping[str, Mapping[str, object]]:
        """What each stage gives, by its name. Raises what a stage raises."""
        given: dict[str, Mapping[str, object]] = {}
        for name, stage in self._stages:
            handed = {to: given[sender][out] for sender, out, to in self._handed[name]}
            given[name] = await stage.run_async(**inputs.get(name, {}), **handed)
        return given
