using System.Globalization;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>What a device is and has, as far as packages may demand it.</summary>
/// <param name="Architecture">As packages call it, such as <c>arm64</c>.</param>
/// <param name="InstructionSets">By the kernel's names; null where it does not tell.</param>
/// <param name="MemoryMb">Memory that this process may use, MiB.</param>
/// <param name="OnnxRuntime">Version of ONNX Runtime; null where there is none.</param>
public sealed record DeviceFacts(string Architecture, IReadOnlyList<string>? InstructionSets, double MemoryMb, string? OnnxRuntime)
{
    /// <summary>Version of the GNU C library; null where there is another.</summary>
    public string? Glibc { get; init; }

    /// <summary>Everything in which this device is not what a package demands, as sentences; empty when it is.</summary>
    public IReadOnlyList<string> Objections(RequirementSpec? required)
    {
        List<string> objections = [];
        if (required is null)
        {
            return objections;
        }

        if (required.Architectures is { } architectures && !architectures.Contains(Architecture))
        {
            objections.Add($"it is for {string.Join(", ", architectures)} and this device is {Architecture}");
        }

        if (required.InstructionSets is { } sets)
        {
            string[] lacking = [.. sets.Where(set => InstructionSets?.Contains(set) != true)];
            if (lacking.Length > 0)
            {
                objections.Add(InstructionSets is null
                    ? $"it needs {string.Join(", ", sets)}, and the kernel does not tell what this processor can"
                    : $"it needs {string.Join(", ", lacking)}, which this processor does not have");
            }
        }

        if (required.MemoryMb is double memory && !(MemoryMb >= memory))
        {
            objections.Add(string.Create(CultureInfo.InvariantCulture, $"it needs {memory:0.#} MiB of memory and this process may use {MemoryMb:0.#}"));
        }

        if (Version.TryParse(required.MinGlibc, out Version? needed) && !(Version.TryParse(Glibc, out Version? library) && library >= needed))
        {
            objections.Add($"it needs the GNU C library {needed} or newer and this device has {Glibc ?? "another"}");
        }

        AddVersions(required, objections);
        return objections;
    }

    private void AddVersions(RequirementSpec required, List<string> objections)
    {
        bool known = SemanticVersion.TryParse(OnnxRuntime, out SemanticVersion have);
        if (SemanticVersion.TryParse(required.MinOnnxruntime, out SemanticVersion oldest) && !(known && have >= oldest))
        {
            objections.Add($"it needs ONNX Runtime {oldest} or newer and this device has {OnnxRuntime ?? "none"}");
        }

        if (SemanticVersion.TryParse(required.MaxOnnxruntime, out SemanticVersion newest) && !(known && have <= newest))
        {
            objections.Add($"it was not tried with an ONNX Runtime above {newest} and this device has {OnnxRuntime ?? "none"}");
        }
    }
}
