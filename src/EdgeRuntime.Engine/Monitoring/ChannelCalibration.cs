using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Makes, offline, the thresholds that <see cref="ReferenceWatch"/> holds frames against. They all come from the reference: what it
/// never showed is told, and what it shows now and then is not.
/// </summary>
public static class ChannelCalibration
{
    /// <summary>Frames of a window in which piles are counted.</summary>
    public const int PileWindow = 64;

    /// <summary>Frames over which a mean step is taken.</summary>
    public const int StepFrames = 32;

    // Nothing is stuck sooner: most sensors repeat a value now and then, and the reference may have been too short to show it.
    private const int FewestStuckFrames = 60;
    private const int FewestPileFrames = 8;
    private const double Safety = 1.25;
    private const double PileSafety = 1.5;

    // As the outer bins of features, a fifth of the range, at least.
    private const double Margin = 0.2;

    // Four times as many frames as the reference has go beyond what is known with 5 %, on either side.
    private const double LongerThanReference = 4;
    private const double ChanceBeyond = 0.025;
    private const int WholeFrames = 1000;

    // A value that is kept for less of the time is one that the channel passes through.
    private const double RestShare = 0.05;
    private const int FewestStays = 100;

    // One frame in five lies at or beyond a decile.
    private const double EdgesShare = 0.2;

