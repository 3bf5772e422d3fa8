using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Protobuf;

public sealed class WindowCodecTests
{
    [Fact]
    public void A_window_comes_back_with_everything_but_what_the_package_says()
    {
        WindowMessage back = WindowCodec.Read(WindowCodec.Write(Typical), "vitals");

        WindowMessage expected = Typical with
        {
            Predictions = Typical.Predictions with { Labels = ["1", "2"] },
            Infer = new LatencyCounts { Buckets = [47, 164], Counts = [7, 293], MaxMicroseconds = 1.066 },
            Stages = new Dictionary<string, LatencyCounts>
            {
                ["own"] = new() { Buckets = [5], Counts = [300], MaxMicroseconds = 0.005 },
            },
            Features =
            [
                Typical.Features[0] with { Name = "1", Moments = Typical.Features[0].Moments! with { Origin = 0, Step = 1 } },
                Typical.Features[1] with { Name = "2", Psi = 0.2, Threshold = 0.199999 },
            ],
        };
        Assert.Equal(Text(expected), Text(back));
    }

    [Fact]
    public void A_window_is_written_as_protoc_writes_it() =>
        Assert.Equal(ByProtoc, Convert.ToHexStringLower(WindowCodec.Write(Typical)));

    [Fact]
    public void A_verdict_survives_the_rounding_of_index_and_threshold()
    {
        Random random = new(5);
        for (int i = 0; i < 2_000; i++)
        {
            double threshold = random.NextDouble();
            double psi = threshold + ((random.NextDouble() - 0.5) * 1e-6 * random.Next(3));

            FeatureCounts back = WindowCodec.Read(
                WindowCodec.Write(Typical with { Features = [Typical.Features[1] with { Psi = psi, Threshold = threshold }] }), "vitals").Features[0];

            Assert.Equal(psi > threshold, back.Psi > back.Threshold);
            Assert.Equal(psi, back.Psi, 2e-6);
            FeatureCounts again = WindowCodec.Read(WindowCodec.Write(Typical with { Features = [back] }), "vitals").Features[0];
            Assert.Equal((back.Psi, back.Threshold), (again.Psi, again.Threshold));
        }
    }

    [Fact]
    public void A_window_that_was_rounded_keeps_the_hash_of_the_figures_that_it_was_made_of()
    {
        WindowMessage whole = Typical with { Merged = 0 };
        WindowMessage back = WindowCodec.Read(WindowCodec.Write(whole), "vitals");

        Assert.Equal(VerdictHash.Of(whole.Features), back.VerdictHash);
        Assert.NotEqual(VerdictHash.Of(back.Features), back.VerdictHash);
        Assert.Equal(back.VerdictHash, WindowCodec.Read(WindowCodec.Write(back), "vitals").VerdictHash);
        Assert.Null(WindowCodec.Read(WindowCodec.Write(back with { Merged = 1 }), "vitals").VerdictHash);
    }

    [Fact]
    public void Moments_beyond_64_bits_come_back()
    {
        MomentCounts moments = Typical.Features[0].Moments! with
        {
            Origin = 0, Step = 1, Sum = long.MinValue, Squares = (Int128)1 << 100, Cubes = -((Int128)1 << 90) - 5, Fourths = Int128.MaxValue,
        };

        WindowMessage back = WindowCodec.Read(
            WindowCodec.Write(Typical with { Features = [Typical.Features[0] with { Moments = moments }] }), "vitals");

        Assert.Equal(moments, back.Features[0].Moments);
    }

