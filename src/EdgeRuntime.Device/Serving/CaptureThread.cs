using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>Takes what a sample path leaves for captures, and writes clips, on a thread that every other goes before.</summary>
internal sealed class CaptureThread : IDisposable
{
    // Sleeps instead of being woken: the sample path must not spend even a call of the kernel on it.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(20);

    private readonly CaptureTap _tap;
    private readonly CaptureRecorder _recorder;
    private readonly CaptureStore _store;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly ManualResetEvent _stopping = new(false);
    private readonly ConcurrentQueue<(long N, Action<CapturedClip?> Done)> _sought = new();
    private int _id;

    /// <summary>Starts at once.</summary>
    /// <param name="placement">Starts the thread beside the sample paths' cores.</param>
    /// <param name="failed">Called, on this thread, when it met an error it does not know.</param>
    public CaptureThread(CaptureTap tap, CaptureRecorder recorder, CaptureStore store, ThreadPlacement placement, Action<Exception> failed)
    {
        _tap = tap;
        _recorder = recorder;
        _store = store;
        _failed = failed;
        _thread = new Thread(Run) { Name = "capture", IsBackground = true };
        placement.Start(_thread);
    }

    /// <summary>What makes the clips.</summary>
    public CaptureRecorder Recorder => _recorder;

    /// <summary>Frames and answers for which there was no room.</summary>
    public long Dropped => _tap.DroppedFrames + _tap.DroppedAnswers;

    /// <summary>Looks for an answer among the newest frames, as <see cref="CaptureRecorder.Recall"/>.</summary>
    /// <param name="done">Called once, on this thread or where it has ended.</param>
    public void Recall(long n, Action<CapturedClip?> done) => _sought.Enqueue((n, done));

    /// <summary>Ends; a clip that waits for its last frames is written without them.</summary>
    public void Dispose()
    {
        _stopping.Set();

        // Whoever waits for an idle thread on a busy machine waits long.
        if (Volatile.Read(ref _id) is int id and > 0)
        {
            _ = Kernel.SetPolicy(id, Kernel.Policy.Other, 0);
        }

        _thread.Join();
        _stopping.Dispose();
        while (_sought.TryDequeue(out (long N, Action<CapturedClip?> Done) sought))
        {
            sought.Done(null);
        }
    }

    private void Run()
    {
        try
        {
            Volatile.Write(ref _id, Kernel.ThreadId);
            Kernel.NameThread("capture");
            _ = Kernel.SetPolicy(0, Kernel.Policy.Idle, 0);
            while (!_stopping.WaitOne(Nap))
            {
                TakeAll();
            }

            TakeAll();
            Keep(_recorder.Finish());
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
    }

    private void TakeAll()
    {
        while (_tap.TryTakeAnswer(out WatchedAnswer answer))
        {
            Keep(_recorder.Add(answer));
        }

        while (_tap.TryTakeFrame(out Frame frame))
        {
            Keep(_recorder.Add(frame));
        }

        while (_sought.TryDequeue(out (long N, Action<CapturedClip?> Done) sought))
        {
            sought.Done(_recorder.Recall(sought.N));
        }
    }

    private void Keep(CapturedClip? clip)
    {
        if (clip is not null)
        {
            _store.TryKeep(clip.Reason, ClipCodec.Write(clip));
        }
    }
}
