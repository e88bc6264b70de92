from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.log.tree import (
    EMPTY_ROOT,
    MemoryNodes,
    Tree,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 130
# The eight leaves and roots that implementations of RFC 6962 check themselves against.
KNOWN_LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(i).encode()) for i in range(count)]


def grown(count: int) -> Tree:
    tree = Tree(MemoryNodes())
    for leaf in leaves(count):
        tree.append(leaf)
    return tree


def textbook_root(hashes: list[bytes]) -> bytes:
    """The definition in RFC 9162 §2.1.1, word by word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(textbook_root(hashes[:k]), textbook_root(hashes[k:]))


@pytest.fixture(scope="module")
def tree() -> Tree:
    return grown(LARGEST)


@pytest.mark.parametrize("size", KNOWN_ROOTS)
def test_known_roots(size):
    assert root_of(leaf_hash(leaf) for leaf in KNOWN_LEAVES[:size]).hex() == KNOWN_ROOTS[size]


def test_roots_of_every_size_are_those_of_the_definition(tree):
    every = leaves(LARGEST)
    for size in range(LARGEST + 1):
        assert tree.root(size) == textbook_root(every[:size]) == root_of(every[:size])


def test_every_inclusion_proof_proves_only_its_own_leaf_and_place(tree):
    every = leaves(LARGEST)
    for size in range(1, LARGEST + 1):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert verify_inclusion(every[index], index, size, proof, root)
            assert not verify_inclusion(every[(index + 1) % LARGEST], index, size, proof, root)
            assert not verify_inclusion(every[index], index, size, [*proof, root], root)
            if proof:
                assert not verify_inclusion(every[index], index, size, proof[:-1], root)
                assert not verify_inclusion(every[index], index ^ 1, size, proof, root)


def test_every_consistency_proof_proves_only_its_own_sizes(tree):
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            proof = tree.consistency(old, new)
            roots = tree.root(old), tree.root(new)
            assert verify_consistency(old, new, *roots, proof)
            assert not verify_consistency(old, new, *roots, [*proof, roots[0]])
            if old < new:
                assert not verify_consistency(old, new, roots[1], roots[0], proof)
                assert not verify_consistency(old, new, *roots, proof[:-1])


def test_nothing_is_proved_from_an_empty_tree(tree):
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 0, tree.root(1), tree.root(1), [])
    assert not verify_consistency(0, 5, EMPTY_ROOT, tree.root(5), [])
    assert not verify_consistency(0, 1, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT])
    assert not verify_inclusion(leaves(1)[0], 0, 0, [], EMPTY_ROOT)
    assert not verify_inclusion(EMPTY_ROOT, -1, 0, [], EMPTY_ROOT)


@pytest.mark.parametrize(("low", "high"), [(0, 131), (-1, 4), (5, 4)])
def test_a_size_the_tree_never_had_is_refused(tree, low, high):
    with pytest.raises(ValueError):
        tree.consistency(low, high)


@given(st.integers(1, LARGEST), st.data())
def test_a_flipped_bit_anywhere_breaks_a_proof(size, data):
    tree = grown(size)
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index, size)
    values = [leaves(size)[index], tree.root(size), *proof]
    which, bit = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 255))
    flipped = bytearray(values[which])
    flipped[bit // 8] ^= 1 << bit % 8
    values[which] = bytes(flipped)
    assert not verify_inclusion(values[0], index, size, values[2:], values[1])
