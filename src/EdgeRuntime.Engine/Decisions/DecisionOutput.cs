namespace EdgeRuntime.Engine.Decisions;

/// <summary>
/// Drives something in the world, such as a relay, with what one model decides: on while one of certain decisions is in
/// force, off while another is, and as is safe while nothing is decided.
/// </summary>
/// <remarks>
/// Driven by the thread that decides, so that nothing stands between the decision and its effect; only when the state
/// changes, or after a failure with the next decision. Others may ask for its counters at any time. Allocates nothing.
/// </remarks>
public sealed class DecisionOutput
{
    private readonly bool _isSafeOn;
    private readonly Func<bool, bool> _drive;
    private bool _isOn;
    private bool _isFailing;
    private long _changes;
    private long _failures;

    /// <summary>Makes one that is in its safe state.</summary>
    /// <param name="decisions">Decisions that switch it on.</param>
    /// <param name="isSafeOn">Its state while no model answers.</param>
    /// <param name="drive">Puts it on or off at once; false when that failed.</param>
    public DecisionOutput(IReadOnlyList<string> decisions, bool isSafeOn, Func<bool, bool> drive)
    {
        Decisions = decisions;
        _isSafeOn = isSafeOn;
        _drive = drive;
        _isOn = isSafeOn;
    }

    /// <summary>Decisions that switch it on.</summary>
    public IReadOnlyList<string> Decisions { get; }

    /// <summary>Whether it was put on last, as far as that did not fail.</summary>
    public bool IsOn => Volatile.Read(ref _isOn);

    /// <summary>Whether the newest try to drive it failed.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing);

    /// <summary>Times it was switched, since start.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Tries that failed, since start.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Puts it into its safe state. For the thread that decides, or once that has ended.</summary>
    public void Release() => Put(_isSafeOn);

    /// <summary>Which decisions switch it on, by their number in <paramref name="names"/>.</summary>
    internal bool[] SwitchedOnBy(IReadOnlyList<string> names) => [.. names.Select(Decisions.Contains)];

    /// <summary>A decision is in force. For the thread that decides.</summary>
    internal void Put(bool on)
    {
        if (on == _isOn && !_isFailing)
        {
            return;
        }

        bool driven = _drive(on);
        if (driven && on != _isOn)
        {
            Volatile.Write(ref _changes, _changes + 1);
        }
        else if (!driven)
        {
            Volatile.Write(ref _failures, _failures + 1);
        }

        Volatile.Write(ref _isFailing, !driven);
        if (driven)
        {
            Volatile.Write(ref _isOn, on);
        }
    }
}
