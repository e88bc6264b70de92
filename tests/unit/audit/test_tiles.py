from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.log.tree import leaf_hash, root_of
from allmanning.audit.publication.folder import LogFolder, PublishedDiffers, folder_of
from allmanning.audit.publication.tile import ENTRIES, Tile, bundle_of, entries_of, hashes_of, tiles_of


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(3, 999), "tile/3/999"),
        (Tile(3, 1000), "tile/3/x001/000"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(ENTRIES, 70_000), "tile/entries/x070/000"),
    ],
)
def test_names_are_those_of_the_specification(tile, path):
    assert tile.path == path
    assert Tile.parse(path) == tile


@given(st.integers(-1, 63), st.integers(0, 2**50), st.integers(1, 256))
def test_every_name_reads_back(level, index, width):
    assert Tile.parse(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "checkpoint",
        "tile/64/000",
        "tile/00/000",
        "tile/01/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/data/000",
        "tile/0/../000",
        "tile/0/000/",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "/tile/0/000",
    ],
)
def test_other_names_are_refused(name):
    with pytest.raises(ValueError):
        Tile.parse(name)


def test_the_specifications_tree_of_seventy_thousand_has_the_specifications_files():
    tiles = list(tiles_of(70_000))
    by_level = {level: [each for each in tiles if each.level == level] for level in (ENTRIES, 0, 1, 2, 3)}
    for level in (ENTRIES, 0):
        assert [each.width for each in by_level[level]] == [256] * 273 + [112]
    assert [each.width for each in by_level[1]] == [256, 17]
    assert [each.width for each in by_level[2]] == [1]
    assert by_level[3] == []


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_one():
    assert list(tiles_of(256)) == [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)]


@given(st.integers(0, 200_000), st.integers(0, 2_000))
def test_what_growth_adds_is_what_the_larger_tree_has_and_the_smaller_had_not(since, more):
    before, after = set(tiles_of(since)), set(tiles_of(since + more))
    added = list(tiles_of(since + more, since))
    assert set(added) == after - before
    assert len(added) == len(set(added))
    assert all(each.within(since + more) for each in added)


def test_what_is_within_a_tree_is_told_by_its_size():
    assert Tile(0, 0, 5).within(5)
    assert not Tile(0, 0, 6).within(5)
    assert Tile(1, 0, 1).within(256)
    assert not Tile(1, 0, 1).within(255)
    assert Tile(ENTRIES, 1, 1).within(257)
    assert not Tile(ENTRIES, 1, 1).within(256)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back(entries):
    assert entries_of(bundle_of(entries)) == entries


def test_an_entry_of_the_largest_size_fits_and_a_larger_does_not():
    assert entries_of(bundle_of([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(Exception, match="65535"):
        bundle_of([b"x" * 65_536])


@pytest.mark.parametrize("bundle", [b"\0", b"\0\1", b"\0\2a", b"\0\1a\0"])
def test_a_bundle_that_ends_too_early_is_refused(bundle):
    with pytest.raises(ValueError):
        entries_of(bundle)


@pytest.mark.parametrize("tile", [b"", b"x" * 31, b"x" * 33, b"x" * 32 * 257])
def test_a_tile_of_another_length_is_refused(tile):
    with pytest.raises(ValueError):
        hashes_of(tile)


def test_a_tiles_hashes_are_its_leaves():
    leaves = [leaf_hash(bytes([n])) for n in range(256)]
    assert root_of(hashes_of(b"".join(leaves))) == root_of(leaves)


def test_a_file_that_was_shown_never_changes(tmp_path):
    folder = LogFolder(tmp_path)
    folder.add(Tile(0, 0, 1), b"a" * 32)
    folder.add(Tile(0, 0, 1), b"a" * 32)
    with pytest.raises(PublishedDiffers):
        folder.add(Tile(0, 0, 1), b"b" * 32)
    assert (tmp_path / "tile/0/000.p/1").read_bytes() == b"a" * 32


def test_the_full_tile_takes_the_place_of_the_partial_ones(tmp_path):
    folder = LogFolder(tmp_path)
    folder.add(Tile(0, 0, 1), b"a" * 32)
    folder.add(Tile(0, 0), b"a" * 32 * 256)
    assert not (tmp_path / "tile/0/000.p").exists()
    assert (tmp_path / "tile/0/000").stat().st_size == 8192


def test_a_logs_folder_is_its_address(tmp_path):
    assert folder_of(tmp_path, "audit.exempelby.allmanning/2026h2") == tmp_path / "exempelby" / "2026h2"
    for origin in ("audit.a.allmanning/..", "audit.../allmanning/2026h2", "annan.example", "audit.a/b.allmanning/1"):
        with pytest.raises(ValueError):
            folder_of(tmp_path, origin)
