"""Proofs that must not pass, made from every right one: what RFC 6962 and 9162 leave to the one who verifies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from allmanning.audit.log.tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    MemoryNodes,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 130
ZERO = bytes(HASH_BYTES)


@pytest.fixture(scope="module")
def tree() -> Tree:
    tree = Tree(MemoryNodes())
    for number in range(LARGEST):
        tree.append(leaf_hash(str(number).encode()))
    return tree


def wrong_proofs(proof: list[bytes], root: bytes) -> Iterator[list[bytes]]:
    """A proof with something too much, too little or changed."""
    yield [*proof, b""]
    yield [*proof, ZERO]
    yield [*proof, root]
    yield [b"", *proof]
    yield [ZERO, *proof]
    yield [root, *proof]
    if proof:
        yield proof[:-1]
        yield proof[1:]
        yield []
        yield [*proof[:-1], proof[-1][:-1]]
    for at, value in enumerate(proof):
        flipped = bytes([value[0] ^ 1]) + value[1:]
        yield [*proof[:at], flipped, *proof[at + 1 :]]
    if len(proof) > 1:
        yield proof[::-1]
        yield [node_hash(proof[0], proof[1]), *proof[2:]]


def test_no_inclusion_proof_passes_with_anything_else(tree):
    for size in range(1, LARGEST + 1):
        root = tree.root(size)
        for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
            leaf = leaf_hash(str(index).encode())
            proof = tree.inclusion(index, size)
            assert verify_inclusion(leaf, index, size, proof, root)
            for wrong in wrong_proofs(proof, root):
                assert not verify_inclusion(leaf, index, size, wrong, root)
            for at in (index - 1, index + 1, index ^ 2, index + size, index - size, -1, 2**64 - 1):
                assert not verify_inclusion(leaf, at, size, proof, root)
            for other in (EMPTY_ROOT, ZERO, b"", root[:-1], tree.root(size - 1)):
                if (other, size) != (root, 1):
                    assert not verify_inclusion(leaf, index, size, proof, other)
            for data in (str(index).encode(), b"", ZERO, root if size > 1 else ZERO):
                assert not verify_inclusion(data, index, size, proof, root)


def test_a_leaf_is_not_proved_in_a_tree_whose_path_has_another_length(tree):
    for size in range(1, LARGEST + 1):
        for index in (0, size - 1):
            leaf, proof, root = leaf_hash(str(index).encode()), tree.inclusion(index, size), tree.root(size)
            for other in (size * 2, size * 2 + 1, index):
                if other != size and _length(index, other) != len(proof):
                    assert not verify_inclusion(leaf, index, other, proof, root)


def _length(index: int, size: int) -> int:
    """Length of an inclusion proof (RFC 9162 §2.1.3.1)."""
    length, last = 0, size - 1
    while last > 0:
        length += index & 1 or index != last
        index, last = index >> 1, last >> 1
    return length


def test_an_inner_node_is_not_passed_off_as_a_leaf(tree):
    left, right = leaf_hash(b"0"), leaf_hash(b"1")
    proof = tree.inclusion(0, 4)
    assert not verify_inclusion(node_hash(left, right), 0, 4, proof[1:], tree.root(4))
    assert not verify_inclusion(leaf_hash(left + right), 0, 2, proof[1:], tree.root(4))


def test_no_consistency_proof_passes_with_anything_else(tree):
    for new in range(1, LARGEST + 1):
        for old in {1, 2, new // 2, new - 1, new} & set(range(1, new + 1)):
            roots = tree.root(old), tree.root(new)
            proof = tree.consistency(old, new)
            assert verify_consistency(old, new, *roots, proof)
            for wrong in wrong_proofs(proof, roots[1]):
                assert not verify_consistency(old, new, *roots, wrong)
            if old == new:
                continue
            assert not verify_consistency(old, new, roots[1], roots[0], proof)
            assert not verify_consistency(new, old, roots[1], roots[0], proof)
            for other in (EMPTY_ROOT, ZERO, b"", roots[0][:-1]):
                assert not verify_consistency(old, new, other, roots[1], proof)
                assert not verify_consistency(old, new, roots[0], other, proof)
            for size in (0, -1, old - 1, new, new + 1):
                assert not verify_consistency(size, new, *roots, proof)


@pytest.mark.parametrize("proof", [[], [EMPTY_ROOT], [ZERO]])
def test_from_an_empty_tree_nothing_is_proved(tree, proof):
    for size in (1, 2, 3, 128):
        assert not verify_consistency(0, size, EMPTY_ROOT, tree.root(size), proof)
        assert not verify_consistency(size, 0, tree.root(size), EMPTY_ROOT, proof)
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, proof) == (proof == [])
    assert not verify_consistency(0, 0, ZERO, ZERO, proof)


def test_a_tree_is_consistent_with_itself_without_a_proof_only(tree):
    for size in (1, 2, 3, 128, 130):
        root = tree.root(size)
        assert verify_consistency(size, size, root, root, [])
        assert not verify_consistency(size, size, root, root, [root])
        assert not verify_consistency(size, size, root, ZERO, [])
