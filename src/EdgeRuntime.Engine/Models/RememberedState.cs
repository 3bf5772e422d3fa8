using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The state of one line, durable before anybody acts on it; and what becomes of it when the disk takes nothing.
/// </summary>
internal sealed class RememberedState(SlotStore store, UpdateNews news, TimeProvider time)
{
    private static readonly TimeSpan SaveAgainEvery = TimeSpan.FromSeconds(5);

    private long _triedAt;

    /// <summary>Whether the disk has not taken the state: the next process would know another.</summary>
    public bool IsUnsaved { get; private set; }

    /// <summary>The state to act on.</summary>
    public LineState Current { get; private set; } = store.State;

    /// <summary>Makes a state durable, or, when the disk takes it not, what can be answered for without it.</summary>
    public void Adopt(LineState next)
    {
        LineState before = Current;
        if (!Save(next))
        {
            next = WithoutDisk(before, next);
            Save(next);
        }

        Current = next;
    }

    /// <summary>Tries again to write what the disk did not take.</summary>
    /// <returns>True when it took it now.</returns>
    public bool SaveAgain() => IsUnsaved && time.GetElapsedTime(_triedAt) >= SaveAgainEvery && Save(Current);

    /// <summary>
    /// What becomes of a state that the disk does not take: an update ends where it is, a trial is not committed, and
    /// what was trusted before is in use. What is an end anyway is acted on, and written as soon as there is
    /// room.
    /// </summary>
    private static LineState WithoutDisk(LineState before, LineState next)
    {
        const string reason = "the disk does not take what must be remembered of it";
        bool committing = before.Phase is Activation.Switching or Activation.Soaking
            && next.Last is Outcome.Committed && next.ActiveSlot != before.ActiveSlot;
        return Activation.Next(committing ? before : next, new ActivationEvent.Failed(reason, PackageAtFault: false));
    }

    private bool Save(LineState state)
    {
        _triedAt = time.GetTimestamp();
        try
        {
            store.Save(state);
            IsUnsaved = false;
            return true;
        }
        catch (IOException failed)
        {
            if (!IsUnsaved)
            {
                string detail = $"the disk does not take the state of '{store.Line}': {failed.Message}";
                news.Notice(EventSeverity.Error, detail);
            }

            IsUnsaved = true;
            return false;
        }
    }
}
