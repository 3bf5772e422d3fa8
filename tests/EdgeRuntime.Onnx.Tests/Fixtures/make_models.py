#!/usr/bin/python3
"""Writes the small models beside it. Needs Debian's python3-onnx; run it again after a change, and commit what it wrote.

Tree ensembles have the form in which scikit-learn (skl2onnx) and LightGBM (onnxmltools) are exported: one operator of the
domain ai.onnx.ml, a label and probabilities, and with ZipMap a sequence of maps.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING


def save(name, nodes, inputs, outputs, initializers=(), ml=False, opset=13):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    imports = [helper.make_opsetid("", opset)] + ([helper.make_opsetid("ai.onnx.ml", 1)] if ml else [])
    model = helper.make_model(graph, opset_imports=imports, ir_version=7, producer_name="edgeruntime-tests")
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def tensor(name, element, shape):
    return helper.make_tensor_value_info(name, element, shape)


def trees():
    """Two trees over [x0, x1]: node 0 splits x0 at 0.5, its false branch splits x1 at 2; three leaves each."""
    nodes = {"treeids": [], "nodeids": [], "featureids": [], "modes": [], "values": [], "truenodeids": [],
             "falsenodeids": [], "hitrates": [], "missing_value_tracks_true": []}
    for tree in (0, 1):
        for node, (feature, mode, value, true, false) in enumerate([
                (0, "BRANCH_LEQ", 0.5, 1, 2), (0, "LEAF", 0.0, 0, 0), (1, "BRANCH_LEQ", 2.0, 3, 4),
                (0, "LEAF", 0.0, 0, 0), (0, "LEAF", 0.0, 0, 0)]):
            for key, cell in zip(nodes, (tree, node, feature, mode, value, true, false, 1.0, 0)):
                nodes[key].append(cell)
    return {f"nodes_{key}": cells for key, cells in nodes.items()}


def classifier(name, labels, zipmap):
    """As skl2onnx writes a random forest: each leaf gives its share of every class, divided by the number of trees; of two
    classes only the share of the second, under id 0."""
    shares = {(0, 1): (0.8, 0.2, 0), (0, 3): (0.4, 0.6, 0), (0, 4): (0.0, 0.5, 0.5),
              (1, 1): (0.6, 0.4, 0), (1, 3): (0.5, 0.5, 0), (1, 4): (0.2, 0.1, 0.7)}
    if len(labels) == 2:
        leaves = [(tree, node, 0, (share[1] + share[2]) / 2) for (tree, node), share in shares.items()]
    else:
        leaves = [(tree, node, number, cell / 2) for (tree, node), share in shares.items()
                  for number, cell in enumerate(share)]
    key = "classlabels_strings" if isinstance(labels[0], str) else "classlabels_int64s"
    probabilities = "probabilities"
    nodes = [helper.make_node(
        "TreeEnsembleClassifier", ["X"], ["label", probabilities], domain="ai.onnx.ml", post_transform="NONE",
        class_treeids=[leaf[0] for leaf in leaves], class_nodeids=[leaf[1] for leaf in leaves],
        class_ids=[leaf[2] for leaf in leaves], class_weights=[leaf[3] for leaf in leaves], **{key: labels}, **trees())]
    element = STRING if isinstance(labels[0], str) else INT64
    outputs = [tensor("label", element, [None])]
    if zipmap:
        nodes.append(helper.make_node(
            "ZipMap", [probabilities], ["output_probability"], domain="ai.onnx.ml", **{key: labels}))
        mapped = onnx.ValueInfoProto(name="output_probability")
        of_map = mapped.type.sequence_type.elem_type.map_type
        of_map.key_type = element
        of_map.value_type.tensor_type.elem_type = FLOAT
        outputs.append(mapped)
    else:
        outputs.append(tensor(probabilities, FLOAT, [None, len(labels)]))
    save(name, nodes, [tensor("X", FLOAT, [None, 2])], outputs, ml=True)


def lightgbm_binary():
    """As onnxmltools writes a LightGBM classifier of two classes: the leaves add up to the log odds of the second."""
    margins = {(0, 1): -1.5, (0, 3): 0.25, (0, 4): 1.0, (1, 1): -0.5, (1, 3): 0.25, (1, 4): 2.0}
    node = helper.make_node(
        "TreeEnsembleClassifier", ["input"], ["label", "probabilities"], domain="ai.onnx.ml", post_transform="LOGISTIC",
        class_treeids=[tree for tree, _ in margins], class_nodeids=[leaf for _, leaf in margins],
        class_ids=[0] * len(margins), class_weights=list(margins.values()), classlabels_int64s=[0, 1], **trees())
    save("lightgbm_binary", [node], [tensor("input", FLOAT, [None, 2])],
         [tensor("label", INT64, [None]), tensor("probabilities", FLOAT, [None, 2])], ml=True)


def lightgbm_regressor():
    """As onnxmltools writes a LightGBM regressor: the leaves add up to the value."""
    values = {(0, 1): 10.0, (0, 3): 20.0, (0, 4): 30.0, (1, 1): 1.0, (1, 3): 2.0, (1, 4): 3.0}
    node = helper.make_node(
        "TreeEnsembleRegressor", ["input"], ["variable"], domain="ai.onnx.ml", post_transform="NONE", n_targets=1,
        target_treeids=[tree for tree, _ in values], target_nodeids=[leaf for _, leaf in values],
        target_ids=[0] * len(values), target_weights=list(values.values()), **trees())
    save("lightgbm_regressor", [node], [tensor("input", FLOAT, [None, 2])], [tensor("variable", FLOAT, [None, 1])], ml=True)


def scalar(name, value, kind):
    return numpy_helper.from_array(np.array(value, kind), name)


def quantized():
    """y = x W twice with the same weights: QDQ with int8 ends, and QOperator with uint8 ends."""
    weights = np.array([[10, -20], [30, 40]], np.int8)
    common = [scalar("x_scale", 0.05, np.float32), scalar("w_scale", 0.01, np.float32),
              scalar("w_zero", 0, np.int8), scalar("y_scale", 0.1, np.float32), numpy_helper.from_array(weights, "w")]
    save("qdq_int8", [
        helper.make_node("DequantizeLinear", ["x", "x_scale", "x_zero"], ["x_real"]),
        helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["w_real"]),
        helper.make_node("MatMul", ["x_real", "w_real"], ["y_real"]),
        helper.make_node("QuantizeLinear", ["y_real", "y_scale", "y_zero"], ["y"])],
        [tensor("x", TensorProto.INT8, [1, 2])], [tensor("y", TensorProto.INT8, [1, 2])],
        common + [scalar("x_zero", 3, np.int8), scalar("y_zero", -7, np.int8)])
    save("qoperator_uint8", [
        helper.make_node("QLinearMatMul", ["x", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero"], ["y"])],
        [tensor("x", TensorProto.UINT8, [1, 2])], [tensor("y", TensorProto.UINT8, [1, 2])],
        common + [scalar("x_zero", 128, np.uint8), scalar("y_zero", 100, np.uint8)])


def half():
    """y = relu(x W) in float16."""
    weights = numpy_helper.from_array(np.array([[0.5, -1], [2, 0.25]], np.float16), "w")
    save("float16", [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node("Relu", ["z"], ["y"])],
         [tensor("x", TensorProto.FLOAT16, [None, 2])], [tensor("y", TensorProto.FLOAT16, [None, 2])], [weights])


def stateful():
    """An accumulator: total' = total + gain * x, mean of the row beside it; gain is a scalar input."""
    save("accumulator", [
        helper.make_node("Mul", ["x", "gain"], ["scaled"]),
        helper.make_node("Add", ["total", "scaled"], ["total_next"]),
        helper.make_node("ReduceMean", ["total_next"], ["mean"], keepdims=0)],
        [tensor("x", FLOAT, [1, 2]), tensor("total", FLOAT, [1, 2]), tensor("gain", FLOAT, [])],
        [tensor("mean", FLOAT, []), tensor("total_next", FLOAT, [1, 2])])


def main():
    classifier("forest_int64_labels", [0, 1], zipmap=False)
    classifier("forest_three_classes", [10, 20, 30], zipmap=False)
    classifier("forest_string_labels", ["idle", "busy"], zipmap=False)
    classifier("forest_zipmap", [0, 1], zipmap=True)
    lightgbm_binary()
    lightgbm_regressor()
    quantized()
    half()
    stateful()


main()
