using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

/// <summary>
/// Expected values: numpy 1.24.2 on <c>x=((i*7919+13)%101)/10-5</c> at 50 Hz. The mel spectra by the formulas that
/// TensorFlow documents for <c>tf.signal</c>, written out with <c>np.fft.rfft</c> and <c>scipy.fft.dct</c>.
/// </summary>
public sealed class SpectralFeatureTests
{
    // A=np.abs(np.fft.rfft(w*(x-x.mean())))/w.sum(); A[1:-1]*=2; w=.5-.5*np.cos(2*np.pi*i/64); A[4:8]
    [Fact]
    public void A_spectrum_holds_the_amplitudes_of_its_lines()
    {
        float[] input = Input(64, Some.Feature("spectrum") with { LowHz = 3.125, HighHz = 6.25 });

        Assert.Equal(4, input.Length);
        Assert.Equal(0.24356216688652926, input[0], 1e-7);
        Assert.Equal(0.2368346135008019, input[1], 1e-7);
        Assert.Equal(0.12456685763990016, input[2], 1e-7);
        Assert.Equal(0.24179487284300374, input[3], 1e-7);
    }

    [Fact]
    public void A_sine_on_a_line_shows_its_amplitude()
    {
        FeaturePipeline pipeline = Some.Pipeline(50, 50, Some.Feature("spectrum") with { LowHz = 10, HighHz = 11 });

        for (int i = 0; i < 50; i++)
        {
            pipeline.Push([3 * Math.Sin(2 * Math.PI * 10 * i / 50), 0]);
        }

        Assert.Equal(3, pipeline.Input[0], 1e-6);
    }

    [Fact]
    public void Log_mel_spectra_are_those_of_tensorflows_definition()
    {
        float[] input = Input(64, Mel("log_mel", new MelSpec { Bands = 4, FrameLength = 24, FrameStep = 20 }));

        double[] expected =
        [
            3.0320139014905294, 3.072245158506966, 2.9324803841875804, 3.700580044808015, 2.05804967141496, 3.204994503199401,
            2.4219978421286625, 3.726650233297668, 2.6559627257597644, 3.2103179686813434, 2.741597041770728, 3.7355318449409,
        ];
        AssertClose(expected, input);
    }

    [Fact]
    public void Cepstral_coefficients_are_those_of_tensorflows_definition()
    {
        MelSpec mel = new() { Bands = 4, FrameLength = 24, FrameStep = 20, FftLength = 32, Power = 2, LogOffset = 1e-3, Coefficients = 3 };

        float[] input = Input(64, Mel("mfcc", mel));

        double[] expected =
        [
            15.049927861743173, -0.8402165741235476, 0.7823017646925157, 14.715240935224099, -1.4222598996967617,
            0.15704370013658406, 14.920671294147335, -1.1495230883741412, 0.4125241677729806,
        ];
        AssertClose(expected, input);
    }

    [Fact]
    public void A_window_without_values_has_no_spectra_and_is_dropped()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            64,
            64,
            Some.Feature("spectrum") with { LowHz = 5, HighHz = 10, Missing = -1 },
            Mel("log_mel", new MelSpec { Bands = 4, FrameLength = 24, FrameStep = 20 }));

        for (int i = 0; i < 64; i++)
        {
            pipeline.Push([double.NaN, 0]);
        }

        Assert.True(pipeline.MustDrop);
        Assert.Equal(-1f, pipeline.Input[0]);
    }

    [Fact]
    public void Every_kind_of_feature_together_allocates_nothing()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            64,
            8,
            Some.Feature("spectrum") with { LowHz = 5, HighHz = 10, Transform = "log1p" },
            Mel("log_mel", new MelSpec { Bands = 4, FrameLength = 24, FrameStep = 20 }),
            Mel("mfcc", new MelSpec { Bands = 8, FrameLength = 32, FrameStep = 16, Coefficients = 4 }),
            Some.Feature("rms") with { Rolling = new RollingSpec { Samples = 20, Statistic = "median" }, Lag = 2, Difference = 1 },
            Some.Feature("mode") with { Categories = ["1", "2"] },
            Some.Feature("mean") with { Bucketize = [-1, 0, 1], MissingPolicy = "hold" },
            Some.Feature("last", "y") with { HashBuckets = 16 },
            new FeatureSpec { Name = "cross", Statistic = "cross", Cross = ["x_mean", "y_last"], HashBuckets = 32 });
        double[] frame = new double[2];
        PushMany(pipeline, frame, 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        PushMany(pipeline, frame, 20_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }

    private static void PushMany(FeaturePipeline pipeline, double[] frame, int count)
    {
        for (int i = 0; i < count; i++)
        {
            frame[0] = Some.Signal(i % 101);
            frame[1] = i % 7 == 0 ? double.NaN : i % 100;
            pipeline.Push(frame);
        }
    }

    private static FeatureSpec Mel(string statistic, MelSpec mel) =>
        Some.Feature(statistic) with { LowHz = 1, HighHz = 25, Mel = mel };

    private static float[] Input(int frames, FeatureSpec spec)
    {
        FeaturePipeline pipeline = Some.Pipeline(frames, frames, spec);
        for (int i = 0; i < frames; i++)
        {
            pipeline.Push([Some.Signal(i), 0]);
        }

        return pipeline.Input.ToArray();
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 2e-6);
        }
    }
}
