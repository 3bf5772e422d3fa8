using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The state of one model, durable before anybody acts on it; and what becomes of it when the disk takes nothing.
/// </summary>
internal sealed class RememberedState(SlotStore store, UpdateNews news, TimeProvider time)
{
    private static readonly TimeSpan SaveAgainEvery = TimeSpan.FromSeconds(5);

    private bool _isUnsaved;
    private long _triedAt;

    /// <summary>The state to act on.</summary>
    public ModelState Current { get; private set; } = store.State;

    /// <summary>Makes a state durable, or, when the disk takes it not, what can be answered for without it.</summary>
    public void Adopt(ModelState next)
    {
        ModelState before = Current;
        if (!Save(next))
        {
            next = WithoutDisk(before, next);
            Save(next);
        }

        Current = next;
    }

    /// <summary>Tries again to write what the disk did not take.</summary>
    public void SaveAgain()
    {
        if (_isUnsaved && time.GetElapsedTime(_triedAt) >= SaveAgainEvery)
        {
            Save(Current);
        }
    }

    /// <summary>
    /// What becomes of a state that the disk does not take: an update ends where it is, a trial is not committed, and
    /// the model that was trusted before answers. What is an end anyway is acted on, and written as soon as there is
    /// room.
    /// </summary>
    private static ModelState WithoutDisk(ModelState before, ModelState next)
    {
        const string reason = "the disk does not take what must be remembered of it";
        bool committing = before.Phase is Activation.Switching or Activation.Soaking
            && next.Last is Outcome.Committed && next.ActiveSlot != before.ActiveSlot;
        return Activation.Next(committing ? before : next, new ActivationEvent.Failed(reason, PackageAtFault: false));
    }

    private bool Save(ModelState state)
    {
        _triedAt = time.GetTimestamp();
        try
        {
            store.Save(state);
            _isUnsaved = false;
            return true;
        }
        catch (IOException failed)
        {
            if (!_isUnsaved)
            {
                string detail = $"the disk does not take the state of '{store.Model}': {failed.Message}";
                news.Notice(EventSeverity.Error, detail);
            }

            _isUnsaved = true;
            return false;
        }
    }
}
