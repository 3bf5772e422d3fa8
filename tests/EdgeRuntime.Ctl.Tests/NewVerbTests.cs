using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.OnnxFiles;
using EdgeRuntime.Ctl.Starting;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class NewVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LibraryFact]
    public void A_model_and_a_table_become_a_package_that_a_device_takes_and_everything_guessed_is_said()
    {
        Outcome made = New(TinyModel.LargerOfTwo(), Table());

        Assert.Equal("", made.Errors);
        Assert.Equal(0, made.Code);
        ModelManifest manifest = Package().Manifest;
        Assert.Equal(["left", "right"], manifest.Channels.Select(channel => channel.Name));
        Assert.Equal(["Cel", "1"], manifest.Channels.Select(channel => channel.Unit));
        Assert.Equal(["no", "yes"], manifest.Output.Labels);
        Assert.Equal("none", manifest.Output.Activation);
        Assert.Equal(1.0 / 60, manifest.Pipeline.RateHz, 4);
        Assert.Equal(1, manifest.Goals["accuracy"]);
        string card = Encoding.UTF8.GetString(Package().Find("card.md")!.Value.Span);
        Assert.Contains("the classes are no, yes, in this order", card, StringComparison.Ordinal);
        Assert.Contains("guessed:", made.Output, StringComparison.Ordinal);
        Assert.Contains("'state' is the truth", made.Output, StringComparison.Ordinal);
        Assert.Contains("manifest.json: /output/labels", made.Output, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void Devices_that_trust_release_keys_refuse_what_a_development_key_signed_and_say_so()
    {
        New(TinyModel.LargerOfTwo(), Table());
        using SigningKey release = SigningKey.Create();

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(
            () => PackageArchive.Read(File.ReadAllBytes(_cli["out/tiny.edgepkg"]), [release.Public]));
        FormatException key = Assert.Throws<FormatException>(() => VerifyingKey.Load(_cli["out/keys/development.pub.pem"]));

        Assert.Equal(PackageFault.DevelopmentSignature, refused.Fault);
        Assert.Contains("allow_development", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("holds a development key", key.Message, StringComparison.Ordinal);
    }

    [LibraryFact]
    public void A_release_key_takes_the_place_of_the_development_key()
    {
        New(TinyModel.LargerOfTwo(), Table());
        _cli.Run("keygen", "--name", "release", "--output", _cli["keys"]);

        Outcome signed = _cli.Run("sign", _cli["out/tiny.edgepkg"], "--key", _cli["keys/release.key.pem"]);

        Assert.Equal(0, signed.Code);
        Assert.Single(PackageArchive.Read(File.ReadAllBytes(_cli["out/tiny.edgepkg"]), VerifyingKey.Load(_cli["keys/release.pub.pem"])).Signers);
    }

    [LibraryFact]
    public void The_source_that_is_written_packs_again_to_the_same_package()
    {
        New(TinyModel.LargerOfTwo(), Table());

        Outcome packed = _cli.Run("pack", _cli["out/package"], "--output", _cli["again.edgepkg"], "--key", _cli["out/keys/development.key.pem"]);

        Assert.Equal("", packed.Errors);
        Assert.Equal(Package().Id, PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["again.edgepkg"])).Id);
    }

    [LibraryFact]
    public void The_configuration_replays_the_data_and_trusts_the_projects_own_key_alone()
    {
        New(TinyModel.LargerOfTwo(), Table());

        using JsonDocument edge = JsonDocument.Parse(File.ReadAllText(_cli["out/edge.json"]));
        JsonElement sensor = edge.RootElement.GetProperty("models")[0].GetProperty("sensor");
        Assert.True(edge.RootElement.GetProperty("trust").GetProperty("allow_development").GetBoolean());
        Assert.Equal("recording.csv", sensor.GetProperty("path").GetString());
        Assert.Equal(300, sensor.GetProperty("speed").GetDouble());
        Assert.StartsWith("unix_ms,left[Cel],right[1],label\n1772323200000,0,5,yes\n", File.ReadAllText(_cli["out/recording.csv"]), StringComparison.Ordinal);
    }

    [LibraryFact]
    public void Every_mistake_of_a_table_is_listed_with_line_and_column_and_nothing_is_written()
    {
        string table = Table().Replace("\n2026-03-01 00:02:00,2,3", "\n2026-03-01 00:02:00,2,abc", StringComparison.Ordinal)
            + "2026-03-01 09:00:00,1\n";

        Outcome refused = New(TinyModel.LargerOfTwo(), table);

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Contains("data.csv:4:23: right: 'abc' is not a finite number", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("data.csv:42:1: the row has 2 fields where others have 4", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(["data.csv", "tiny.onnx"], Directory.EnumerateFileSystemEntries(_cli.Root).Select(Path.GetFileName).Order());
    }

    [LibraryFact]
    public void Columns_that_do_not_explain_the_input_are_refused_with_the_flags_that_resolve_it()
    {
        Outcome refused = New(TinyModel.LargerOfTwo(), "a,b,c,d\n1,2,3,4\n2,3.5,4,5\n");
        Outcome named = New(TinyModel.LargerOfTwo(), "a,b,c,d\n1,2,3,4\n2,3.5,4,5\n", "--channels", "d,b");

        Assert.Equal(ExitCode.Data, refused.Code);
        Assert.Contains("takes 2 values", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("(a, b, c, d); name those that it takes, in its order, with --channels", refused.Errors, StringComparison.Ordinal);
        Assert.True(named.Errors.Length == 0, named.Errors);
        Assert.Equal(["d", "b"], Package().Manifest.Channels.Select(channel => channel.Name));
    }

    [LibraryFact]
    public void A_table_without_a_header_and_with_gaps_is_read()
    {
        Outcome made = New(TinyModel.LargerOfTwo(), "1;2,5;no\n3;NA;no\n1,5;9;yes\n0;4;yes\n");

        Assert.Equal("", made.Errors);
        Assert.Equal(["c0", "c1"], Package().Manifest.Channels.Select(channel => channel.Name));
        Assert.StartsWith("c0[1],c1[1],label\n1,2.5,no\n3,,no\n", File.ReadAllText(_cli["out/recording.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_that_differ_only_beyond_what_a_name_may_hold_become_different_names()
    {
        string head = new('a', 70);

        DataTable table = DataTable.Read("t.csv", Encoding.UTF8.GetBytes($"{head}1,{head}2\n1,2\n"), new Mistakes())!;

        Assert.Equal([new string('a', 63), new string('a', 61) + "_2"], table.Columns.Select(column => column.Name));
    }

    [LibraryFact]
    public void A_long_input_becomes_a_window_of_rows()
    {
        Outcome made = New(TinyModel.Sum(4), "value\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{i}\n")));

        Assert.Equal("", made.Errors);
        Assert.Equal(4, Package().Manifest.Pipeline.WindowFrames);
        Assert.Equal("raw", Package().Manifest.Pipeline.Features[0].Statistic);
        Assert.Equal(1.5, Package().Golden.Vectors[0].Output[0], 3);
    }

    [LibraryFact]
    public void A_scaling_that_the_truth_speaks_for_is_taken()
    {
        // Told apart around the mean of each column only: 1000 and 1 lie far from each other.
        StringBuilder table = new("big,small,class\n");
        for (int i = 0; i < 60; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"{1000 + (i % 7)},{(i * 3 % 7) / 10.0},{(i % 7 - 3 < ((i * 3) % 7) - 3 ? "up" : "down")}\n");
        }

        Outcome made = New(TinyModel.LargerOfTwo(softmax: false), table.ToString(), "--labels", "down,up");

        Assert.Equal("", made.Errors);
        Assert.NotEqual(0, Package().Manifest.Pipeline.Features[0].Center);
        Assert.Equal("softmax", Package().Manifest.Output.Activation);
    }

    [LibraryFact]
    public void A_directory_is_written_again_only_when_asked_and_then_counts_the_release_up()
    {
        New(TinyModel.LargerOfTwo(), Table());
        string key = File.ReadAllText(_cli["out/keys/development.key.pem"]);

        Outcome refused = New(TinyModel.LargerOfTwo(), Table());
        Outcome forced = New(TinyModel.LargerOfTwo(), Table(), "--force");

        Assert.Equal(ExitCode.CannotCreate, refused.Code);
        Assert.Equal("", forced.Errors);
        Assert.Equal(2, Package().Manifest.ReleaseCounter);
        Assert.Equal(key, File.ReadAllText(_cli["out/keys/development.key.pem"]));
    }

    [LibraryFact]
    public void A_float_model_becomes_an_int8_one_that_answers_alike()
    {
        Random random = new(3);
        float[] first = [.. Enumerable.Range(0, 2 * 16).Select(_ => (float)random.NextDouble() - 0.5f)];
        float[] second = [.. Enumerable.Range(0, 16 * 3).Select(_ => (float)random.NextDouble() - 0.5f)];

        Outcome made = New(TinyModel.Layers(first, second, 2, 16, 3), Table(), "--channels", "left,right", "--quantize");

        Assert.Equal("", made.Errors);
        Assert.Contains("2 of 2 layers on integer kernels", made.Output, StringComparison.Ordinal);
        OnnxFile model = OnnxFile.TryParse(Package().Model.ToArray())!;
        Assert.Equal(6, model.Nodes.Count(node => node.Op is "QuantizeLinear" or "DequantizeLinear"));
        Assert.DoesNotContain("w1", model.Constants.Keys);
    }

    [LibraryFact]
    public void An_int8_model_that_would_answer_otherwise_is_not_taken()
    {
        // Beside weights of 1000 one of 0.5 is nothing in 8 bits, and it alone tells the two classes apart.
        float[] second = [1000, 1000, 0, 0.5f];

        Outcome made = New(TinyModel.Layers([1, 0, 0, 1], second, 2, 2, 2), Table(), "--channels", "left,right", "--quantize", "--scaling", "none");

        Assert.Equal("", made.Errors);
        Assert.Contains("not quantized, because it would answer otherwise", made.Output, StringComparison.Ordinal);
        Assert.Contains("w1", OnnxFile.TryParse(Package().Model.ToArray())!.Constants.Keys);
    }

    private ModelPackage Package() => PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["out/tiny.edgepkg"])).AsModel();

    private Outcome New(byte[] model, string table, params string[] more)
    {
        File.WriteAllBytes(_cli["tiny.onnx"], model);
        _cli.Write("data.csv", table);
        return _cli.Run(["new", _cli["tiny.onnx"], "--data", _cli["data.csv"], "--output", _cli["out"], .. more]);
    }

    // The class is that of the larger value.
    private static string Table()
    {
        StringBuilder table = new("time,left (°C),right,state\n");
        for (int i = 0; i < 40; i++)
        {
            (int left, int right) = (i % 9, i % 2 == 0 ? 5 - (i % 5) : i % 7);
            string state = right > left ? "yes" : left > right ? "no" : "";
            table.Append(CultureInfo.InvariantCulture, $"2026-03-01 00:{i:00}:00,{left},{right},{state}\n");
        }

        return table.ToString();
    }
}
