using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class SensitiveFieldsTests
{
    [Fact]
    public void With_a_feature_its_channel_and_all_that_is_computed_from_it_are_sensitive()
    {
        ModelManifest manifest = ManifestReader.ReadModel(Fixture.Bytes("valid", "manifest_quality.json"), new Mistakes())!;
        SensitiveFields fields = SensitiveFields.Of(manifest);

        Assert.Equal(["cpu_busy"], fields.Channels);
        Assert.Equal(["cpu_mean", "cpu_p90"], fields.Features.Order(StringComparer.Ordinal));
        Assert.Equal(("cpu_busy", "drop"), Assert.Single(SensitiveFields.Filters(manifest).Select(filter => (filter.Channel, filter.Filter))));
        Assert.Null(fields.Told(Counts("cpu_p90")).Moments);
        Assert.NotNull(fields.Told(Counts("shake")).Moments);

        MonitoringSpec open = manifest.Monitoring! with { Groups = [.. manifest.Monitoring!.Groups!.Select(group => group with { Sensitive = false })] };
        Assert.Empty(SensitiveFields.Of(manifest with { Monitoring = open }).Features);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("noise")]
    public void Features_of_a_channel_with_a_privacy_filter_are_told_as_counts_alone_and_its_samples_through_the_filter(string filter)
    {
        ModelManifest manifest = ManifestReader.ReadModel(Fixture.Bytes("valid", "manifest_quality.json"), new Mistakes())!;
        PrivacySpec declared = new() { Channel = "vibration", Filter = filter, Scale = filter == "noise" ? 1 : null };
        manifest = manifest with { Monitoring = new MonitoringSpec { Privacy = [declared] } };
        SensitiveFields fields = SensitiveFields.Of(manifest);

        Assert.Equal(["shake"], fields.Features);
        Assert.Null(fields.Told(Counts("shake")).Moments);
        Assert.Null(fields.Told(Counts("shake")).Quantiles);
        Assert.Equal([1, 2], fields.Told(Counts("shake")).Counts);
        Assert.NotNull(fields.Told(Counts("cpu_mean")).Moments);
        Assert.Equal(declared, Assert.Single(SensitiveFields.Filters(manifest)));
    }

    private static FeatureCounts Counts(string name) => new()
    {
        Name = name, Counts = [1, 2], Psi = 0, Threshold = 1, Moments = new MomentCounts(),
    };
}