    [Fact]
    public void Quantiles_and_unseen_categories_come_back()
    {
        QuantileCounts quantiles = new()
        {
            Accuracy = 0.02, Classes = 256, PositiveKeys = [-100, 3, 40], PositiveCounts = [1, 2, 3], NegativeKeys = [7], NegativeCounts = [9],
            Zeros = 4, PositiveCollapsed = 0, NegativeCollapsed = 0,
        };

        FeatureCounts back = WindowCodec.Read(
            WindowCodec.Write(Typical with { Features = [Typical.Features[1] with { Quantiles = quantiles, Unseen = 3 }] }), "vitals").Features[0];

        Assert.Equal(3, back.Unseen);
        Assert.Equal(
            JsonSerializer.Serialize(Typical with { Features = [Typical.Features[1] with { Quantiles = quantiles }] }, WireJson.Default.WindowMessage),
            JsonSerializer.Serialize(Typical with { Features = [Typical.Features[1] with { Quantiles = back.Quantiles }] }, WireJson.Default.WindowMessage));
    }

    [Fact]
    public void Members_that_have_no_field_travel_along()
    {
        WindowMessage window = Typical with
        {
            Channels = [new ChannelCounts { Name = "t", Faults = new Dictionary<string, long> { ["stuck"] = 4 } }],
            Shadow = ShadowCounts.None with { Samples = 9 },
            Clock = new Dictionary<string, long> { ["clock_backwards"] = 1 },
        };

        WindowMessage back = WindowCodec.Read(WindowCodec.Write(window), "vitals");

        Assert.Equal(4, back.Channels![0].Faults["stuck"]);
        Assert.Equal(9, back.Shadow!.Samples);
        Assert.Equal(1, back.Clock!["clock_backwards"]);
        Assert.Equal(300, back.Samples);
    }

