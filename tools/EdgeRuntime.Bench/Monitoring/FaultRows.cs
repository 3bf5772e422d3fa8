using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Rows about faults of sensors: planted into replays of real data, each must be found within 60 samples, or twice the channel's 99.9 %
/// run length, of the first value that it changes; and a month of replay without any may raise one alarm.
/// </summary>
internal static class FaultRows
{
    private const int Before = 256;
    private const int Places = 12;
    private const int FewestSamples = 60;
    private const double MonthMs = 30 * 86_400_000.0;

    public static void Add(MonitoringOptions options, Figures figures)
    {
        if (options.Material is not { } material)
        {
            figures.Add(new Figure("planted faults", null, "%", "the test material is absent", Least: 100));
            return;
        }

        FaultSeries[] all = [.. FaultSeries.Of(material)];
        Dictionary<string, Score> scores = [];
        foreach (FaultSeries series in all)
        {
            Plant(series, scores);
        }

        foreach ((string name, Score score) in scores)
        {
            figures.Add(score.Row(name));
        }

        FalseAlarms(all, figures);
        Cost(all, figures);
    }

    private static void Cost(FaultSeries[] all, Figures figures)
    {
        const int Rounds = 15;
        long values = all.Sum(series => (long)series.Frames * series.Channels.Count);
        double[] rounds = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            FaultReplay[] replays = [.. all.Select(series => new FaultReplay(series))];
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < all.Length; i++)
            {
                for (int row = 0; row < all[i].Frames; row++)
                {
                    replays[i].Push(row);
                }
            }

