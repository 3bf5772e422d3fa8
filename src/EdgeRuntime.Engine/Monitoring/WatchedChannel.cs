using System.Numerics;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>One channel of numbers as <see cref="ReferenceWatch"/> sees it: its newest values, and how far they are from what is known.</summary>
internal sealed class WatchedChannel
{
    private const int Window = ChannelCalibration.PileWindow;
    private const double StepWeight = 1.0 / ChannelCalibration.StepFrames;

    private const double LongTail = 10;
    private const double Hundredfold = 100;
    private const int ManyOutside = 24;
    private const int FewOutside = 8;

    // The smallest change that counts as one, where the reference has none: a reading is not known better than this.
    private const double Resolution = 1e-9;

    private readonly double[] _ring = new double[Window];
    private readonly ChannelReference _reference;
    private readonly double _usual;
    private readonly ValueGrid? _grid;
    private ulong _outside;
    private ulong _broken;
    private ulong _beside;
    private ulong _unseen;
    private int _at;
    private bool _follows;
    private bool _isBeside;
    private long _outsideSince;
    private long _staySince;

    /// <param name="reference">How the channel behaved.</param>
    /// <param name="place">Where it stands in the sensor's frames.</param>
    /// <param name="unit">UCUM code.</param>
    /// <param name="number">Where it stands in the manifest.</param>
    public WatchedChannel(ChannelReference reference, int place, string unit, int number)
    {
        _reference = reference;
        Place = place;
        Number = number;
        Maps = [.. UnitMap.Of(unit)];
        _usual = Math.Max(reference.UsualStep, Resolution * Math.Max(Math.Abs(reference.High), Math.Abs(reference.Low)));
        MeanStep = reference.MeanStep;
        _grid = ValueGrid.Of(reference);
        Array.Fill(_ring, double.NaN);
    }

    /// <summary>Where it stands in the sensor's frames.</summary>
    public int Place { get; }

    /// <summary>Where it stands in the manifest.</summary>
    public int Number { get; }

    /// <summary>The units it may be told in by mistake.</summary>
    public UnitMap[] Maps { get; }

    /// <summary>Values taken, up to the length of the window.</summary>
    public int Count { get; private set; }

    /// <summary>The newest value; of the frame before, while a frame is looked at.</summary>
    public double Last { get; private set; } = double.NaN;

    /// <summary>The value of this frame.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>Change since the value before, without its sign; NaN where none came before.</summary>
    public double Step { get; private set; } = double.NaN;

    /// <summary>Mean step of late, without that of a suspected change and what followed it.</summary>
    public double MeanStep { get; private set; }

    /// <summary>What is suspected, or found.</summary>
    public Suspicion Suspicion;

    /// <summary>Whether <see cref="Suspicion"/> was confirmed.</summary>
    public bool IsFound { get; set; }

    /// <summary>Whether the value of this frame lies outside what is known.</summary>
    public bool IsOutside { get; private set; }

    /// <summary>Whether this frame changed as frames of the reference seldom do, or left what is known.</summary>
    public bool IsSudden { get; private set; }

    /// <summary>Whether it changed as no frame of the reference did, or left what is known.</summary>
    public bool IsExtraordinary { get; private set; }

    /// <summary>Of the last 32 values, those outside what is known.</summary>
    public int Outside => BitOperations.PopCount(_outside & uint.MaxValue);

    /// <summary>Of the last 32 values, fractions where the reference has whole numbers only.</summary>
    public int Fractions => BitOperations.PopCount(_broken & uint.MaxValue);

    /// <summary>Of the last 32 values, those below the smallest or above the largest that the reference has.</summary>
    public int Unseen => BitOperations.PopCount(_unseen & uint.MaxValue);

    /// <summary>Whether a sudden change led to a level that the reference never saw, and that it still has.</summary>
    public bool IsNewLevel { get; private set; }

    /// <summary>When that change was, UTC milliseconds.</summary>
    public long NewLevelSinceUnixMs { get; private set; }

    /// <summary>Of the last 32 values, those beside the grid that nearly all of the reference lie on.</summary>
    public int Beside => BitOperations.PopCount(_beside & uint.MaxValue);

    /// <summary>Whether most of them lie beside it. Once it began it ends when nearly all lie on it.</summary>
    public bool IsBesideGrid { get; private set; }

    /// <summary>When values began to lie beside it, UTC milliseconds.</summary>
    public long BesideSinceUnixMs { get; private set; }

    /// <summary>Whether the newest values lie on the grid of the reference; false where it has none.</summary>
    public bool IsOnGrid => _grid is not null && Beside < FewOutside;

    /// <summary>Frames that the newest value has stayed; at least 1.</summary>
    public long Stay { get; private set; } = 1;

    /// <summary>When it came, UTC milliseconds.</summary>
    public long StaySinceUnixMs => _staySince;

    /// <summary>Whether most of the newest values are none that are known. Once it began it ends when nearly all are known.</summary>
    public bool IsNovel { get; private set; }

    /// <summary>When values began to lie outside, UTC milliseconds.</summary>
    public long OutsideSinceUnixMs => _outsideSince;

    /// <summary>How it behaved in the reference.</summary>
    public ChannelReference Reference => _reference;

    /// <summary>A change of more than this tells two values apart.</summary>
    public double Usual => _usual;

