using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Device.Tests.Configuration;

public sealed class ConfigurationTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static TheoryData<string> Valid => Names("valid");

    public static TheoryData<string> Invalid => Names("invalid");

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_configuration_is_read_without_a_mistake(string name)
    {
        Mistakes mistakes = new();

        (DeviceConfiguration Configuration, string Sha256)? read = ConfigurationReader.Load(Path.Combine(Fixtures, "valid", name), mistakes);

        Assert.Empty(mistakes.Lines());
        Assert.NotNull(read);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Every_mistake_of_an_invalid_configuration_is_listed_with_its_place(string name)
    {
        string path = Path.Combine(Fixtures, "invalid", name);
        string directory = Path.GetDirectoryName(path)!;
        Mistakes mistakes = new();

        object? read = ConfigurationReader.Load(path, mistakes);

        string[] said = [.. mistakes.Lines().Select(line => line.Replace(directory + "/", "", StringComparison.Ordinal))];
        string[] expected = File.ReadAllLines(Path.ChangeExtension(path, ".expected"));
        Assert.Null(read);
        Assert.Equal(expected, said);
    }

    [Fact]
    public void Defaults_stand_where_the_file_is_silent()
    {
        Mistakes mistakes = new();

        DeviceConfiguration configuration = ConfigurationReader.Load(Path.Combine(Fixtures, "valid", "smallest.json"), mistakes)!.Value.Configuration;

        Assert.Equal(1883, configuration.Link.Port);
        Assert.Equal("edge/v1", configuration.Link.Root);
        Assert.Equal(60, configuration.Telemetry.WindowSeconds);
        Assert.Equal("changes", configuration.Telemetry.Predictions);
        Assert.Equal(new DurableOutboxOptions(), configuration.Telemetry.Outbox);
        Assert.Null(configuration.Models[0].Package);
        Assert.Equal(DevelopmentKeys.Refused, configuration.Trust.Development);
    }

    [Fact]
    public void A_profile_named_by_its_path_is_looked_for_from_the_configuration_and_not_from_where_the_program_started()
    {
        Mistakes mistakes = new();

        DeviceConfiguration configuration = ConfigurationReader.Load(Path.Combine(Fixtures, "valid", "profile_by_path.json"), mistakes)!.Value.Configuration;

        Assert.Equal(Path.Combine(Fixtures, "valid", "device-profiles", "some-board.json"), configuration.Profile);
    }

    private static TheoryData<string> Names(string kind) =>
        [.. Directory.EnumerateFiles(Path.Combine(Fixtures, kind), "*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