    [Theory]
    [InlineData("", "digest is missing")]
    [InlineData("08", "field 1 is no number")]
    [InlineData("0a0100", "field 1 is no number")]
    [InlineData("00", "no valid number")]
    [InlineData("080132021234", "digest of 2 bytes")]
    [InlineData("2a02ffff", "no UTF-8")]
    [InlineData("5a030a0100", "coded counts")]
    [InlineData("6202080a", "no stage 10")]
    [InlineData("6200", "comes twice", "6200")]
    [InlineData("620408043008", "is none")]
    [InlineData("6204220201", "is cut")]
    [InlineData("620522030100ff", "coded counts")]
    [InlineData("7a0432020101", "sums are not 5")]
    [InlineData("7a09320500000000004001", "fewer values")]
    [InlineData("48ffffffffffffffffff01", "too large")]
    public void What_is_no_window_is_refused_with_the_reason(string hex, string reason, string again = "") =>
        Assert.Contains(
            reason,
            Assert.Throws<FormatException>(() => WindowCodec.Read(Convert.FromHexString(hex + again), "vitals")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"shadow\":3}")]
    [InlineData("{\"clock\":{},\"clock\":{}}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"clock\":{\"\\ud800\":1}}")]
    [InlineData("{")]
    public void What_is_no_json_behind_the_fields_is_refused(string more)
    {
        byte[] json = Encoding.UTF8.GetBytes(more);
        byte[] bytes = [.. WindowCodec.Write(Typical), 0x6a, (byte)json.Length, .. json];

        Assert.Throws<FormatException>(() => WindowCodec.Read(bytes, "vitals"));
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over_and_packed_numbers_may_come_one_by_one()
    {
        // Field 100 of every wire type, and then a feature whose sums are not packed.
        byte[] bytes =
        [
            .. WindowCodec.Write(Typical with { Features = [] }),
            .. Convert.FromHexString("a00601" + "a1060102030405060708" + "a20601ff" + "a50601020304"),
            .. Convert.FromHexString("7a110a0301024030043002300030023000" + "4002"),
        ];

        FeatureCounts feature = Assert.Single(WindowCodec.Read(bytes, "vitals").Features);

        Assert.Equal((2L, 1L), (feature.Moments!.Sum, (long)feature.Moments.Squares));
    }

    private static WindowMessage Typical { get; } = new()
    {
        Boot = new BootId(0x0123456789abcdef),
        Sequence = 7,
        UnixMs = 1_700_000_060_000,
        ClockSynchronized = true,
        Model = "vitals",
        Version = "1.2.3",
        Digest = ModelId.Of("window"u8),
        StartUnixMs = 1_700_000_000_000,
        EndUnixMs = 1_700_000_059_900,
        Samples = 300,
        Failed = 1,
        Due = 303,
        Dropped = new Dictionary<string, long> { ["late"] = 3 },
        DeadlineMisses = 2,
        Overload = "latest_only",
        Gate = "door",
        Merged = 1,
        Predictions = new PredictionCounts { Labels = ["idle", "busy"], Counts = [200, 99], Confidence = [0, 0, 299], Psi = 0.01, Threshold = 0.2 },
        Infer = new LatencyCounts { Buckets = [40, 43, 160, 164], Counts = [3, 4, 200, 93], MaxMicroseconds = 1.066 },
        Path = new LatencyCounts { Buckets = [200], Counts = [300], MaxMicroseconds = 4.2 },
        Stages = new Dictionary<string, LatencyCounts>
        {
            ["own"] = new() { Buckets = [4, 5], Counts = [100, 200], MaxMicroseconds = 0.005 },
        },
        Features =
        [
            new FeatureCounts
            {
                Name = "cpu_mean", Counts = [0, 140, 157, 1], Missing = 2, Infinite = 1, Psi = 0.02, Threshold = 0.25,
                Moments = new MomentCounts
                {
                    Origin = 0.5, Step = 0.0625, Outside = 1, Pairs = 295, Sum = -70, Squares = 1234, Cubes = -4000, Fourths = 70_000,
                    Differences = 900, Min = -0.25f, Max = 1.5f,
                },
            },
            new FeatureCounts
            {
                Name = "disk", Counts = [150, 150], Psi = 0.1999999, Threshold = 0.1999998,
                Signals = new FeatureSignals("page_hinkley", 2, 1_700_000_001_000),
                Test = new FeatureTest { Name = "ks", Statistic = 0.25, Effect = 0.25, Level = 0.025, MinEffect = 0.1, Ratio = 1.5 },
            },
        ],
        Estimates =
        [
            new QualityEstimate
            {
                Metric = "accuracy", Value = 0.9375, Low = 0.90625, High = 0.96875, Answers = 299, Labelled = new EstimateError(40, 0.9375, 0.875),
            },
            new QualityEstimate { Metric = "error", Value = 0.0625, Answers = 299 },
        ],
    };

    private static string Text(WindowMessage window) => JsonSerializer.Serialize(window, WireJson.Default.WindowMessage);

    // protoc 3.21.12 --encode of the fields of window.proto, from Fixtures/window.textproto.
    private const string ByProtoc =
        "080711efcdab896745230118e0a499ffbc3120012a05312e322e33322044ff7b02c80d38b26dd6aa31d9470aed81b32e10331a3c994fb1a9945fd8"
        + "47ba38c0a90740c80148ac0250af025a160a050207a43180120603060003d58018904e20c09a0c62110804180522061011fff8049828aa08300462"
        + "0d0807181922040100968028e820620f12036f776e2204010096802805300570017a2f0a06040503ccf74110a09c011890a10f20022801320b8b01"
        + "a413bf3ee0c508880e4003480155000080be5d0000c03f7a5b0a050206cb658010c09a0c18bf9a0c72170a0c706167655f68696e6b6c6579100218"
        + "e8d795ffbc317a310a026b7311000000000000d03f19000000000000d03f219a9999999999993f299a9999999999b93f31000000000000f83f8001"
        + "018a01080a046c61746510039001029a010b6c61746573745f6f6e6c79a20104646f6f72aa01400a08616363757261637911000000000000ee3f1a"
        + "1209000000000000ed3f11000000000000ef3f20ab022a14082811000000000000ee3f19000000000000ec3faa01130a056572726f721100000000"
        + "0000b03f20ab02";
}
