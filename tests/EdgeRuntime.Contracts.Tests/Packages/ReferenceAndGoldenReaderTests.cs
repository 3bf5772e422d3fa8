using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class ReferenceAndGoldenReaderTests
{
    private static readonly ModelManifest Manifest =
        ManifestReader.ReadModel(Fixture.Bytes("valid", "manifest_classification.json"), new Mistakes())!;

    public static TheoryData<string> InvalidReferences => Fixture.Named("invalid", "reference_");

    public static TheoryData<string> InvalidGoldens => Fixture.Named("invalid", "golden_");

    [Theory]
    [MemberData(nameof(InvalidReferences))]
    public void Every_mistake_of_a_reference_profile_is_listed_with_its_place(string name)
    {
        Mistakes mistakes = new();

        Assert.Null(ReferenceReader.Read(Fixture.Bytes("invalid", name), Manifest, mistakes, name));

        Fixture.AssertExpected(name, mistakes.Lines());
    }

    [Theory]
    [MemberData(nameof(InvalidGoldens))]
    public void Every_mistake_of_golden_vectors_is_listed_with_its_place(string name)
    {
        Mistakes mistakes = new();

        Assert.Null(GoldenReader.Read(Fixture.Bytes("invalid", name), Manifest, mistakes, name));

        Fixture.AssertExpected(name, mistakes.Lines());
    }

    [Theory]
    [InlineData("reference.json")]
    [InlineData("reference_quality.json")]
    public void A_right_profile_reads_as_the_platforms_own_serializer_reads_it(string name)
    {
        byte[] utf8 = Fixture.Bytes("valid", name);
        Mistakes mistakes = new();

        ReferenceProfile? profile = ReferenceReader.Read(utf8, Manifest, mistakes);

        Assert.Empty(mistakes.Lines());
        ReferenceProfile expected = JsonSerializer.Deserialize<ReferenceProfile>(utf8, Fixture.Reflection)!;
        Assert.Equal(PackageWriter.Encode(expected), PackageWriter.Encode(profile!));
    }

    [Fact]
    public void Right_golden_vectors_read_as_the_platforms_own_serializer_reads_them()
    {
        byte[] utf8 = Fixture.Bytes("valid", "golden.json");
        Mistakes mistakes = new();

        GoldenVectors? golden = GoldenReader.Read(utf8, Manifest, mistakes);

        Assert.Empty(mistakes.Lines());
        GoldenVectors expected = JsonSerializer.Deserialize<GoldenVectors>(utf8, Fixture.Reflection)!;
        Assert.Equal(PackageWriter.Encode(expected), PackageWriter.Encode(golden!));
    }

    [Theory]
    [InlineData("manifest_regression.json", 1)]
    [InlineData("manifest_reconstruction.json", 21)]
    public void Golden_outputs_are_as_long_as_the_kind_of_output_asks(string manifestName, int outputs)
    {
        ModelManifest manifest = ManifestReader.ReadModel(Fixture.Bytes("valid", manifestName), new Mistakes())!;
        GoldenVectors right = new()
        {
            Tolerance = 0.01,
            Vectors = [new GoldenVector(new double[21], new double[outputs])],
        };
        GoldenVectors wrong = right with { Vectors = [new GoldenVector(new double[21], new double[outputs + 1])] };

        Assert.NotNull(GoldenReader.Read(PackageWriter.Encode(right), manifest, new Mistakes()));
        Assert.Null(GoldenReader.Read(PackageWriter.Encode(wrong), manifest, new Mistakes()));
    }
}