            rounds[round] = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / values;
        }

        figures.Add(Rows.InUnit(
            "time to watch one channel of a frame", rounds, "ns", $"all that a device does with a frame before the model, by channel, over {values} values of the same replay"));
    }

    private static void Plant(FaultSeries series, Dictionary<string, Score> scores)
    {
        int[] places = [.. Enumerable.Range(0, Places).Select(i => Before + (int)((series.Frames - Before - 2L * FewestSamples) * i / Places))];
        foreach (int at in places.Where(place => !series.Excused[place]))
        {
            for (int c = 0; c < series.Channels.Count; c++)
            {
                IEnumerable<PlantedFault> faults = series.Channels[c].Unit == "Cel" || series.Name == "machine temperature"
                    ? PlantedFault.OfOneChannel.Concat(PlantedFault.OfTemperatures)
                    : PlantedFault.OfOneChannel;
                foreach (PlantedFault fault in faults)
                {
                    Try(series, at, c, fault, scores);
                }

                for (int other = c + 1; other < series.Channels.Count; other++)
                {
                    Swap(series, at, c, other, scores);
                }
            }

            Clocks(series, at, scores);
        }
    }

    private static void Try(FaultSeries series, int planted, int channel, PlantedFault fault, Dictionary<string, Score> scores)
    {
        double last = series.Replayed[channel][planted - 1];
        ChannelReference reference = series.Profile.Channels![channel];
        int limit = Limit(series, channel);
        bool Changes(int row) => !fault.Value(series.Replayed[channel][row], last, reference).Equals(series.Replayed[channel][row]);

        // A fault begins with the first value that it changes: a signal below the edge is not clipped yet.
        int at = planted;
        while (at < planted + limit && at < series.Frames && !Changes(at))
        {
            at++;
        }

        // One that changes little of what is told cannot be seen by anybody.
        if (at + limit > series.Frames || Enumerable.Range(at, limit).Count(Changes) < limit / 2)
        {
            return;
        }

        string place = $"{series.Name} {series.Channels[channel].Name} at {at}";
        if (fault.Fault == ChannelFault.Saturated)
        {
            int clipped = Longest(series.Replayed[channel].AsSpan(at, limit), value => value >= reference.HighDecile);
            place += $" (clipped for {clipped} samples in a row, where stays of up to {reference.StuckFramesAt(reference.HighDecile)} are ordinary)";
        }

        FaultReplay replay = Warmed(series, at);
        for (int i = 0; i < limit; i++)
        {
            replay.Push(at + i, frame => frame[channel] = fault.Value(frame[channel], last, reference));
            if (Note(scores, fault.Name, place, i, limit, replay.Begun(), begun => begun.Channel == channel, fault.Fault))
            {
                return;
            }
        }
    }

    private static void Swap(FaultSeries series, int at, int one, int other, Dictionary<string, Score> scores)
    {
        int limit = Math.Min(Math.Max(Limit(series, one), Limit(series, other)), series.Frames - at);
        string place = $"{series.Name} {series.Channels[one].Name} and {series.Channels[other].Name} at {at}";
        FaultReplay replay = Warmed(series, at);
        for (int i = 0; i < limit; i++)
        {
            replay.Push(at + i, frame => (frame[one], frame[other]) = (frame[other], frame[one]));
            if (Note(scores, "two channels swapped", place, i, limit, replay.Begun(), begun => begun.Channel == one || begun.Channel == other, ChannelFault.Swapped))
            {
                return;
            }
        }
    }

    private static void Clocks(FaultSeries series, int at, Dictionary<string, Score> scores)
    {
        foreach ((string name, double hours) in (IEnumerable<(string, double)>)[("clock jumps an hour ahead", 1), ("clock set back an hour", -1)])
        {
            FaultReplay replay = Warmed(series, at);
            long forwards = replay.Health.ClockForwards;
            long backwards = replay.Health.ClockBackwards;
            replay.Push(at, null, (long)(series.Times[at] + (hours * 3_600_000)));
            bool found = hours > 0 ? replay.Health.ClockForwards > forwards : replay.Health.ClockBackwards > backwards;
            ScoreOf(scores, name).Add(found ? 0 : null, found, $"{series.Name} at {at}");
        }

        foreach ((string name, double factor) in (IEnumerable<(string, double)>)[("half as many frames", 2), ("twice as many frames", 0.5)])
        {
            FaultReplay replay = Warmed(series, at);
            long changes = replay.Health.RateChanges;
            double time = series.Times[at - 1];
            int? found = null;
            for (int i = 0; i < FewestSamples && found is null; i++)
            {
                time += factor * series.IntervalMs;
                replay.Push(at + i, null, (long)time, factor * series.IntervalMs);
                found = replay.Health.RateChanges > changes ? i : null;
            }

            ScoreOf(scores, name).Add(found, found is not null, $"{series.Name} at {at}");
        }
    }

    private static FaultReplay Warmed(FaultSeries series, int at)
    {
        FaultReplay replay = new(series);
        for (int row = at - Before; row < at; row++)
        {
            replay.Push(row);
        }

        // What stands already is not of the fault.
        _ = replay.Begun().Count();
        return replay;
    }

    // Counts the first alarm of the channel; called by a wrong name, the search for the right one ends with the time all the same.
    private static bool Note(
        Dictionary<string, Score> scores, string name, string place, int frame, int limit, IEnumerable<(int Channel, ChannelFault Fault)> begun,
        Func<(int Channel, ChannelFault Fault), bool> concerns, ChannelFault wanted)
    {
        Score score = ScoreOf(scores, name);
        foreach ((int Channel, ChannelFault Fault) each in begun.Where(each => concerns(each)))
        {
            score.Found(frame);
            if (each.Fault == wanted)
            {
                score.End(named: true, place);
                return true;
            }
        }

        if (frame == limit - 1)
        {
            score.End(named: false, place);
        }

        return false;
    }

    private static void FalseAlarms(FaultSeries[] all, Figures figures)
    {
        int alarms = 0;
        double milliseconds = 0;
        List<string> told = [];
        foreach (FaultSeries series in all)
        {
            FaultReplay replay = new(series);
            for (int row = 0; row < series.Frames; row++)
            {
                replay.Push(row);
                (int Channel, ChannelFault Fault)[] begun = [.. replay.Begun()];
                if (series.Excused[row])
                {
                    continue;
                }

                milliseconds += series.IntervalMs;
                alarms += begun.Length;
                told.AddRange(begun.Select(each => $"{series.Name} {series.Channels[each.Channel].Name} {each.Fault.Name()} at {row}"));
            }

            alarms += (int)replay.Health.RateChanges;
        }

        figures.Add(new Figure(
            "false alarms in a month of replay", alarms / (milliseconds / MonthMs), "alarms",
            string.Create(CultureInfo.InvariantCulture, $"{alarms} in {milliseconds / 86_400_000:0.0} days of replay without a planted fault, labelled anomalies left out: ")
                + (told.Count == 0 ? "none" : string.Join("; ", told)), Most: 1));
    }

    private static int Limit(FaultSeries series, int channel) =>
        (int)Math.Max(FewestSamples, Math.Ceiling(2 * series.Profile.Channels![channel].StayFrames));

    private static int Longest(ReadOnlySpan<double> values, Func<double, bool> isOf)
    {
        int longest = 0;
        int run = 0;
        foreach (double value in values)
        {
            run = isOf(value) ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static Score ScoreOf(Dictionary<string, Score> scores, string name) =>
        scores.TryGetValue(name, out Score? score) ? score : scores[name] = new Score();

    // How the plantings of one fault went.
    private sealed class Score
    {
        private readonly List<int> _frames = [];
        private readonly List<string> _missed = [];
        private int _planted;
        private int _named;
        private int? _found;

        public void Found(int frame) => _found ??= frame;

        public void End(bool named, string place)
        {
            Add(_found, named, place);
            _found = null;
        }

        public void Add(int? frame, bool named, string place)
        {
            _planted++;
            _named += named ? 1 : 0;
            if (frame is int found)
            {
                _frames.Add(found + 1);
            }
            else
            {
                _missed.Add(place);
            }
        }

        public Figure Row(string name)
        {
            _frames.Sort();
            string frames = _frames.Count == 0 ? "never" : $"after {_frames[_frames.Count / 2]} samples in the median, {_frames[^1]} at most";
            return new Figure(
                $"found in time: {name}", 100.0 * _frames.Count / _planted, "%",
                $"{_frames.Count} of {_planted} plantings into replayed real series found {frames}; {_named} called by their name"
                    + (_missed.Count == 0 ? "" : $"; missed: {string.Join(", ", _missed)}"), Least: 100);
        }
    }
}
