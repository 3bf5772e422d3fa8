using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>One channel of categories: finds those that the reference never had, and counts those that it does not list.</summary>
/// <remarks>
/// The feed's thread checks and closes windows; another takes the counts of a closed one. Allocates nothing once made; about 5 KB.
/// </remarks>
internal sealed class WatchedCategories
{
    private readonly double[] _codes;
    private readonly long _rows;
    private readonly int _place;
    private readonly int _number;
    private CategoryCounter _open;
    private CategoryCounter? _spare;
    private CategoryCounter? _full;

    /// <param name="reference">Of the channel.</param>
    /// <param name="listed">Its categories; where some are not listed, no category is told to be new.</param>
    /// <param name="place">Where it stands in the sensor's frames.</param>
    /// <param name="number">Where it stands in the manifest.</param>
    public WatchedCategories(ChannelReference reference, CategoryReference listed, int place, int number)
    {
        double[] codes = [.. listed.Codes.Order().Distinct()];
        _codes = listed.Other == 0 ? codes : [];
        _rows = reference.Rows;
        _place = place;
        _number = number;
        _open = new CategoryCounter(codes);
        _spare = new CategoryCounter(codes);
    }

    /// <summary>Where the channel stands in the manifest.</summary>
    public int Number => _number;

    /// <summary>Takes one frame.</summary>
    public void Check(ReadOnlySpan<double> frame, long unixMs, FaultStates states)
    {
        double code = frame[_place];
        if (!double.IsFinite(code))
        {
            return;
        }

        bool isListed = _open.Record(code);
        if (_codes.Length == 0)
        {
            return;
        }

        bool isNew = !isListed;
        if (isNew)
        {
            states.Date(_number, ChannelFault.Novel, unixMs, 1 - (3.0 / _rows));
        }

        states.Note(_number, isNew ? 1 << (int)ChannelFault.Novel : 0, 1 << (int)ChannelFault.Novel);
    }

    /// <summary>Closes the window of counts where something was not listed; goes on with it, and loses nothing, until the one before was taken.</summary>
    public void Close()
    {
        if (_open.Unseen == 0 || Volatile.Read(ref _full) is not null || Interlocked.Exchange(ref _spare, null) is not CategoryCounter next)
        {
            return;
        }

        Volatile.Write(ref _full, _open);
        _open = next;
    }

    /// <summary>Takes the counts of a closed window; null where all was listed. Give them back with <see cref="Return"/>. From one other thread.</summary>
    public CategoryCounter? Take() => Interlocked.Exchange(ref _full, null);

    /// <summary>Gives counts back to be used for another window.</summary>
    public void Return(CategoryCounter counts)
    {
        counts.Clear();
        Volatile.Write(ref _spare, counts);
    }
}