    /// <summary>The reference of one channel of numbers.</summary>
    /// <param name="values">Frame by frame; NaN where there was none.</param>
    /// <param name="recordings">Stretches of frames that followed each other; null for one.</param>
    /// <returns>Null where no frame had a value.</returns>
    public static ChannelReference? Numbers(string name, double[] values, IReadOnlyList<Range>? recordings = null)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            return null;
        }

        Walk walk = new();
        foreach (Range recording in recordings ?? [Range.All])
        {
            walk.Take(values.AsSpan(recording));
        }

        double[] steps = [.. walk.Steps.Order()];
        double[] ratios = [.. walk.Ratios.Order()];
        double range = sorted[^1] > sorted[0] ? sorted[^1] - sorted[0] : Math.Max(Math.Abs(sorted[0]), 1e-6);
        (double below, double above) = Margins(sorted, range, walk.Independent(sorted.Average()));
        (double stay, long stuck) = Stays(walk.Stays);
        double[] rests = Rests(walk.Stays, sorted.Length);
        Stay[] elsewhere = [.. walk.Stays.Where(each => !rests.Contains(each.Value))];
        (double movingStay, long movingStuck) = Stays(elsewhere);
        bool moves = elsewhere.Length >= FewestStays && movingStuck < stuck;
        ValueGrid? grid = ValueGrid.Find(sorted, walk.Steps);
        double pile = Math.Max(FewestPileFrames, (PileSafety * walk.LargestPile) + 2);
        ChannelReference reference = new()
        {
            Name = name,
            Rows = sorted.Length,
            Low = Rounded(sorted[0] - below),
            High = Rounded(sorted[^1] + above),
            Smallest = sorted[0],
            Largest = sorted[^1],
            LowDecile = Rounded(sorted[sorted.Length / 10]),
            HighDecile = Rounded(sorted[(int)(sorted.Length * 9L / 10)]),
            Whole = sorted.Length >= WholeFrames && sorted.All(value => value == Math.Floor(value)),
            GridStep = grid?.Step,
            GridAt = grid?.At,
            MeanStep = steps.Length > 0 ? Rounded(steps.Average()) : 0,
            UsualStep = Rounded(AtThousandth(steps, 0)),
            LargestStep = steps.Length > 0 ? Rounded(Safety * steps[^1]) : 0,
            LowestSteps = walk.Means.Count > 0 ? Rounded(walk.Means.Min() / Safety) : 0,
            HighestSteps = walk.Means.Count > 0 ? Rounded(walk.Means.Max() * Safety) : null,
            StayFrames = stay,
            StuckFrames = stuck,
            Rests = moves ? rests : null,
            MovingStayFrames = moves ? movingStay : null,
            MovingStuckFrames = moves ? movingStuck : null,
            PileFrames = pile <= PileWindow ? (int)pile : null,
            ScaleRatio = Rounded(Math.Max(1, AtThousandth(ratios, 1))),
        };
        return reference with { EdgeStuckFrames = StuckAtEdges(walk.Stays.Where(each => reference.IsAtEdge(each.Value)), stay) };
    }

    /// <summary>The reference of one channel of categories.</summary>
    /// <param name="codes">Frame by frame; NaN where there was none.</param>
    /// <returns>Null where no frame had a value.</returns>
    public static ChannelReference? Categories(string name, double[] codes)
    {
        (double Code, long Count)[] seen =
        [
            .. codes.Where(double.IsFinite).GroupBy(code => code).Select(group => (group.Key, (long)group.Count()))
                .OrderByDescending(group => group.Item2).ThenBy(group => group.Key),
        ];
        long rows = seen.Sum(each => each.Count);
        return rows == 0 ? null : new ChannelReference
        {
            Name = name,
            Rows = rows,
            Categories = new CategoryReference
            {
                Distinct = seen.Length,
                Codes = [.. seen.Take(ChannelReference.MostCategories).Select(each => each.Code)],
                Counts = [.. seen.Take(ChannelReference.MostCategories).Select(each => each.Count)],
                Other = seen.Skip(ChannelReference.MostCategories).Sum(each => each.Count),
            },
        };
    }

    /// <summary>How frames followed each other.</summary>
    /// <param name="unixMs">When each was taken; NaN where it does not tell.</param>
    /// <param name="recordings">Stretches of frames that followed each other; null for one.</param>
    /// <returns>Null of fewer than 32 steps forward.</returns>
    public static TimingReference? Timing(double[] unixMs, IReadOnlyList<Range>? recordings = null)
    {
        List<double> intervals = [];
        foreach (Range recording in recordings ?? [Range.All])
        {
            ReadOnlySpan<double> times = unixMs.AsSpan(recording);
            for (int i = 1; i < times.Length; i++)
            {
                double interval = times[i] - times[i - 1];
                if (interval > 0)
                {
                    intervals.Add(interval);
                }
            }
        }

        if (intervals.Count < StepFrames)
        {
            return null;
        }

        double[] sorted = [.. intervals.Order()];
        return new TimingReference
        {
            IntervalMs = Rounded(sorted[sorted.Length / 2]),
            ShortestMs = Rounded(sorted[sorted.Length / 1000]),
            LongestMs = Rounded(AtThousandth(sorted, 0)),
        };
    }

    // Of n independent normal values the largest lies at the quantile (n - 0.375) / (n + 0.25) (G. Blom 1958), and how far
    // it lies from the median says how wide that side is. A slow signal of thousands of frames has few independent ones, and its range says little.
    private static (double Below, double Above) Margins(double[] sorted, double range, double independent)
    {
        double n = Math.Max(independent, 3);
        double seen = Normal.UpperQuantile(0.625 / (n + 0.25));
        double beyond = Normal.UpperQuantile(ChanceBeyond / (LongerThanReference * n));
        double median = sorted[sorted.Length / 2];
        double factor = (beyond / seen) - 1;
        return (Math.Max(Margin * range, factor * (median - sorted[0])), Math.Max(Margin * range, factor * (sorted[^1] - median)));
    }

    // How long stays usually are, and from when on none was.
    private static (double Usual, long Stuck) Stays(IReadOnlyList<Stay> stays)
    {
        double[] frames = [.. stays.Select(stay => (double)stay.Frames).Order()];
        double usual = AtThousandth(frames, 1);
        double stuck = Math.Max(FewestStuckFrames, 2 * usual);
        return (usual, (long)Math.Ceiling(frames.Length > 0 && frames[^1] >= stuck ? Safety * frames[^1] : stuck));
    }

    // Twice the usual stay is told wherever it is, of which the chance is 0.001 squared. Only so many frames lie at an edge, so a stay
    // there may be likelier by as much, and both are told wrongly equally often.
    private static long StuckAtEdges(IEnumerable<Stay> atEdges, double usual)
    {
        double likelier = usual * (2 - (Math.Log(EdgesShare) / Math.Log(0.001)));
        double longest = atEdges.Select(stay => (double)stay.Frames).DefaultIfEmpty().Max();
        return (long)Math.Ceiling(Math.Max(Math.Max(FewestStuckFrames, Safety * longest), likelier));
    }

    private static double[] Rests(IReadOnlyList<Stay> stays, int frames) =>
    [
        .. stays.GroupBy(stay => stay.Value).Select(group => (group.Key, Frames: group.Sum(stay => stay.Frames))).Where(each => each.Frames >= RestShare * frames)
            .OrderByDescending(each => each.Frames).ThenBy(each => each.Key).Take(ChannelReference.MostRests).Select(each => each.Key),
    ];

    // The value that all but one in a thousand do not exceed, one that was seen.
    private static double AtThousandth(double[] sorted, double absent) =>
        sorted.Length == 0 ? absent : sorted[Math.Max(0, (int)Math.Ceiling(0.999 * sorted.Length) - 1)];

    // Six digits: the file is read by people, and no threshold is known better.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    // Frames in a row at one value.
    private readonly record struct Stay(double Value, long Frames);

    // What one walk over the frames gathers, exactly as a device walks over its own.
    private sealed class Walk
    {
        public List<double> Steps { get; } = [];

        public List<Stay> Stays { get; } = [];

        public List<double> Ratios { get; } = [];

        public int LargestPile { get; private set; }

        // Neighbouring values.
        private readonly List<(double Before, double Value)> _pairs = [];

        /// <summary>Mean steps of stretches.</summary>
        public List<double> Means { get; } = [];

        // Values worth one independent observation each: (1 - r) / (1 + r) of them, exact for a process of the first order.
        public double Independent(double mean)
        {
            double products = 0;
            double squares = 0;
            foreach ((double before, double value) in _pairs)
            {
                products += (before - mean) * (value - mean);
                squares += (value - mean) * (value - mean);
            }

            double r = squares > 0 ? Math.Clamp(products / squares, 0, 1) : 0;
            return _pairs.Count * (1 - r) / (1 + r);
        }

        public void Take(ReadOnlySpan<double> values)
        {
            int from = Steps.Count;
            double last = double.NaN;
            bool follows = false;
            long stay = 0;
            foreach (double value in values)
            {
                if (!double.IsFinite(value))
                {
                    follows = false;
                    continue;
                }

                if (follows)
                {
                    Steps.Add(Math.Abs(value - last));
                    _pairs.Add((last, value));
                }

                if (value != last && stay > 0)
                {
                    Stays.Add(new Stay(last, stay));
                    stay = 0;
                }

                stay++;
                last = value;
                follows = true;
            }

            if (stay > 0)
            {
                Stays.Add(new Stay(last, stay));
            }

            TakeRatios(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Steps)[from..]);
            TakePiles(values);
        }

        // Of windows that move at all, before and after: a machine that is switched off says nothing about scales.
        private void TakeRatios(ReadOnlySpan<double> steps)
        {
            for (int at = StepFrames; at + StepFrames <= steps.Length; at += StepFrames / 4)
            {
                double before = Sum(steps.Slice(at - StepFrames, StepFrames));
                double after = Sum(steps.Slice(at, StepFrames));
                Means.Add(after / StepFrames);
                if (before > 0 && after > 0)
                {
                    Ratios.Add(Math.Max(after / before, before / after));
                }
            }
        }

        // Of the whole window and of its newer half, as a device looks at both.
        private void TakePiles(ReadOnlySpan<double> values)
        {
            for (int at = 0; at + PileWindow <= values.Length; at += PileWindow / 8)
            {
                Pile all = Pile.Of(values.Slice(at, PileWindow));
                Pile half = Pile.Of(values.Slice(at + (PileWindow / 2), PileWindow / 2));
                LargestPile = Math.Max(Math.Max(LargestPile, Math.Max(all.AtLargest, all.AtSmallest)), Math.Max(half.AtLargest, half.AtSmallest));
            }
        }

        private static double Sum(ReadOnlySpan<double> values)
        {
            double sum = 0;
            foreach (double value in values)
            {
                sum += value;
            }

            return sum;
        }
    }
}
