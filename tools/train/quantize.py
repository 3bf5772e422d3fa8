"""Writes a network as ONNX: float, and int8 in QDQ form from calibration statistics.

The exporter of PyTorch 1.13 writes Cast nodes between QuantizeLinear and DequantizeLinear, which keep ONNX Runtime from
fusing them; so the graph is written here node by node.

Weights are int8 with a scale for each output channel, and keep within 7 bits: on x64 processors without VNNI two
products of an unsigned and a signed byte are added in 16 bits and would saturate; 2 * 255 * 64 fits. So the answers are
the same on every processor. Activations are unsigned bytes; the input and the logits stay float32.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import network

WEIGHT_LIMIT = 64
OPSET = 13
QUANTIZED = {"QGemm", "QLinearMatMul", "QLinearConv", "MatMulInteger", "DynamicQuantizeMatMul"}


def finish(nodes: list, initializers: list, name: str, rows: int, features: int, labels: int) -> bytes:
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [rows, features])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [rows, labels])],
        initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="edgeruntime")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


def write_float(layers: list, name: str, rows: int = 1) -> bytes:
    nodes, initializers, value = [], [], "features"
    for i, (weights, bias) in enumerate(layers):
        last = i + 1 == len(layers)
        initializers += [numpy_helper.from_array(weights, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
        output = "logits" if last else f"sum{i}"
        nodes.append(helper.make_node("Gemm", [value, f"w{i}", f"b{i}"], [output], transB=1))
        if not last:
            nodes.append(helper.make_node("Relu", [output], [f"act{i}"]))
            value = f"act{i}"
    return finish(nodes, initializers, name, rows, layers[0][0].shape[1], layers[-1][0].shape[0])


def scales_of(layers: list, calibration: np.ndarray, clip: float) -> list:
    """[(scale, zero point)] of the input and of each hidden layer's output."""
    scales = [(np.float32(2 * clip / 255), 128)]
    for output in network.activations(layers, calibration)[:-1]:
        # The rarest thousandth may saturate: one outlier would cost everybody else their resolution.
        top = max(float(np.quantile(output, 0.9995)), 1e-3)
        scales.append((np.float32(top / 255), 0))
    return scales


def codes_of(weights: np.ndarray):
    """int8 codes and a scale for each row."""
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-8).astype(np.float32) / np.float32(WEIGHT_LIMIT)
    codes = np.clip(np.rint(weights / scale[:, None]), -WEIGHT_LIMIT, WEIGHT_LIMIT).astype(np.int8)
    return codes, scale.astype(np.float32)


def write_int8(layers: list, scales: list, name: str, rows: int = 1) -> bytes:
    nodes, initializers, value = [], [], "features"

    def add(tensor: str, array) -> str:
        initializers.append(numpy_helper.from_array(np.asarray(array), tensor))
        return tensor

    for i, (weights, bias) in enumerate(layers):
        last = i + 1 == len(layers)
        scale, zero = scales[i]
        codes, weight_scale = codes_of(weights)
        bias_scale = (scale * weight_scale).astype(np.float32)
        s, z = add(f"s{i}", scale), add(f"z{i}", np.uint8(zero))
        nodes.append(helper.make_node("QuantizeLinear", [value, s, z], [f"q{i}"]))
        nodes.append(helper.make_node("DequantizeLinear", [f"q{i}", s, z], [f"x{i}"]))
        nodes.append(helper.make_node(
            "DequantizeLinear",
            [add(f"w{i}", codes), add(f"ws{i}", weight_scale), add(f"wz{i}", np.zeros(len(codes), np.int8))], [f"wd{i}"], axis=0))
        nodes.append(helper.make_node(
            "DequantizeLinear",
            [add(f"b{i}", np.rint(bias / bias_scale).astype(np.int32)), add(f"bs{i}", bias_scale),
             add(f"bz{i}", np.zeros(len(codes), np.int32))], [f"bd{i}"], axis=0))
        output = "logits" if last else f"sum{i}"
        nodes.append(helper.make_node("Gemm", [f"x{i}", f"wd{i}", f"bd{i}"], [output], transB=1))
        if not last:
            nodes.append(helper.make_node("Relu", [output], [f"act{i}"]))
            value = f"act{i}"
    return finish(nodes, initializers, name, rows, layers[0][0].shape[1], layers[-1][0].shape[0])


def largest_step(layers: list, scales: list) -> float:
    """How far one code more or less in one hidden unit moves a logit: what another processor's rounding may do."""
    if len(layers) == 1:
        return float(scales[0][0] * np.abs(layers[0][0]).max())
    return float(scales[-1][0] * np.abs(layers[-1][0]).max())


def operators(model: bytes) -> dict:
    counts = {}
    for node in onnx.load_from_string(model).graph.node:
        counts[node.op_type] = counts.get(node.op_type, 0) + 1
    return counts


def check_fused(optimized: bytes, layers: int) -> dict:
    """The operators of an optimized graph; raises when a layer of it still computes in float."""
    counts = operators(optimized)
    quantized = sum(n for op, n in counts.items() if op in QUANTIZED)
    floats = sum(counts.get(op, 0) for op in ("Gemm", "MatMul", "FusedGemm", "Conv", "FusedConv"))
    if quantized != layers or floats:
        raise SystemExit(f"quantize.py: of {layers} layers ONNX Runtime runs {quantized} on quantized kernels; its graph is {counts}")
    return counts
