using System.Runtime.InteropServices;

namespace EdgeRuntime.Onnx.Native;

/// <summary>Execution providers over the C API: which there are, and how each is switched on.</summary>
internal static unsafe class Providers
{
    /// <summary>Those the library was built with, by its names; the processor's own comes last.</summary>
    public static IReadOnlyList<string> Available(OrtEnvironment environment)
    {
        byte** names;
        int count;
        environment.CheckLoad(environment.Library.Api.GetAvailableProviders(&names, &count));
        string[] available = new string[count];
        for (int i = 0; i < count; i++)
        {
            available[i] = Marshal.PtrToStringUTF8((nint)names[i]) ?? "";
        }

        environment.CheckLoad(environment.Library.Api.ReleaseAvailableProviders(names, count));
        return available;
    }

    /// <summary>Switches one on for a session to come.</summary>
    /// <exception cref="Engine.Inference.ModelLoadException">The library refuses, often for a missing driver.</exception>
    public static void Append(OrtEnvironment environment, OrtSessionOptions* options, ProviderRegistration provider)
    {
        List<Utf8Text> texts = [];
        byte** keys = (byte**)NativeMemory.AllocZeroed((nuint)(provider.Settings.Count + 1), (nuint)sizeof(void*));
        byte** values = (byte**)NativeMemory.AllocZeroed((nuint)(provider.Settings.Count + 1), (nuint)sizeof(void*));
        try
        {
            int count = 0;
            foreach ((string key, string value) in provider.Settings)
            {
                texts.Add(new Utf8Text(key));
                keys[count] = texts[^1].Start;
                texts.Add(new Utf8Text(value));
                values[count++] = texts[^1].Start;
            }

            Append(environment, options, provider, keys, values, (nuint)count);
        }
        finally
        {
            NativeMemory.Free(keys);
            NativeMemory.Free(values);
            texts.ForEach(text => text.Dispose());
        }
    }

    private static void Append(
        OrtEnvironment environment,
        OrtSessionOptions* options,
        ProviderRegistration provider,
        byte** keys,
        byte** values,
        nuint count)
    {
        OrtApi api = environment.Library.Api;
        OrtProviderOptions* created = null;
        try
        {
            if (provider.Kind == ProviderKind.Cuda)
            {
                environment.CheckLoad(api.CreateCUDAProviderOptions(&created));
                environment.CheckLoad(api.UpdateCUDAProviderOptions(created, keys, values, count));
                environment.CheckLoad(api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, created));
            }
            else if (provider.Kind == ProviderKind.TensorRt)
            {
                environment.CheckLoad(api.CreateTensorRTProviderOptions(&created));
                environment.CheckLoad(api.UpdateTensorRTProviderOptions(created, keys, values, count));
                environment.CheckLoad(api.SessionOptionsAppendExecutionProvider_TensorRT_V2(options, created));
            }
            else
            {
                using Utf8Text name = new(provider.Registration);
                environment.CheckLoad(
                    api.SessionOptionsAppendExecutionProvider(options, name.Start, keys, values, count));
            }
        }
        finally
        {
            if (created is not null && provider.Kind == ProviderKind.Cuda)
            {
                api.ReleaseCUDAProviderOptions(created);
            }
            else if (created is not null)
            {
                api.ReleaseTensorRTProviderOptions(created);
            }
        }
    }
}
