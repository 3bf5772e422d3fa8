using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Tests.Configuration;

/// <summary>Each folder holds a profile named board, what it inherits from, and every mistake that is to be told.</summary>
public sealed class InvalidProfileTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures", "invalid-profiles");

    public static TheoryData<string> Folders => [.. Directory.EnumerateDirectories(Fixtures).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_mistake_of_an_invalid_profile_and_of_those_it_inherits_from_is_listed_with_its_file_and_place(string folder)
    {
        string directory = Path.Combine(Fixtures, folder);
        Mistakes mistakes = new();

        DeviceProfile? profile = DeviceProfile.Inspect("board", [directory], mistakes);

        Assert.Null(profile);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(directory, "expected")),
            mistakes.Lines().Select(line => line.Replace(directory + "/", "", StringComparison.Ordinal)));
    }
}
