using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Statistics.Tests.Detectors;

/// <summary>What every kind of detector promises.</summary>
public sealed class DetectorContractTests
{
    public static TheoryData<string> Kinds => [.. DetectorKinds.All.Select(kind => kind.Name), "whitened"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_restart_in_the_middle_changes_no_signal(string kind)
    {
        double[] stream = Stream(2000, seed: 3);
        IDriftDetector whole = Make(kind);
        List<DriftSignal> expected = [.. stream.Select(whole.Update)];
        IDriftDetector detector = Make(kind);

        List<DriftSignal> signals = [];
        for (int i = 0; i < stream.Length; i++)
        {
            if (i % 61 == 0)
            {
                byte[] state = new byte[detector.StateSize];
                detector.SaveState(state);
                detector = Make(kind);
                Assert.True(detector.TryLoadState(state));
            }

            signals.Add(detector.Update(stream[i]));
        }

        Assert.Equal(expected, signals);
        Assert.Contains(DriftSignal.Drift, signals);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bytes_that_are_no_state_are_refused_and_leave_a_detector_that_works(string kind)
    {
        double[] stream = Stream(2000, seed: 3);
        IDriftDetector fresh = Make(kind);
        List<DriftSignal> expected = [.. stream.Select(fresh.Update)];
        IDriftDetector detector = Make(kind);
        byte[] wrong = new byte[detector.StateSize];
        Array.Fill(wrong, (byte)0xFF);

        Assert.False(detector.TryLoadState(wrong));
        Assert.False(detector.TryLoadState(wrong.AsSpan(1)));

        Assert.Equal(expected, stream.Select(detector.Update));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Missing_values_change_nothing(string kind)
    {
        double[] stream = Stream(2000, seed: 4);
        IDriftDetector plain = Make(kind);
        IDriftDetector gappy = Make(kind);
        foreach (double value in stream)
        {
            DriftSignal expected = plain.Update(value);
            Assert.Equal(expected, gappy.Update(value));

            // In what is whitened a gap is bridged by its prediction, which is the stream's own past.
            if (kind != "whitened")
            {
                Assert.Equal(DriftSignal.None, gappy.Update(double.NaN));
                Assert.Equal(DriftSignal.None, gappy.Update(double.PositiveInfinity));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_value_allocates_nothing(string kind)
    {
        double[] stream = Stream(3000, seed: 5);
        IDriftDetector detector = Make(kind);

        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (double value in stream)
            {
                detector.Update(value);
            }
        }));
    }

    private static IDriftDetector Make(string name)
    {
        double[] reference = Stream(300, seed: 1);
        return name == "whitened"
            ? new WhitenedDetector(
                new Whitener(new AutoregressiveModel(0.3, [0.5, -0.2], 0.8, 1), 4), new PageHinkley(new PageHinkleyOptions { Threshold = 12 }))
            : Named(DetectorKinds.Find(name)!, reference);
    }

    private static IDriftDetector Named(DetectorKind kind, double[] reference)
    {
        Dictionary<string, string> given = kind.Name switch
        {
            "page_hinkley" or "cvm" => new() { ["threshold"] = "8" },
            "gma" => new() { ["threshold"] = "0.2" },
            "hddm_a" or "hddm_w" => new() { ["decreases"] = "signalled" },
            _ => [],
        };
        return kind.Create(DetectorSettings.Read(kind, given, []), reference);
    }

    // Bits for those that take bits, and numbers for all: a share of ones that rises, on a level that rises with it.
    private static double[] Stream(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(i => random.NextDouble() < (i % 1000 < 500 ? 0.2 : 0.7) ? 1.0 : 0.0)];
    }
}
