namespace EdgeRuntime.Onnx.Tests;

// The raw messages are what libonnxruntime 1.30.0 returns, recorded through its C API.
public sealed class RuntimeMessageTests
{
    [Theory]
    [InlineData(
        "/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const "
        + "onnxruntime::PathString&, const onnxruntime::IOnnxRuntimeOpSchemaRegistryList*, const "
        + "onnxruntime::logging::Logger&, const onnxruntime::ModelOptions&) Unsupported model IR version: 99, max "
        + "supported IR version: 13\n",
        "the model is written in version 99 of the ONNX format and ONNX Runtime 1.30.0 reads up to 13; update the library, "
        + "or export the model with an older one")]
    [InlineData(
        "Non-zero status code returned while running Concat node. Name:'' Status Message: concatbase.h:133 "
        + "PrepareForComputeImpl Non concat axis dimensions must match: Axis 0 has mismatched dimensions of 3 and 1",
        "operator Concat failed: Non concat axis dimensions must match: Axis 0 has mismatched dimensions of 3 and 1")]
    [InlineData(
        "Non-zero status code returned while running Reshape node. Name:'a' Status Message: "
            + "/onnxruntime_src/onnxruntime/"
        + "core/providers/cpu/tensor/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const "
        + "onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size "
        + "was false. The input tensor cannot be reshaped to the requested shape. Input shape:{1,7}, requested "
        + "shape:{2,2}\n",
        "operator Reshape failed: The input tensor cannot be reshaped to the requested shape. Input shape:{1,7}, "
        + "requested shape:{2,2}")]
    [InlineData(
        "Exception during initialization: "
            + "/onnxruntime_src/onnxruntime/core/providers/cpu/text/string_normalizer.cc:235 "
        + "onnxruntime::StringNormalizer::Locale::Locale(const std::string&)::<lambda()> Failed to construct locale "
            + "with "
        + "name:en_US.UTF-8\n",
        "the model handles text by the rules of en_US.UTF-8, which this system does not have; install them (Debian: apt-get "
        + "install locales-all)")]
    [InlineData(
        "Fatal error: ai.onnx.contrib:StringUpper(-1) is not a registered function/op",
        "the model uses an operator that ONNX Runtime 1.30.0 does not have (ai.onnx.contrib:StringUpper(-1)); custom "
        + "operators are not supported")]
    [InlineData(
        "Got invalid dimensions for input: input_1 for the following indices\n index: 1 Got: 7 Expected: 490\n Please "
            + "fix "
        + "either the inputs/outputs or the model.",
        "Got invalid dimensions for input: input_1 for the following indices index: 1 Got: 7 Expected: 490 Please fix "
        + "either the inputs/outputs or the model")]
    [InlineData(
        "This is an invalid model. In Node, (\"\", Later, \"\", -1) : (\"x\": tensor(float),) -> (\"y\": tensor(float),) , "
        + "Error No Op registered for Later with domain_version of 13",
        "the model uses an operator that ONNX Runtime 1.30.0 does not have (Later of operator set 13); update the library, or "
        + "export the model with an older operator set")]
    [InlineData(
        "Could not find an implementation for Cast(25) node with name 'c'",
        "ONNX Runtime 1.30.0 has no Cast for the element types with which the model uses it: Could not find an implementation "
        + "for Cast(25) node with name 'c'")]
    [InlineData(
        "Exception during loading: /onnxruntime_src/onnxruntime/core/framework/data_types.cc:1158 static const "
        + "onnxruntime::DataTypeImpl* onnxruntime::DataTypeImpl::TypeFromProto(const onnx::TypeProto&) MLDataType for: "
        + "tensor(complex64) is not currently registered or supported",
        "the model has complex64 tensors, which ONNX Runtime 1.30.0 cannot hold; split them into real and imaginary parts")]
    [InlineData("", "ONNX Runtime failed and gave no reason")]
    public void A_message_of_the_library_becomes_one_sentence_without_its_source(string raw, string expected)
    {
        Assert.Equal(expected, RuntimeMessage.ToSentence(raw, "1.30.0"));
    }
}
