#!/usr/bin/python3
"""Writes the tensor files beside it with NumPy and ONNX themselves, so that the readers are tested against the real thing.

Run once with Debian's python3-numpy 1.24 and python3-onnx 1.12; the outputs are committed. The values stand again in
NpyFileTests and TensorProtoFileTests.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

here = pathlib.Path(__file__).resolve().parent


def npy(name, array, version=None):
    with open(here / name, "wb") as file:
        np.lib.format.write_array(file, np.asarray(array), version=version)


npy("float32_2x3.npy", np.array([[1.5, -2, np.nan], [np.inf, 0, 3]], np.float32))
npy("float64_fortran_2x3x4.npy", np.asfortranarray(np.arange(24, dtype=np.float64).reshape(2, 3, 4)))
npy("int16_big_endian.npy", np.array([1, -2, 300], ">i2"))
npy("uint64.npy", np.array([0, 2**64 - 1], np.uint64))
npy("float16.npy", np.array([0.1, -65504], np.float16))
npy("bool.npy", np.array([True, False, True]))
npy("scalar.npy", np.array(7, np.int8))
npy("empty_0x3.npy", np.zeros((0, 3), np.float32))
npy("text_2x2.npy", np.array([["left", "né"], ["", "a b"]]))
npy("bytes_text.npy", np.array([b"go", b"stop"]))
npy("version2.npy", np.array([4, 5], np.int32), version=(2, 0))
npy("version3.npy", np.array([4, 5], np.int32), version=(3, 0))
npy("complex.npy", np.array([1j]))
npy("records.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))


def proto(name, tensor):
    (here / name).write_bytes(tensor.SerializeToString())


proto("float32_typed.pb", helper.make_tensor("x", TensorProto.FLOAT, [3], [0.5, -1, 2]))
proto("float32_raw.pb", numpy_helper.from_array(np.array([[0.5, -1, 2]], np.float32), "x"))
proto("float64_typed.pb", helper.make_tensor("x", TensorProto.DOUBLE, [2], [0.1, -1e300]))
proto("int8_typed.pb", helper.make_tensor("x", TensorProto.INT8, [3], [-128, 0, 127]))
proto("uint32_typed.pb", helper.make_tensor("x", TensorProto.UINT32, [2], [0, 2**32 - 1]))
proto("int64_typed.pb", helper.make_tensor("x", TensorProto.INT64, [2], [-(2**63), 2**63 - 1]))
proto("float16_typed.pb", helper.make_tensor("x", TensorProto.FLOAT16, [2], np.array([0.1, 2], np.float16)))
proto("bool_typed.pb", helper.make_tensor("x", TensorProto.BOOL, [2], [True, False]))
proto("text.pb", helper.make_tensor("words", TensorProto.STRING, [2], [b"left", "né".encode()]))
proto("scalar.pb", helper.make_tensor("x", TensorProto.INT32, [], [-5]))

external = numpy_helper.from_array(np.array([1.0, 2.0], np.float32), "w")
onnx.external_data_helper.set_external_data(external, location="w.bin")
external.ClearField("raw_data")
external.data_location = TensorProto.EXTERNAL
proto("external.pb", external)
