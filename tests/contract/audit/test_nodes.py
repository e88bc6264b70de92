"""Proofs come out the same from a database and from memory."""

from __future__ import annotations

from hashlib import sha256

import pytest

from allmanning.audit.log.nodes import Edge, StoredNodes, UpperNodes
from allmanning.audit.log.store import Store
from allmanning.audit.log.tree import MemoryNodes, Tree

# Two nodes of level 8, and a ragged edge.
SIZE = 700


def grown(store: Store, log: int) -> Tree:
    """A tree of its own leaves, put into the database; returns the same one in memory."""
    memory, edge = Tree(MemoryNodes()), Edge(log)
    with store.database.transaction() as connection:
        stored = Tree(edge.over(connection))
        for number in range(SIZE):
            leaf = sha256(b"%d/%d" % (log, number)).digest()
            stored.append(leaf)
            memory.append(leaf)
        edge.save(connection)
    return memory


def test_nodes_that_are_kept_in_memory_are_those_of_their_own_log(store):
    upper = UpperNodes()
    trees = {log: grown(store, log) for log in (7, 8)}
    with store.database.snapshot() as connection:
        for _ in range(2):
            for log, expected in trees.items():
                tree = Tree(StoredNodes(connection, log, upper), SIZE)
                for index in range(0, SIZE, 53):
                    assert tree.inclusion(index, SIZE) == expected.inclusion(index, SIZE)
                    assert tree.consistency(index, SIZE) == expected.consistency(index, SIZE)
                assert tree.root() == expected.root()
                assert tree.frontier(511) == expected.frontier(511)


def test_a_node_that_is_not_there_is_no_hash(store):
    grown(store, 7)
    with store.database.snapshot() as connection, pytest.raises(KeyError):
        Tree(StoredNodes(connection, 7, UpperNodes()), SIZE + 1).root()
