using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// The explanations after the one that an alarm is told with: until as many are there as it takes to say what the model listens to, one
/// at a time, each of a sample that tells something of its own. For the agent's thread only.
/// </summary>
/// <param name="host">Whose alarm stands.</param>
/// <param name="alarms">Of the package that answers.</param>
internal sealed class AlarmFollowUp(ModelHost host, DriftReport alarms, TimeProvider time)
{
    // A few more than a verdict needs; twice as often it is tried.
    private const int Wanted = 40;
    private const int MostTries = 2 * Wanted;

    private long _since = time.GetTimestamp();
    private int _made;
    private int _tries;
    private bool _isAsked;

    /// <summary>Whose alarm stands.</summary>
    public ModelHost Host => host;

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsOver => _made >= Wanted || _tries >= MostTries || host.Alarms != alarms || !alarms.Stands;

    /// <summary>Whether the next one is due.</summary>
    public bool IsDue => !_isAsked && !IsOver && time.GetElapsedTime(_since) >= Pause;

    // As long as it takes until a sample counts as independent of the one before.
    private TimeSpan Pause
    {
        get
        {
            PipelineSpec? pipeline = host.Answering?.Manifest.Pipeline;
            double samples = host.Site.RateHz / Math.Max(1, pipeline?.HopFrames ?? 1);
            return TimeSpan.FromSeconds(Math.Min(alarms.Attributions.Gap / samples, TimeSpan.FromDays(1).TotalSeconds));
        }
    }

    /// <summary>Says that one was asked for.</summary>
    public void Begin()
    {
        _isAsked = true;
        _tries++;
    }

    /// <summary>Says that it has come, or not.</summary>
    public void End(bool made)
    {
        _isAsked = false;
        _made += made ? 1 : 0;
        _since = time.GetTimestamp();
    }
}
