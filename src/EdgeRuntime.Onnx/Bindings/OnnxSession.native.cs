// This file is the whole seam: the property Bindings decides whether it or its sibling over the NuGet package is compiled,
// and nothing else changes.
global using OnnxSession = EdgeRuntime.Onnx.Native.NativeSession;
