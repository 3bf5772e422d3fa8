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

    // The formulas of librosa 0.10 and torchaudio 2 for their filters, and scipy.fft.dct(norm="ortho"), on the same signal at 8 kHz.
    [Theory]
    [InlineData("librosa", new double[]
    {
        -1.9624394412621786, -1.4848840458803152, -1.5528853371990283, -0.9934126534828169, -4.472760328720073, -2.5211325591124756,
        -1.0990184127661515, -0.8988103994120359, -2.8431830192741034, -2.057824897228627, -1.2317654258939, -0.9301783932467038,
    }, new double[] { -2.99681073891217, -0.6146462396095207, -4.495860850005369, -2.719616622960897, -3.531475867821668, -1.4732605801898835 })]
    [InlineData("torchaudio", new double[]
    {
        4.109027605146428, 4.788035519305107, 5.166510644783582, 6.128108394762677, 1.6975879803096774, 3.762231044212829,
        5.5485763271364466, 6.235747768087087, 3.271093987201751, 4.219162719953508, 5.431700592104454, 6.2016698437057,
    }, new double[] { 10.0958410819989, -1.4214427223586172, 8.622071559873023, -3.4480773040170085, 9.561813571482707, -2.2426013237782927 })]
    public void Mel_spectra_are_those_of_the_library_whose_filters_are_asked_for(string filters, double[] bands, double[] coefficients)
    {
        MelSpec mel = new() { Bands = 4, FrameLength = 24, FrameStep = 20, FftLength = 32, Power = 2, LogOffset = 1e-3, Filters = filters };

        AssertClose(bands, Sound(Mel("log_mel", mel)));
        AssertClose(coefficients, Sound(Mel("mfcc", mel with { Coefficients = 2 })));
    }

    // numpy: (x - x.mean()) / x.std() before the spectra of the test above.
    [Fact]
    public void A_window_is_normalized_before_its_spectra()
    {
        MelSpec mel = new() { Bands = 4, FrameLength = 24, FrameStep = 20, FftLength = 32, Power = 2, LogOffset = 1e-3, Filters = "librosa" };

        float[] input = Sound(Mel("log_mel", mel) with { Normalize = "standard" });

        AssertClose([-4.058031335106808, -3.5929569158539296, -3.6588018847224846, -3.114115320410714], input[..4]);
    }

    // numpy: x / x.max(), x / np.abs(x).max(), x - x.mean(), (x - x.mean()) / x.std().
    [Theory]
    [InlineData("max", -0.74, 0.08)]
    [InlineData("peak", -0.74, 0.08)]
    [InlineData("mean", -3.6890625, 0.41093750000000034)]
    [InlineData("standard", -1.2648935690899814, 0.14090089312607595)]
    public void A_raw_window_is_normalized_as_a_whole(string normalize, double first, double second)
    {
        float[] input = Input(64, Some.Feature("raw") with { Normalize = normalize });

        Assert.Equal(first, input[0], 1e-6);
        Assert.Equal(second, input[1], 1e-6);
    }

    [Theory]
    [InlineData("max")]
    [InlineData("peak")]
    [InlineData("standard")]
    public void A_window_of_zeros_stays_one_and_a_missing_value_stays_missing(string normalize)
    {
        FeaturePipeline pipeline = Some.Pipeline(4, 4, Some.Feature("raw") with { Normalize = normalize, Missing = -7 });

        foreach (double value in (double[])[0, double.NaN, 0, 0])
        {
            pipeline.Push([value, 0]);
        }

        Assert.Equal([0, -7, 0, 0], pipeline.Input.ToArray());
        Assert.Equal(1, pipeline.MissingElements);
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
            Some.Feature("raw") with { Normalize = "peak" },
            Some.Feature("rms") with { Rolling = new RollingSpec { Samples = 20, Statistic = "median" }, Lag = 2, Difference = 1 },
            Some.Feature("mode") with { Categories = ["1", "2"] },
            Some.Feature("mean") with { Bucketize = [-1, 0, 1], MissingPolicy = "hold" },
            Some.Feature("last", "y") with { HashBuckets = 16 },
            new FeatureSpec { Name = "cross", Statistic = "cross", Cross = ["x_mean", "y_last"], HashBuckets = 32 });
        double[] frame = new double[2];
        PushMany(pipeline, frame, 1_000);

        Assert.Equal(0, Allocated.By(() => PushMany(pipeline, frame, 20_000)));
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

    private static float[] Sound(FeatureSpec spec)
    {
        ModelManifest manifest = Some.Manifest(64, 64, spec with { LowHz = 100, HighHz = 4000 });
        manifest = manifest with { Pipeline = manifest.Pipeline with { RateHz = 8000 } };
        Assert.True(PipelineBinding.TryBind(manifest, Some.Sensor, 8000, null, out FeaturePipeline? pipeline, out _));
        for (int i = 0; i < 64; i++)
        {
            pipeline.Push([Some.Signal(i), 0]);
        }

        return pipeline.Input.ToArray();
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
