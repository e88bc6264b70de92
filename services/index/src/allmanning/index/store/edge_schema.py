"""What a shard of the embedded engine holds of a point, and how it is searched."""

from __future__ import annotations

from pathlib import Path

import qdrant_edge as edge

from allmanning.index.store.point import (
    COMPARED_INTEGER_FIELDS,
    DENSE,
    KEYWORD_FIELDS,
    MATCHED_INTEGER_FIELDS,
    SPARSE,
    TENANT_FIELD,
    TEXT_FIELD,
)

# The engine's limit on a segment in kB, beyond any index of one machine: one segment is the fastest to search.
_ONE_SEGMENT_KB = 1_000_000_000


def create(path: Path, dimension: int) -> None:
    """Make an empty shard."""
    dense = edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Cosine)
    shard = edge.EdgeShard.create(str(path), edge.EdgeConfig(vectors={DENSE: dense}))
    declare(shard)
    shard.flush()
    shard.close()


def declare(shard: edge.EdgeShard) -> None:
    """Make the vectors and the field indexes that a shard does not have yet; its own stay as they are."""
    shard.update(edge.UpdateOperation.create_sparse_vector(SPARSE, modifier=edge.Modifier.Idf))
    indexes: dict[str, edge.KeywordIndexParams | edge.IntegerIndexParams] = {
        TENANT_FIELD: edge.KeywordIndexParams(is_tenant=True)
    }
    indexes |= {field: edge.KeywordIndexParams() for field in KEYWORD_FIELDS}
    indexes |= {field: edge.IntegerIndexParams(lookup=True, range=False) for field in MATCHED_INTEGER_FIELDS}
    indexes |= {field: edge.IntegerIndexParams(lookup=False, range=True) for field in COMPARED_INTEGER_FIELDS}
    text = edge.TextIndexParams(tokenizer=edge.TokenizerType.Word, lowercase=True, phrase_matching=True)
    for field, params in {**indexes, TEXT_FIELD: text}.items():
        shard.update(edge.UpdateOperation.create_field_index(field, params))


def optimised(dimension: int) -> edge.EdgeConfig:
    """How a shard is optimised: int8 vectors in memory are searched exhaustively, float32 ones on disk score again.

    No HNSW graph (m=0): under filters, at 100,000 passages, its recall@100 was .72-.89 even with ef=1000. This keeps
    1.0 with `RESCORED`, and takes 12 ms where float32 took 45.
    """
    return edge.EdgeConfig(
        vectors={
            DENSE: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Cosine, memory=edge.Memory.Cold),
        },
        hnsw_config=edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000, max_indexing_threads=1),
        quantization_config=edge.ScalarQuantizationConfig(
            edge.ScalarType.Int8, quantile=0.99, memory=edge.Memory.Pinned
        ),
        optimizers=edge.EdgeOptimizersConfig(
            indexing_threshold=1, default_segment_number=1, max_segment_size=_ONE_SEGMENT_KB
        ),
    )


# int8 alone loses 2 % of the best hundred; half as many more, scored again, bring them back.
RESCORED = edge.SearchParams(quantization=edge.QuantizationSearchParams(rescore=True, oversampling=1.5))
