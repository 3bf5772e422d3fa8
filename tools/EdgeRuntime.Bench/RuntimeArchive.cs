using System.Text;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Bench;

/// <summary>Runtime packages of the published device under other versions, and of programs that are none.</summary>
internal static class RuntimeArchive
{
    /// <summary>Name of the line.</summary>
    public const string Name = "edge-device";

    /// <summary>The member of a device's configuration that takes them.</summary>
    public const string Members = $$"""
        "updates": { "runtime": "{{Name}}" },
        """;

    /// <summary>The published directory as a package.</summary>
    /// <param name="device">The published program.</param>
    /// <param name="counter">Release counter, and the first part of its version.</param>
    /// <param name="soakSeconds">How long it is on trial.</param>
    public static byte[] Of(string device, long counter, double soakSeconds, SigningKey key)
    {
        string directory = Path.GetDirectoryName(device)!;
        Dictionary<string, byte[]> files = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(directory, file), File.ReadAllBytes);
        return Pack(files, Path.GetFileName(device), counter, soakSeconds, key);
    }

    /// <summary>A program that passes whatever it is asked before it serves, and then does this.</summary>
    /// <param name="serve">What a shell does instead of serving.</param>
    public static byte[] Script(string serve, long counter, SigningKey key) =>
        Program($"#!/bin/sh\ncase $1 in\n  run) {serve} ;;\nesac\n", counter, key);

    /// <summary>A package of one file, whatever that is.</summary>
    public static byte[] Program(string content, long counter, SigningKey key) => Pack(
        new Dictionary<string, byte[]> { ["program"] = Encoding.ASCII.GetBytes(content) }, "program", counter, 120, key);

    private static byte[] Pack(Dictionary<string, byte[]> files, string program, long counter, double soakSeconds, SigningKey key) => PackageWriter.Pack(
        new RuntimeManifest
        {
            Schema = PackageManifest.NewestSchema,
            Name = Name,
            Version = $"{counter}.0.0",
            ReleaseCounter = counter,
            Description = "The program of the device.",
            Kind = PackageManifest.RuntimeKind,
            Program = program,
            Soak = new RuntimeSoakSpec { Seconds = soakSeconds },
            Files = [],
        },
        files,
        key);
}
