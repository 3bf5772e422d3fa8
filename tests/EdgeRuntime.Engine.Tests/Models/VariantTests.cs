using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class VariantTests
{
    private readonly ManualTime _time = new();
    private readonly SimulatedDisk _disk = new();
    private readonly List<TimedModel> _loaded = [];

    [Fact]
    public void The_fastest_of_the_variants_that_answer_rightly_serves_and_the_others_are_disposed_of()
    {
        using LoadedModel model = Verify(Package(exactMs: 2, quantizedMs: 1));

        Assert.Equal("int8", model.Variant!.Name);
        Assert.Equal([2000, 1000], model.Variant.Figures.Select(figure => figure.Microseconds));
        Assert.Equal("variant int8 serves: float32 2000.0 us, int8 1000.0 us", model.Variant.ToString());
        Assert.Equal([true, false], _loaded.Select(runner => runner.IsDisposed));
    }

    [Fact]
    public void Of_variants_that_are_nearly_as_fast_the_first_serves()
    {
        using LoadedModel model = Verify(Package(exactMs: 1, quantizedMs: 0.98));

        Assert.Equal("float32", model.Variant!.Name);
    }

    [Fact]
    public void A_variant_that_answers_wrongly_cannot_serve_however_fast_it_is()
    {
        using LoadedModel model = Verify(Package(exactMs: 2, quantizedMs: 1, quantizedGain: 1.5f));

        Assert.Equal("float32", model.Variant!.Name);
        Assert.Equal(
            "golden vector 0, output 0: 1.5 where 1 is right, within 0.1", model.Variant.Figures[1].Refusal);
    }

    [Fact]
    public void Where_no_variant_answers_rightly_the_package_is_refused_with_the_first_ones_reason_and_nothing_is_left()
    {
        byte[] package = Package(exactMs: 2, quantizedMs: 1, exactGain: 3, quantizedGain: 1.5f);

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(() => Verify(package));

        Assert.Equal("golden vector 0, output 0: 3 where 1 is right, within 0.0001", refused.Detail);
        Assert.All(_loaded, runner => Assert.True(runner.IsDisposed));
    }

    [Fact]
    public void A_choice_is_remembered_and_only_the_chosen_file_is_loaded_the_next_time()
    {
        byte[] package = Package(exactMs: 2, quantizedMs: 1);
        Verify(package, new VariantMemory(_disk, "library 1, processor A")).Dispose();
        _loaded.Clear();

        using LoadedModel again = Verify(package, new VariantMemory(_disk, "library 1, processor A"));

        Assert.True(again.Variant!.Remembered);
        Assert.Equal("variant int8 serves: float32 2000.0 us, int8 1000.0 us (measured before)", again.Variant.ToString());
        Assert.Single(_loaded);
    }

    [Fact]
    public void Another_library_or_processor_is_measured_anew()
    {
        byte[] package = Package(exactMs: 2, quantizedMs: 1);
        Verify(package, new VariantMemory(_disk, "library 1, processor A")).Dispose();

        using LoadedModel again = Verify(package, new VariantMemory(_disk, "library 2, processor A"));

        Assert.False(again.Variant!.Remembered);
    }

    [Theory]
    [InlineData("")]
    [InlineData("edge-variants 1\nint8\nfloat32 -1\nint8 -1\n")]
    [InlineData("edge-variants 1\nelse\nfloat32 2\nint8 1\n")]
    [InlineData("edge-variants 2\nint8\nfloat32 2\nint8 1\n")]
    public void A_memory_that_makes_no_sense_is_measured_over(string content)
    {
        byte[] package = Package(exactMs: 2, quantizedMs: 1);
        Verify(package, new VariantMemory(_disk, "p")).Dispose();
        string file = "cache/variants/" + Assert.Single(_disk.List("cache/variants"));
        _disk.Delete(file);
        _disk.Write(file, 0, System.Text.Encoding.UTF8.GetBytes(content));

        using LoadedModel again = Verify(package, new VariantMemory(_disk, "p"));

        Assert.False(again.Variant!.Remembered);
        Assert.Equal("int8", again.Variant.Name);
    }

    private LoadedModel Verify(byte[] package, VariantMemory? memory = null) => new PackageVerification(
        [TestPackages.ReleaseKey.Public], Load, "1.17.0", new RunnerOptions(), new PackageLimits(), _time, memory)
        .Verify(package, TestPackages.Site, _ => null);

    private TimedModel Load(ReadOnlyMemory<byte> file, RunnerOptions options)
    {
        // The first line is the time of a run in milliseconds, the rest the model.
        int end = file.Span.IndexOf((byte)'\n');
        double ms = double.Parse(file.Span[..end], System.Globalization.CultureInfo.InvariantCulture);
        TimedModel model = new(LinearModel.Load(file[(end + 1)..], options), _time, ms);
        _loaded.Add(model);
        return model;
    }

    private static byte[] Package(double exactMs, double quantizedMs, float exactGain = 1, float quantizedGain = 1.01f)
    {
        ModelManifest manifest = TestPackages.Manifest with
        {
            Model = TestPackages.Manifest.Model with
            {
                Variants =
                [
                    new VariantSpec { Name = "float32", File = "model.onnx" },
                    new VariantSpec { Name = "int8", File = "model.int8.onnx", Tolerance = 0.1 },
                ],
            },
        };
        GoldenVectors golden = new()
        {
            Tolerance = 1e-4,
            Vectors = [new GoldenVector([1, 2], [1, 2]), new GoldenVector([-3, 0.5], [-3, 0.5])],
        };
        Dictionary<string, byte[]> files = new()
        {
            ["model.onnx"] = Timed(exactMs, exactGain),
            ["model.int8.onnx"] = Timed(quantizedMs, quantizedGain),
            [GoldenVectors.FileName] = PackageWriter.Encode(golden),
        };
        return PackageWriter.Pack(manifest, files, TestPackages.ReleaseKey);
    }

    private static byte[] Timed(double ms, float gain) =>
    [
        .. System.Text.Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ms}\n")),
        .. LinearModel.File(2, 2, gain, 0, 0, gain),
    ];

    private sealed class TimedModel(IModelRunner inner, ManualTime time, double ms) : IModelRunner
    {
        public bool IsDisposed { get; private set; }

        public IReadOnlyList<TensorInfo> Inputs => inner.Inputs;

        public IReadOnlyList<TensorInfo> Outputs => inner.Outputs;

        public Span<byte> Input(int index) => inner.Input(index);

        public ReadOnlySpan<byte> Output(int index) => inner.Output(index);

        public void Run()
        {
            inner.Run();
            time.Advance(ms / 1000);
        }

        public void Dispose()
        {
            IsDisposed = true;
            inner.Dispose();
        }
    }
}
