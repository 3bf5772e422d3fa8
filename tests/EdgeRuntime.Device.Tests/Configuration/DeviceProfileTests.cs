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
        Assert.Equal(3, profile.IntraOpThreads);
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

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, $"{name}.json"), text);

    private DeviceProfile? Load(string name, out Mistakes mistakes)
    {
        mistakes = new Mistakes();
        return DeviceProfile.Load(name, [_directory], mistakes);
    }
}
