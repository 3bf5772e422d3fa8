using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>How the device stands at one moment of a trial.</summary>
/// <param name="Answering">Names of the models that answer, and not with failures alone.</param>
/// <param name="LinkUp">Whether the broker is reached.</param>
/// <param name="ResidentBytes">Memory of the process.</param>
internal readonly record struct RuntimeMoment(IReadOnlyCollection<string> Answering, bool LinkUp, long ResidentBytes);

/// <summary>
/// Judges a program on trial by what the device could do before it: nothing of that may be lost. That the process ends is judged by
/// the one that begins next.
/// </summary>
/// <param name="limit">Memory that the profile allows, bytes; null for any.</param>
internal sealed class RuntimeTrial(RuntimeSoakSpec soak, RuntimeBefore before, long? limit, TimeProvider time)
{
    // A load of a model takes memory that it gives back; what stays for so long is the program's.
    private static readonly TimeSpan MemoryPatience = TimeSpan.FromSeconds(10);

    private readonly long _began = time.GetTimestamp();
    private readonly HashSet<string> _waiting = [.. before.Models];
    private bool _linkWasUp;
    private long? _overSince;

    /// <summary>Looks at the device; a few times a second.</summary>
    /// <returns>The verdict, or null while the trial goes on.</returns>
    public SoakVerdict? Look(in RuntimeMoment now)
    {
        TimeSpan passed = time.GetElapsedTime(_began);
        bool isOver = passed.TotalSeconds >= soak.Seconds;
        _linkWasUp |= now.LinkUp;
        _waiting.ExceptWith(now.Answering);
        if (_waiting.Count > 0 && (isOver || passed.TotalSeconds >= soak.AnswerSeconds))
        {
            return Undo($"{Names(_waiting)} answered before it and did not within {(int)passed.TotalSeconds} s");
        }

        if (StaysOverMemory(now.ResidentBytes))
        {
            return Undo($"it holds {now.ResidentBytes >> 20} MiB of memory where the profile allows {limit >> 20}");
        }

        if (!isOver)
        {
            return null;
        }

        string[] silent = [.. before.Models.Except(now.Answering)];
        return silent.Length > 0 ? Undo($"{Names(silent)} answered before it and does not at the end of its trial")
            : before.LinkUp && !_linkWasUp ? Undo($"the broker was reached before it and was not within {(int)passed.TotalSeconds} s")
            : new SoakVerdict.Commit();
    }

    private bool StaysOverMemory(long resident)
    {
        if (limit is not long most || before.OverMemory || resident <= most)
        {
            _overSince = null;
            return false;
        }

        _overSince ??= time.GetTimestamp();
        return time.GetElapsedTime(_overSince.Value) >= MemoryPatience;
    }

    private static string Names(IEnumerable<string> models) => string.Join(", ", models.Order(StringComparer.Ordinal));

    private static SoakVerdict.Undo Undo(FormattableString reason) => new(reason.ToString(CultureInfo.InvariantCulture));
}
