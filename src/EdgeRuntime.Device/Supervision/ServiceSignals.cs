using System.Runtime.InteropServices;
using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Supervision;

/// <summary>
/// What the process is asked for from outside: SIGTERM and SIGINT stop it, SIGHUP lets it read its configuration again. Taken
/// over before anything else is done, because the default of SIGHUP ends the process.
/// </summary>
internal sealed class ServiceSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEvent _ended = new(false);
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<int> _end;
    private readonly TimeSpan _patience;
    private volatile bool _serving;

    /// <param name="mailbox">Takes the wish to read the configuration again, even before anyone reads the mailbox.</param>
    /// <param name="end">Ends the process at once with an exit code.</param>
    /// <param name="patience">How long a stop may take; less than TimeoutStopSec of the unit.</param>
    public ServiceSignals(Mailbox mailbox, Action<int> end, TimeSpan patience)
    {
        _end = end;
        _patience = patience;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Asked),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Asked),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                mailbox.Post(new Letter.Reload());
            }),
        ];

        void Asked(PosixSignalContext signal)
        {
            signal.Cancel = true;
            Stop();
        }
    }

    /// <summary>Cancelled when the process is to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>
    /// From here on a stop is orderly. Before, it ends the process at once: nothing is served yet, what is on the disk is whole
    /// at every moment, and opening a large recording must not hold a shutdown up.
    /// </summary>
    public void Serving() => _serving = true;

    /// <summary>As if SIGTERM had come.</summary>
    internal void Stop()
    {
        if (!_serving)
        {
            _end(Verbs.ExitCode.Done);
            return;
        }

        if (_stop.IsCancellationRequested)
        {
            return;
        }

        _stop.Cancel();

        // A read or an inference that never returns holds its thread, and the orderly end waits for that thread.
        new Thread(() =>
        {
            if (!_ended.WaitOne(_patience))
            {
                Console.Error.WriteLine(
                    $"edge-device: a sample path did not end within {_patience.TotalSeconds:0} s; the process ends without it");
                _end(Verbs.ExitCode.Failed);
            }
        }) { Name = "stop", IsBackground = true }.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Set();
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
