using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>One channel of categories: finds those that the reference never had. Allocates nothing once made; not thread-safe.</summary>
internal sealed class WatchedCategories
{
    private readonly double[] _codes;
    private readonly long _rows;
    private readonly int _place;
    private readonly int _number;

    /// <param name="reference">Of the channel.</param>
    /// <param name="listed">Its categories; where some are not listed, no category is told to be new.</param>
    /// <param name="place">Where it stands in the sensor's frames.</param>
    /// <param name="number">Where it stands in the manifest.</param>
    public WatchedCategories(ChannelReference reference, CategoryReference listed, int place, int number)
    {
        _codes = listed.Other == 0 ? [.. listed.Codes.Order()] : [];
        _rows = reference.Rows;
        _place = place;
        _number = number;
    }

    /// <summary>Takes one frame.</summary>
    public void Check(ReadOnlySpan<double> frame, long unixMs, FaultStates states)
    {
        double code = frame[_place];
        if (double.IsNaN(code) || _codes.Length == 0)
        {
            return;
        }

        bool isNew = Array.BinarySearch(_codes, code) < 0;
        if (isNew)
        {
            states.Date(_number, ChannelFault.Novel, unixMs, 1 - (3.0 / _rows));
        }

        states.Note(_number, isNew ? 1 << (int)ChannelFault.Novel : 0, 1 << (int)ChannelFault.Novel);
    }
}
