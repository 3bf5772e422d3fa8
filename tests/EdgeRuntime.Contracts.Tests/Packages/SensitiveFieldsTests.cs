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

    private static FeatureCounts Counts(string name) => new()
    {
        Name = name, Counts = [1, 2], Psi = 0, Threshold = 1, Moments = new MomentCounts(),
    };
}
