using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class ManifestReaderTests
{
    public static TheoryData<string> Invalid => Fixture.Named("invalid", "manifest_");

    public static TheoryData<string> Valid => Fixture.Named("valid", "manifest_");

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Every_mistake_of_a_manifest_is_listed_with_its_place(string name)
    {
        Mistakes mistakes = new();

        PackageManifest? manifest = ManifestReader.Read(Fixture.Bytes("invalid", name), mistakes, name);

        Assert.Null(manifest);
        Fixture.AssertExpected(name, mistakes.Lines());
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_right_manifest_reads_as_the_platforms_own_serializer_reads_it(string name)
    {
        byte[] utf8 = Fixture.Bytes("valid", name);
        Mistakes mistakes = new();

        PackageManifest? manifest = ManifestReader.Read(utf8, mistakes, name);

        Assert.Empty(mistakes.Lines());
        PackageManifest expected = (PackageManifest)JsonSerializer.Deserialize(utf8, manifest!.GetType(), Fixture.Reflection)!;
        Assert.Equal(Text(expected), Text(manifest!));
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_manifest_that_is_written_reads_back_the_same(string name)
    {
        PackageManifest manifest = ManifestReader.Read(Fixture.Bytes("valid", name), new Mistakes())!;
        Mistakes mistakes = new();

        PackageManifest? again = ManifestReader.Read(PackageWriter.Encode(manifest), mistakes);

        Assert.Empty(mistakes.Lines());
        Assert.Equal(Text(manifest), Text(again!));
    }

    [Fact]
    public void A_source_manifest_may_leave_its_files_to_be_filled_in_and_a_packed_one_may_not()
    {
        byte[] utf8 = Fixture.Bytes("valid", "source_manifest.json");
        Mistakes mistakes = new();

        Assert.NotNull(ManifestReader.ReadModel(utf8, new Mistakes(), form: ManifestForm.Source));
        Assert.Null(ManifestReader.ReadModel(utf8, mistakes));

        Assert.Equal("manifest.json:1:1: files: is missing; it must be an array in [ ]", mistakes[0].ToString());
    }

    [Fact]
    public void The_length_of_the_input_counts_a_whole_window_for_each_raw_feature()
    {
        ModelManifest manifest =
            ManifestReader.ReadModel(Fixture.Bytes("valid", "manifest_regression.json"), new Mistakes())!;

        Assert.Equal(20 + 1, manifest.Pipeline.InputLength());
    }

    [Fact]
    public void A_manifest_of_another_kind_is_no_mistake_but_where_a_model_is_needed()
    {
        Mistakes mistakes = new();

        Assert.Null(ManifestReader.ReadModel(Fixture.Bytes("valid", "manifest_configuration.json"), mistakes));

        Assert.Equal("manifest.json: is the manifest of a package of the kind config, and a model is needed here", Assert.Single(mistakes.Lines()));
    }

    private static string Text(PackageManifest manifest) =>
        JsonSerializer.Serialize(manifest, WireJson.Default.PackageManifest);
}
