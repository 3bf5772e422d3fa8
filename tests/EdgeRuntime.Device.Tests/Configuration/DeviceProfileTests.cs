using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Tests.Configuration;

public sealed class DeviceProfileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-profile-").FullName;

    private static string Here => RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    [Fact]
    public void A_profile_inherits_what_it_does_not_say_itself()
    {
        Write("base", $$"""{ "name": "base", "architecture": "{{Here}}", "inference": { "intra_op_threads": 3 }, "limits": { "package_bytes_max": 4096 } }""");
        Write("board", """{ "inherits": "base", "name": "board", "limits": { "disk_reserve_bytes": 7 } }""");

        DeviceProfile? profile = Load("board", out Mistakes mistakes);

        Assert.Empty(mistakes.Lines());
        Assert.Equal("board", profile!.Name);
        Assert.Equal(3, profile.Inference.IntraOpThreads);
        Assert.Equal(4096, profile.PackageBytesMax);
        Assert.Equal(7, profile.DiskReserveBytes);
    }

    [Fact]
    public void A_profile_that_inherits_from_itself_is_refused()
    {
        Write("a", """{ "inherits": "b", "name": "a" }""");
        Write("b", """{ "inherits": "a", "name": "b" }""");

        DeviceProfile? profile = Load("a", out Mistakes mistakes);

        Assert.Null(profile);
        Assert.Contains("a -> b -> a", Assert.Single(mistakes.Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_profile_is_refused_with_the_names_of_those_there_are()
    {
        Write("board", "{}");

        DeviceProfile? profile = Load("raspberry-pi-9", out Mistakes mistakes);

        Assert.Null(profile);
        Assert.Contains("there are board", Assert.Single(mistakes.Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_for_another_processor_is_refused()
    {
        string other = Here == "x64" ? "arm64" : "x64";
        Write("board", $$"""{ "name": "board", "architecture": "{{other}}" }""");

        DeviceProfile? profile = Load("board", out Mistakes mistakes);

        Assert.Null(profile);
        Assert.Contains($"is {other}, but this machine is {Here}", Assert.Single(mistakes.Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_an_inherited_value_is_told_where_it_stands()
    {
        Write("base", $$"""
            {
              "name": "base",
              "architecture": "{{Here}}",
              "limits": { "package_bytes_max": 7 }
            }
            """);
        Write("board", """
            {
              "inherits": "base", "name": "board",
              "limits": { "disk_reserve_byte": 7 }
            }
            """);

        DeviceProfile? profile = Load("board", out Mistakes mistakes);

        string[] said = [.. mistakes.Lines().Select(line => line.Replace(_directory + "/", "", StringComparison.Ordinal))];
        Assert.Null(profile);
        Assert.Equal(
            [
                "base.json:4:36: limits.package_bytes_max: 7 is outside 1024 to 4294967296",
                "board.json:3:15: limits.disk_reserve_byte: is not known here; did you mean 'disk_reserve_bytes'?",
            ],
            said.Order());
    }

    [Fact]
    public void A_list_replaces_the_inherited_one_and_append_lays_its_entries_behind_it()
    {
        Write("base", $$"""{ "name": "base", "architecture": "{{Here}}", "compatible": ["a", "b"], "memory_bytes": [1048576] }""");
        string set = Here == "x64" ? "avx2" : "asimd";
        Write("board", $$"""
            { "inherits": "base", "name": "board", "compatible": { "append": ["c"] }, "memory_bytes": [2097152],
              "instruction_sets": { "append": ["{{set}}"] }, "inference": { "providers": { "append": [{ "name": "cuda" }] } } }
            """);

        DeviceProfile profile = Load("board", out _)!;

        Assert.Equal(["a", "b", "c"], profile.Compatible);
        Assert.Equal([2097152L], profile.MemoryBytes);
        Assert.Equal([set], profile.InstructionSets);
        Assert.Equal("cuda", Assert.Single(profile.Inference.Providers).Name);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, $"{name}.json"), text);

    private DeviceProfile? Load(string name, out Mistakes mistakes)
    {
        mistakes = new Mistakes();
        return DeviceProfile.Load(name, [_directory], mistakes);
    }
}
