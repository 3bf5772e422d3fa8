using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Onnx.Tests;

public sealed class GraphCacheTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private readonly string _directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [LibraryFact]
    public void A_model_comes_optimized_out_of_the_cache_the_second_time_and_answers_the_same()
    {
        GraphCache cache = new(_directory, Key);

        (bool FromCache, float Answer) first = LoadAndRun(cache);
        (bool FromCache, float Answer) second = LoadAndRun(cache);

        Assert.Equal((false, true), (first.FromCache, second.FromCache));
        Assert.Equal(first.Answer, second.Answer);
        Assert.Single(Directory.GetFiles(_directory));
    }

    [LibraryFact]
    public void A_graph_that_somebody_changed_is_not_loaded_and_built_again()
    {
        GraphCache cache = new(_directory, Key);
        LoadAndRun(cache);
        string file = Directory.GetFiles(_directory)[0];
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);

        (bool fromCache, float answer) = LoadAndRun(cache);

        Assert.False(fromCache);
        Assert.Equal(1, cache.Rejected);
        Assert.Equal(3, answer);
        Assert.True(LoadAndRun(cache).FromCache);
    }

    [LibraryFact]
    public void A_graph_of_another_devices_key_is_not_loaded()
    {
        LoadAndRun(new GraphCache(_directory, Key));

        Assert.False(LoadAndRun(new GraphCache(_directory, new byte[32])).FromCache);
    }

    [LibraryFact]
    public void An_encrypted_cache_removes_what_is_plain_and_keeps_no_part_of_a_graph_readable()
    {
        LoadAndRun(new GraphCache(_directory, Key));
        byte[] plain = File.ReadAllBytes(Directory.GetFiles(_directory)[0]);
        GraphCache cache = new(_directory, Key, encrypts: true);

        Assert.Empty(Directory.GetFiles(_directory));
        Assert.Equal((false, 3), LoadAndRun(cache));
        Assert.Equal((true, 3), LoadAndRun(new GraphCache(_directory, Key, encrypts: true)));
        byte[] encrypted = File.ReadAllBytes(Assert.Single(Directory.GetFiles(_directory)));
        Assert.DoesNotContain(
            Enumerable.Range(40, plain.Length - 56), at => encrypted.AsSpan().IndexOf(plain.AsSpan(at, 16)) >= 0);

        encrypted[^1] ^= 1;
        File.WriteAllBytes(Directory.GetFiles(_directory)[0], encrypted);
        Assert.Equal((false, 3), LoadAndRun(cache));
    }

    [LibraryFact]
    public void What_is_not_used_for_longest_goes_when_the_cache_is_full()
    {
        GraphCache wide = new(_directory, Key);
        LoadAndRun(wide, size: 3);
        long one = new FileInfo(Directory.GetFiles(_directory)[0]).Length;
        GraphCache narrow = new(_directory, Key, bytesMax: (2 * one) + 64);
        LoadAndRun(narrow, size: 4);
        foreach (string file in Directory.GetFiles(_directory))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        }

        LoadAndRun(narrow, size: 3);
        LoadAndRun(narrow, size: 5);

        Assert.Equal(2, Directory.GetFiles(_directory).Length);
        Assert.True(LoadAndRun(narrow, size: 3).FromCache);
    }

    [LibraryFact]
    public void A_directory_that_is_gone_keeps_no_model_from_serving_and_is_told()
    {
        GraphCache cache = new(_directory, Key);
        Directory.Delete(_directory);

        using IModelRunner runner = Load(cache, 3);

        Assert.Equal("the optimized graph is not kept: the library could not write it", Assert.Single(runner.Report.Fallbacks));
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private static OnnxRunner Load(GraphCache cache, int size)
    {
        // The environment is the process's only one; a loader over it takes any cache.
        SessionLoad loaded = Surroundings.Environment.LoadWith(cache, ModelBytes.Relu(size), new RunnerOptions());
        return new OnnxRunner(
            loaded.Session,
            new RunnerOptions(),
            new Dictionary<string, Contracts.Packages.QuantizationSpec>(),
            new RunnerReport(loaded.Providers, loaded.Fallbacks, 0, loaded.FromCache));
    }

    private static (bool FromCache, float Answer) LoadAndRun(GraphCache cache, int size = 3)
    {
        using IModelRunner runner = Load(cache, size);
        BitConverter.TryWriteBytes(runner.Input(0), 3f);
        runner.Run();
        return (runner.Report.FromCache, BitConverter.ToSingle(runner.Output(0)));
    }
}
