using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// The way of one model's samples: window, features, inference, decision, counters. A <see cref="SensorFeed"/> pushes
/// every frame; others hand over a new model with <see cref="Offer"/> and read what it left, without a lock.
/// </summary>
/// <remarks>
/// <para>
/// Under the policy <c>block</c> the feed's thread does everything. Otherwise it only makes samples and queues them,
/// and a thread of the model's own takes them out with <see cref="ServeNext"/>. Either way every sample that is due is
/// accounted for, once: served, or dropped by a cause.
/// </para>
/// <para>
/// A new model takes over at the boundary of a sample: while its window fills with the same frames the one before goes
/// on answering, and what was queued for that one is still answered by it. So no sample is lost and none is answered
/// twice. Allocates no managed memory and logs nothing.
/// </para>
/// </remarks>
public sealed class SamplePath
{
    private readonly TimeProvider _clock;
    private readonly PredictionRing _ring;
    private readonly PathOptions _options;
    private readonly bool _queues;
    private readonly int _nth;
    private long _windowTicks;
    private readonly double _nanosecondsPerTick;

    // Between the agent and the feed.
    private ServingModel? _offered;
    private bool _withdrawn;
    private ShadowTap? _shadow;
    private SampleGrab? _grab;
    private CaptureTap? _capture;
    private bool _withdrawalSeen;

    // The feed's: the model whose window makes the samples, and the one whose window fills to take its place.
    private ServingModel? _making;
    private ServingModel? _filling;
    private bool _windowOpen;
    private long _windowStart;
    private int _untilNth = 1;

    // The serving thread's: the model that answers. It follows _making once it has answered all that was made.
    private ServingModel? _serving;
    private int _number;
    private long _samples;
    private bool _windowFull;

