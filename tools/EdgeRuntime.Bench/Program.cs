using EdgeRuntime.Onnx;

return InferCommand.Run(args[1..], Console.OpenStandardOutput(), Console.Error, TimeProvider.System);
