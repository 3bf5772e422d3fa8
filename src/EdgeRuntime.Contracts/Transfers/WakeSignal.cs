using System.Threading.Channels;

namespace EdgeRuntime.Contracts.Transfers;

/// <summary>Wakes a loop that waits: many calls before it wakes count as one. Thread-safe.</summary>
public sealed class WakeSignal
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Wakes the loop, now or as soon as it waits.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Waits for a call of <see cref="Wake"/>, at most <paramref name="longest"/>.</summary>
    /// <returns>False when <paramref name="stop"/> was cancelled.</returns>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken stop)
    {
        using CancellationTokenSource patience = new(longest, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            await _signal.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Patience is over; there may be something to do all the same.
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }
}
