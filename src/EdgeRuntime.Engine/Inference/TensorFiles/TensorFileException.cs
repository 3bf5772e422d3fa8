namespace EdgeRuntime.Engine.Inference.TensorFiles;

/// <summary>
/// A tensor file is malformed, or does not fit the model. The message is one sentence that says where.
/// </summary>
public sealed class TensorFileException(string message) : Exception(message);