    /// <summary>The newest values, in no order; NaN where fewer came.</summary>
    public ReadOnlySpan<double> Values => _ring;

    /// <summary>Whether a value is one that is known.</summary>
    public bool Knows(double value) => value >= _reference.Low && value <= _reference.High;

    /// <summary>Looks at the value of a frame. <see cref="Keep"/> follows.</summary>
    /// <returns>False where there is none.</returns>
    public bool Look(double value, long unixMs)
    {
        Value = value;
        Step = double.NaN;
        IsSudden = false;
        IsExtraordinary = false;
        if (!double.IsFinite(value))
        {
            _follows = false;
            return false;
        }

        Stay = value == Last ? Stay + 1 : 1;
        _staySince = Stay > 1 ? _staySince : unixMs;
        IsOutside = !Knows(value);
        if (IsOutside && (_outside & 1) == 0)
        {
            _outsideSince = unixMs;
        }

        _isBeside = _grid is { } grid && !grid.Has(value);
        if (_isBeside && (_beside & 1) == 0 && Beside < FewOutside)
        {
            BesideSinceUnixMs = unixMs;
        }

        bool leaves = IsOutside && Count > 0 && (_outside & 1) == 0;
        if (_follows)
        {
            Step = Math.Abs(value - Last);
        }

        IsSudden = leaves || Step > _usual;
        IsExtraordinary = leaves || (Step > _reference.LargestStep && Step > _usual);
        return true;
    }

    /// <summary>Says that a sudden change has led to a level that the reference never saw.</summary>
    public void NoteNewLevel(long sinceUnixMs) => (IsNewLevel, NewLevelSinceUnixMs) = (true, sinceUnixMs);

    /// <summary>Takes the value that was looked at among the newest ones.</summary>
    public void Keep()
    {
        // Stretches of excitement belong to a suspicion; the mean step before it is what they are compared with.
        if (Suspicion.Kind == SuspicionKind.None && !double.IsNaN(Step) && !IsExtraordinary)
        {
            MeanStep += (Step - MeanStep) * StepWeight;
        }

        _outside = (_outside << 1) | (IsOutside ? 1UL : 0);
        _broken = (_broken << 1) | (_reference.Whole && Value != Math.Floor(Value) ? 1UL : 0);
        _unseen = (_unseen << 1) | (Value < _reference.Smallest || Value > _reference.Largest ? 1UL : 0);
        IsNewLevel &= Unseen >= FewOutside;
        _beside = (_beside << 1) | (_isBeside ? 1UL : 0);
        IsBesideGrid = Beside >= (IsBesideGrid ? FewOutside : ManyOutside);
        IsNovel = Outside >= (IsNovel ? FewOutside : ManyOutside);
        _ring[_at] = Value;
        _at = (_at + 1) % Window;
        Count = Math.Min(Count + 1, Window);
        Last = Value;
        _follows = true;
    }

    /// <summary>Looks in a row at which the mean step was none that the reference has.</summary>
    public int StrangeLooks { get; set; }

    /// <summary>When the first of them was, UTC milliseconds.</summary>
    public long StrangeSinceUnixMs { get; set; }

    /// <summary>The newest half of <see cref="Values"/>, in order; NaN where fewer came.</summary>
    /// <param name="newest">Room for it.</param>
    public void CopyNewest(Span<double> newest)
    {
        for (int i = 0; i < newest.Length; i++)
        {
            newest[i] = _ring[(_at + Window - newest.Length + i) % Window];
        }
    }

    /// <summary>Whether the reference has stretches of frames with this mean step.</summary>
    public bool HasSteps(double mean) => mean >= _reference.LowestSteps && !(mean > _reference.HighestSteps);

    /// <summary>How many of some values this channel knows.</summary>
    public int Known(ReadOnlySpan<double> values)
    {
        int known = 0;
        foreach (double value in values)
        {
            known += Knows(value) ? 1 : 0;
        }

        return known;
    }

    /// <summary>How many of some values it knows once a unit is undone.</summary>
    public int Known(ReadOnlySpan<double> values, in UnitMap map)
    {
        int known = 0;
        foreach (double value in values)
        {
            known += Knows(map.Meant(value)) ? 1 : 0;
        }

        return known;
    }

    /// <summary>
    /// Whether a level alone can show that a unit is in use. A signal that reaches 0 and has bursts, such as bytes a second, goes up a
    /// hundredfold by itself; one that keeps away from 0, or has no long tails, does not.
    /// </summary>
    public bool CanTellByLevel(in UnitMap map)
    {
        bool reachesZero = _reference.Low <= 0 && _reference.High >= 0;
        bool hasLongTails = _reference.High - _reference.Low > LongTail * (_reference.HighDecile - _reference.LowDecile);
        return map.Offset != 0 || !reachesZero || (!hasLongTails && (Math.Abs(map.Scale) >= Hundredfold || Math.Abs(map.Scale) <= 1 / Hundredfold));
    }

    /// <summary>Runs of the newest values, oldest first, that are exactly one value.</summary>
    public int RunsOf(double value)
    {
        int runs = 0;
        bool inside = false;
        for (int i = 0; i < Window; i++)
        {
            bool same = _ring[(_at + i) % Window] == value;
            runs += same && !inside ? 1 : 0;
            inside = same;
        }

        return runs;
    }
}
