using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Decisions;

/// <summary>k of n: the newest n answers vote, and k of them make a decision. Allocates nothing once made.</summary>
internal sealed class VoteWindow
{
    private readonly int _k;
    private readonly int[] _ring;
    private readonly int[] _votes;
    private readonly int _alarm;
    private int _next;
    private int _filled;
    private int _winner = -1;

    /// <param name="decisions">How many decisions there are.</param>
    /// <param name="alarm">The one that k votes make, while all but k - 1 make its contrary; -1 where k make any.</param>
    public VoteWindow(VoteSpec spec, int decisions, int alarm)
    {
        _k = spec.K;
        _ring = new int[spec.N];
        _votes = new int[decisions];
        _alarm = alarm;
    }

    /// <summary>Counts a vote.</summary>
    /// <param name="vote">What the newest answer speaks for.</param>
    /// <param name="current">The decision in force, which stays where no other has votes enough.</param>
    public int Next(int vote, int current)
    {
        if (_filled == _ring.Length)
        {
            _votes[_ring[_next]]--;
        }
        else
        {
            _filled++;
        }

        _ring[_next] = vote;
        _votes[vote]++;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;

        if (_alarm >= 0)
        {
            return _votes[_alarm] >= _k ? _alarm
                : _votes[1 - _alarm] > _ring.Length - _k ? 1 - _alarm
                : current;
        }

        // K is more than half of n: there is one such decision at most, and only the newest vote can have made a new one.
        if (_votes[vote] >= _k)
        {
            _winner = vote;
        }
        else if (_winner >= 0 && _votes[_winner] < _k)
        {
            _winner = -1;
        }

        return _winner >= 0 ? _winner : current;
    }

    /// <summary>Forgets all votes.</summary>
    public void Clear()
    {
        _next = 0;
        _filled = 0;
        _winner = -1;
        Array.Clear(_votes);
    }
}
