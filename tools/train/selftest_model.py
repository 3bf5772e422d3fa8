#!/usr/bin/python3
"""Writes the tiny int8 QDQ model that is compiled into edge-device for its self-test, with its golden vectors.

Usage: selftest_model.py DIRECTORY   (writes selftest.onnx and selftest.json there; the same bytes every time)
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FEATURES, LABELS = 8, 3


def main(directory: Path) -> None:
    rng = np.random.default_rng(20261120)
    weights = rng.normal(0, 0.5, (LABELS, FEATURES)).astype(np.float32)
    weight_scale = (np.abs(weights).max(axis=1) / 127).astype(np.float32)
    codes = np.clip(np.rint(weights / weight_scale[:, None]), -127, 127).astype(np.int8)
    bias = rng.normal(0, 0.1, LABELS).astype(np.float32)
    input_scale, output_scale = np.float32(4 / 127), np.float32(8 / 127)
    bias_codes = np.rint(bias / (input_scale * weight_scale)).astype(np.int32)

    def init(name, value):
        return numpy_helper.from_array(np.asarray(value), name)

    initializers = [
        init("x_scale", input_scale), init("x_zero", np.int8(0)),
        init("w", codes), init("w_scale", weight_scale), init("w_zero", np.zeros(LABELS, np.int8)),
        init("b", bias_codes), init("b_scale", (input_scale * weight_scale).astype(np.float32)),
        init("b_zero", np.zeros(LABELS, np.int32)),
        init("y_scale", output_scale), init("y_zero", np.int8(0)),
    ]
    nodes = [
        helper.make_node("QuantizeLinear", ["features", "x_scale", "x_zero"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "x_scale", "x_zero"], ["xd"]),
        helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["wd"], axis=0),
        helper.make_node("DequantizeLinear", ["b", "b_scale", "b_zero"], ["bd"], axis=0),
        helper.make_node("Gemm", ["xd", "wd", "bd"], ["y"], transB=1),
        helper.make_node("QuantizeLinear", ["y", "y_scale", "y_zero"], ["yq"]),
        helper.make_node("DequantizeLinear", ["yq", "y_scale", "y_zero"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes, "selftest",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, FEATURES])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, LABELS])],
        initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="edgeruntime")
    model.ir_version = 8
    onnx.checker.check_model(model)
    (directory / "selftest.onnx").write_bytes(model.SerializeToString())

    vectors = []
    for _ in range(4):
        x = rng.normal(0, 1, FEATURES).astype(np.float32)
        xq = np.clip(np.rint(x / input_scale), -128, 127).astype(np.int32)
        total = (codes.astype(np.int32) @ xq + bias_codes).astype(np.float64)
        y = total * input_scale * weight_scale
        logits = np.clip(np.rint(y / output_scale), -128, 127) * output_scale
        vectors.append({"input": [float(v) for v in x], "output": [float(np.float32(v)) for v in logits]})
    golden = {"tolerance": float(output_scale) * 1.5, "vectors": vectors}
    (directory / "selftest.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
