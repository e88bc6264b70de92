"""The encoder as an ONNX graph, built from the weights.

A BERT encoder: positions from 0, one token type, layer norm after each half, erf-GELU, mean over all tokens of the
text including `<s>` and `</s>`, unit length. Linear layers are float32 or become int8, one scale an output, and then
quantise their input as they run (`DynamicQuantizeMatMul`, which onnxruntime alone knows). Attention is one node
(`MultiHeadAttention`): written out, passages took a sixth more of a processor. The word table keeps its 4 bits and is
unpacked after the lookup, so that only the rows in use leave the disk.

One text a run, so there is no padding and no mask. A batch would not be faster on a CPU (4,000 tokens/s either way at
290 tokens, measured), and its shared quantisation would make a text's vector depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from allmanning.index.embed.engine import Linear
from allmanning.index.embed.weights import BLOCK, Weights

HIGHEST_CODE = 63
"""Largest int8 weight: 7 bits, because x86 processors without VNNI clip the sum of two products at 16 bits.

The vectors stay as near (cosine .996) to those of the original weights as with 8 bits.
"""


class _Builder:
    """Collects nodes and constants; each method gives the name of its result."""

    def __init__(self, linear: Linear) -> None:
        self._linear = linear
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def shape(self, *values: int) -> str:
        name = "shape_" + "_".join(map(str, values))
        if all(constant.name != name for constant in self.constants):
            self.constant(name, np.array(values, np.int64))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], name: str, domain: str = "", **attributes: float | list[int] | str
    ) -> str:
        node = helper.make_node(kind, list(inputs), [name], name=f"{name}_node", domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return name

    def split(self, x: str, names: Sequence[str]) -> None:
        """Equal parts along the last axis."""
        self.nodes.append(helper.make_node("Split", [x], list(names), axis=-1, num_outputs=len(names)))

    def linear(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32], name: str) -> str:
        """`weight` is (outputs, inputs)."""
        if self._linear == "float32":
            product = self.node("MatMul", [x, self.constant(f"{name}_weight", weight.T)], f"{name}_product")
            return self.node("Add", [product, self.constant(f"{name}_bias", bias)], name)
        scale = np.abs(weight).max(axis=1) / HIGHEST_CODE
        codes = np.rint(weight / scale[:, None]).astype(np.int8)
        inputs = [
            x,
            self.constant(f"{name}_weight", codes.T),
            self.constant(f"{name}_scale", scale),
            "",
            self.constant(f"{name}_bias", bias),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, name, domain="com.microsoft")


class _Encoder:
    def __init__(self, weights: Weights, linear: Linear) -> None:
        self.weights = weights
        self.build = _Builder(linear)

    def norm(self, x: str, name: str) -> str:
        build, floats = self.build, self.weights.floats
        scale = build.constant(f"{name}.w", floats(f"{name}.w"))
        shift = build.constant(f"{name}.b", floats(f"{name}.b"))
        return build.node("LayerNormalization", [x, scale, shift], name, axis=-1, epsilon=self.weights.epsilon)

    def words(self) -> str:
        """Word plus position plus token type, (1, tokens, hidden)."""
        build, weights = self.build, self.weights
        table = weights.blocks("emb.word", weights.hidden)
        shape = (weights.words, weights.hidden // BLOCK, -1)
        nibbles = build.constant("words", table.nibbles.reshape(shape))
        halves = build.constant("word_scales", table.scales.reshape(shape))
        low_bits, four = (build.constant(f"const_{n}", np.array(n, np.uint8)) for n in (15, 4))
        packed = build.node("Gather", [nibbles, "input_ids"], "packed")
        scales = build.node("Gather", [halves, "input_ids"], "half_scales")
        low = build.node("BitwiseAnd", [packed, low_bits], "low")
        high = build.node("BitShift", [packed, four], "high", direction="RIGHT")
        codes = build.node("Concat", [low, high], "codes", axis=-1)
        codes = build.node("Cast", [codes], "codes_float", to=TensorProto.FLOAT)
        codes = build.node("Sub", [codes, build.constant("eight", np.array(8, np.float32))], "centred")
        words = build.node("Mul", [codes, build.node("Cast", [scales], "scales", to=TensorProto.FLOAT)], "scaled")
        words = build.node("Reshape", [words, build.shape(0, 0, weights.hidden)], "word")
        places = weights.floats("emb.pos").reshape(weights.positions, -1) + weights.floats("emb.type")[: weights.hidden]
        length = build.node("Shape", ["input_ids"], "length", start=1, end=2)
        ends = [build.constant("places", places), build.shape(0), length, build.shape(0)]
        summed = build.node("Add", [words, build.node("Slice", ends, "place")], "embedded")
        return self.norm(summed, "emb.ln")

    def attention(self, x: str, prefix: str) -> str:
        build, weights = self.build, self.weights
        parts = [f"{prefix}.{part}" for part in ("q", "k", "v")]
        weight = np.concatenate([weights.blocks(f"{part}.w", weights.hidden).dense() for part in parts])
        bias = np.concatenate([weights.floats(f"{part}.b") for part in parts])
        # One product for all three quantises the input once: a question takes a tenth less than with three.
        joined = build.linear(x, weight, bias, f"{prefix}.qkv")
        build.split(joined, parts)
        mixed = build.node(
            "MultiHeadAttention", parts, f"{prefix}.mixed", domain="com.microsoft", num_heads=weights.heads
        )
        return self.project(mixed, f"{prefix}.ao", weights.hidden)

    def project(self, x: str, name: str, inputs: int) -> str:
        weight = self.weights.blocks(f"{name}.w", inputs).dense()
        return self.build.linear(x, weight, self.weights.floats(f"{name}.b"), name)

    def layer(self, x: str, prefix: str) -> str:
        build, weights = self.build, self.weights
        attended = build.node("Add", [self.attention(x, prefix), x], f"{prefix}.first")
        x = self.norm(attended, f"{prefix}.aln")
        inner = build.node("Gelu", [self.project(x, f"{prefix}.fi", weights.hidden)], f"{prefix}.gelu")
        outer = build.node("Add", [self.project(inner, f"{prefix}.fo", weights.inner), x], f"{prefix}.second")
        return self.norm(outer, f"{prefix}.oln")

    def model(self) -> onnx.ModelProto:
        """From `input_ids`, (1, tokens), to `embedding`, (1, hidden), and `tokens`, (1, tokens, hidden)."""
        build, weights = self.build, self.weights
        x = self.words()
        for number in range(weights.layers):
            x = self.layer(x, f"l{number}")
        mean = build.node("ReduceMean", [x, build.shape(1)], "mean", keepdims=0)
        build.node("LpNormalization", [mean], "embedding", axis=-1, p=2)
        ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
        embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, weights.hidden])
        build.node("Identity", [x], "tokens")
        tokens = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "tokens", weights.hidden])
        graph = helper.make_graph(build.nodes, "multilingual-e5-small", [ids], [embedding, tokens], build.constants)
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def write_graph(weights: Weights, linear: Linear, folder: Path) -> None:
    """Writes `model.onnx` and, beside it, the tensors, which engines map instead of reading."""
    onnx.save_model(
        _Encoder(weights, linear).model(),
        folder / "model.onnx",
        save_as_external_data=True,
        location="model.bin",
        size_threshold=1024,
    )