    /// <summary>Creates a path without a model: frames are dropped until the first is offered.</summary>
    /// <param name="model">Name of the model.</param>
    public SamplePath(string model, TimeProvider clock, PredictionRing ring, PathOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Window, TimeSpan.Zero);
        Model = model;
        _clock = clock;
        _ring = ring;
        _options = options;
        _queues = options.Overload.Queues;
        _nth = options.Overload.Policy == OverloadPolicy.EveryNth ? options.Overload.Nth : 1;
        _windowTicks = (long)(options.Window.TotalSeconds * clock.TimestampFrequency);
        _samples = options.SamplesBefore;
        _nanosecondsPerTick = 1e9 / clock.TimestampFrequency;
    }

    /// <summary>Name of the model.</summary>
    public string Model { get; }

    /// <summary>How its samples are served.</summary>
    public PathOptions Options => _options;

    /// <summary>The model that answers now, or null.</summary>
    public ServingModel? Serving => Volatile.Read(ref _serving);

    /// <summary>Times the answering model was changed; also the number that stands in its predictions.</summary>
    public int Switches => Volatile.Read(ref _number);

    /// <summary>Samples that reached a model since start; those of <see cref="PathOptions.SamplesBefore"/> included.</summary>
    public long Samples => Volatile.Read(ref _samples);

    /// <summary>Makes the windows of counters another length, from the open one on. From any thread.</summary>
    /// <param name="window">Greater than 0.</param>
    public void SetWindow(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        Volatile.Write(ref _windowTicks, (long)(window.TotalSeconds * _clock.TimestampFrequency));
    }

    /// <summary>
    /// Hands over a model that is to answer from the next possible sample on. It has when <see cref="Serving"/> is it;
    /// only then may the one before be disposed of. An offer not yet taken is replaced.
    /// </summary>
    /// <returns>The offer that was replaced, for the caller to dispose of, or null.</returns>
    public ServingModel? Offer(ServingModel next)
    {
        next.Prepare(_options, _clock);
        Volatile.Write(ref _withdrawn, false);
        return Interlocked.Exchange(ref _offered, next);
    }

    /// <summary>Lets a candidate see frames and answers from now on, or none with null. From the agent's thread.</summary>
    public void SetShadow(ShadowTap? tap) => Volatile.Write(ref _shadow, tap);

    /// <summary>Lets the next sample be copied, or none with null. From the agent's thread.</summary>
    public void SetGrab(SampleGrab? grab) => Volatile.Write(ref _grab, grab);

    /// <summary>Leaves copies of frames and answers there from now on, or none with null. From the agent's thread.</summary>
    public void SetCapture(CaptureTap? tap) => Volatile.Write(ref _capture, tap);

    /// <summary>Whether no model answers, and none will of those offered before <see cref="Withdraw"/>.</summary>
    public bool IsWithdrawn => Volatile.Read(ref _withdrawalSeen) && Serving is null;

    /// <summary>Wants no model to answer any more. None does once <see cref="IsWithdrawn"/>.</summary>
    public void Withdraw()
    {
        Interlocked.Exchange(ref _offered, null);
        Volatile.Write(ref _withdrawalSeen, false);
        Volatile.Write(ref _withdrawn, true);
    }

    /// <summary>Takes the oldest sample that waits and serves it. For the serving thread only; never waits.</summary>
    /// <returns>False when there is nothing to do: the caller sleeps until <see cref="PathOptions.Wake"/>, but looks in now and
    /// then all the same, or a decision without samples would never grow stale.</returns>
    public bool ServeNext()
    {
        if (Volatile.Read(ref _windowFull))
        {
            Volatile.Write(ref _windowFull, false);
            _serving?.CloseWindow();
        }

        // Read before the queue: once the feed has left a model it writes nothing more to its queue.
        ServingModel? making = Volatile.Read(ref _making);
        if (_serving is ServingModel serving && serving.Waiting!.TryTake(out WaitingSample waiting))
        {
            Serve(serving, waiting.Take(_clock.GetTimestamp(), _nanosecondsPerTick));
            return true;
        }

        if (making == _serving)
        {
            _serving?.Tick(_ring);
            return false;
        }

        MoveTo(making);
        return true;
    }

    /// <summary>
    /// Drops what still waits, as <see cref="DropCause.Stopped"/>. For the serving thread, or after it; the feed has
    /// stopped before.
    /// </summary>
    public void Stop()
    {
        if (!_queues)
        {
            return;
        }

        do
        {
            while (_serving is ServingModel serving && serving.Waiting!.TryTake(out _))
            {
                serving.Tally.CountDrop(DropCause.Stopped);
            }
        }
        while (Follow());
    }

    /// <summary>Takes up what the agent wants. For the feed only, before every read.</summary>
    internal void Settle()
    {
        if (Volatile.Read(ref _withdrawn))
        {
            _filling = null;
            if (_making is not null)
            {
                Volatile.Write(ref _making, null);
                _options.Wake?.Invoke();
            }

            // Told last: a model whose window was filling can take over no more.
            Volatile.Write(ref _withdrawalSeen, true);
        }

        // An offer replaces one whose window is still filling; that one was never seen outside.
        if (Volatile.Read(ref _offered) is not null)
        {
            _filling = Interlocked.Exchange(ref _offered, null) ?? _filling;
        }

        // Where no model answers there is nothing to keep up until the window is full, and a sensor that is dead from the
        // start would otherwise never let a decision grow stale.
        if (_filling is not null && _making is null && Volatile.Read(ref _serving) is null)
        {
            _windowOpen = false;
            Volatile.Write(ref _making, _filling);
            _filling = null;
        }

        if (!_queues)
        {
            Follow();
            _serving?.Tick(_ring);
        }
    }

    /// <summary>Counts a read of the sensor that failed. For the feed only.</summary>
    internal void CountSensorError()
    {
        _making?.Tally.CountDue();
        _making?.Tally.CountDrop(DropCause.SensorError);
        _making?.Health?.Miss(1);
    }

    /// <summary>Takes frames that were due and did not come. For the feed only.</summary>
    internal void Miss(long frames)
    {
        if (_making?.Health is { MayPause: false } health)
        {
            health.Miss(frames);
        }
    }

    /// <summary>Takes one frame. For the feed only.</summary>
    /// <param name="readNanoseconds">How long reading it took.</param>
    /// <param name="before">Now, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    internal void Push(Frame frame, long readNanoseconds, long before)
    {
        FrameTime time = frame.Time;
        bool due = _making is not null && _making.Push(frame);

        // A new model waits until the serving thread has caught up with the last change, if need be for another window.
        if (_filling is not null && _filling.Push(frame) && Volatile.Read(ref _serving) == _making)
        {
            _windowOpen = false;
            Volatile.Write(ref _making, _filling);
            _filling = null;
            due = true;
        }

        if (due)
        {
            long now = _clock.GetTimestamp();
            SampleTimes times = new()
            {
                Read = readNanoseconds,
                Features = (long)((now - before) * _nanosecondsPerTick),
                Queue = SampleTimes.None,
            };
            Admit(_making!, time, times, now);
        }

        Volatile.Read(ref _shadow)?.Offer(frame);
        Volatile.Read(ref _capture)?.Offer(frame);
        CloseWindow(time);
    }

    private void Admit(ServingModel making, in FrameTime time, in SampleTimes times, long now)
    {
        making.Tally.CountDue();
        if (making.MustDrop)
        {
            making.Tally.CountDrop(DropCause.MissingValue);
        }
        else if (!_queues)
        {
            Follow();
            Serve(making, making.Due(time, times));
        }
        else if (--_untilNth > 0)
        {
            making.Tally.CountDrop(DropCause.SkippedNth);
        }
        else
        {
            _untilNth = _nth;
            Queue(making, time, times, now);
            _options.Wake?.Invoke();
        }
    }

    private void Queue(ServingModel making, in FrameTime time, in SampleTimes times, long now)
    {
        SampleRing<WaitingSample> queue = making.Waiting!;
        making.Fill(queue.Writing, time, times, now);
        switch (_options.Overload.Policy)
        {
            case OverloadPolicy.DropNewest when !queue.TryWrite():
                making.Tally.CountDrop(DropCause.QueueFullNewest);
                break;
            case OverloadPolicy.DropNewest:
                break;
            case OverloadPolicy.LatestOnly when queue.Write():
                making.Tally.CountDrop(DropCause.Superseded);
                break;
            case OverloadPolicy.LatestOnly:
                break;
            default:
                if (queue.Write())
                {
                    making.Tally.CountDrop(DropCause.QueueFullOldest);
                }

                break;
        }
    }

    private void Serve(ServingModel serving, in DueSample sample)
    {
        // Numbers are given to samples the model was asked about, so that they are without gaps.
        if (serving.Serve(sample, _samples + 1, _ring, new SampleTaps(Volatile.Read(ref _shadow), Volatile.Read(ref _grab), Volatile.Read(ref _capture))))
        {
            Volatile.Write(ref _samples, _samples + 1);
        }
    }

    // The feed's thread says when a window of counters is full; the serving thread, which fills it, closes it.
    private void CloseWindow(in FrameTime time)
    {
        if (!_windowOpen)
        {
            _windowOpen = true;
            _windowStart = time.Timestamp;
        }
        else if (time.Timestamp - _windowStart >= Volatile.Read(ref _windowTicks))
        {
            _windowStart = time.Timestamp;
            _making?.Health?.CloseWindow();
            if (_queues)
            {
                Volatile.Write(ref _windowFull, true);
                _options.Wake?.Invoke();
            }
            else
            {
                _serving?.CloseWindow();
            }
        }
    }

    // A new model drives them with its first decision; where there is none, they go to what is safe.
    private void Release()
    {
        for (int i = 0; i < _options.Outputs.Count; i++)
        {
            _options.Outputs[i].Release();
        }
    }

    private bool Follow()
    {
        ServingModel? making = Volatile.Read(ref _making);
        if (making == _serving)
        {
            return false;
        }

        MoveTo(making);
        return true;
    }

    private void MoveTo(ServingModel? making)
    {
        _serving?.CloseGates(_clock.GetTimestamp());
        if (making is not null)
        {
            making.Number = _number + 1;
            Volatile.Write(ref _number, making.Number);
        }
        else
        {
            Release();
        }

        Volatile.Write(ref _serving, making);
    }
}
