using System.Diagnostics;
using EdgeRuntime.Fuzz.Coverage;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Fuzz.Targets;

namespace EdgeRuntime.Fuzz;

/// <summary>Makes inputs for one target, runs them, and keeps those that reach something new.</summary>
internal sealed class Campaign
{
    private const int MostKept = 4096;
    private const long MostKeptBytes = 32L * 1024 * 1024;
    private const int WaitingFactor = 20;

    private readonly Target _target;
    private readonly Words _words;
    private readonly FuzzOptions _options;
    private readonly LastInput _last;
    private readonly Random _random;
    private readonly List<byte[]> _corpus = [];
    private readonly byte[] _known = new byte[EdgeMap.Size];
    private readonly HashSet<string> _told = [];
    private long _corpusBytes;
    private long _startedAt;

    public Campaign(Target target, Words words, FuzzOptions options, LastInput last)
    {
        _target = target;
        _words = words;
        _options = options;
        _last = last;
        _random = new Random(options.Seed);
    }

    /// <summary>Inputs run.</summary>
    public long Ran { get; private set; }

    /// <summary>Those the parser accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>Inputs kept because they reached something new.</summary>
    public int Corpus => _corpus.Count;

    /// <summary>Different edges reached.</summary>
    public int Edges => _known.Count(kinds => kinds != 0);

    /// <summary>Kinds of findings.</summary>
    public int Findings => _told.Count;

    /// <summary>Longest single run, milliseconds.</summary>
    public double Slowest { get; private set; }

    /// <summary>Most managed memory one input took, bytes.</summary>
    public long MostBytes { get; private set; }

    /// <summary>Seconds since the start.</summary>
    public double Seconds { get; private set; }

    /// <summary>What the last input came to.</summary>
    public string LastOutcome { get; private set; } = "";

    /// <summary>Ends the process when one input takes longer than the target allows, or the process more memory than any may.</summary>
    public void Watch()
    {
        Thread watch = new(() =>
        {
            long watched = 0;
            TimeSpan before = default;
            while (true)
            {
                Thread.Sleep(100);
                long started = Volatile.Read(ref _startedAt);
                if (started != watched)
                {
                    (watched, before) = (started, Environment.CpuUsage.TotalTime);
                }

                // The code cannot be stopped, so the process is, at once and without its own ending, which would wait for
                // that code; the supervisor saves the input. Its processor time is what counts: on a busy machine an input
                // that takes a millisecond can wait for its turn for longer than any limit. One that waits itself takes none.
                if (watched != 0 && (Environment.CpuUsage.TotalTime - before > _target.TimeLimit
                    || Stopwatch.GetElapsedTime(watched) > WaitingFactor * _target.TimeLimit))
                {
                    ProcessEnd.Now(Supervisor.HangCode);
                }

                if (ResidentMemory.Now() > ResidentMemory.Most)
                {
                    ProcessEnd.Now(Supervisor.MemoryCode);
                }
            }
        })
        { IsBackground = true };
        watch.Start();
    }

    /// <summary>Runs the seeds, then mutations of what was kept, to the number of inputs or seconds asked for.</summary>
    public void Fuzz()
    {
        Watch();
        long begin = Stopwatch.GetTimestamp();
        foreach (byte[] seed in _target.Seeds().Where(seed => seed.Length <= _target.LargestInput))
        {
            // Kept whether new or not: their parts are worth having.
            RunAndKeep(seed, always: true);
        }

        if (_corpus.Count == 0)
        {
            RunAndKeep([], always: true);
        }

        while (Ran < _options.Inputs && !(_options.UntilFound && Findings > 0) && (_options.Seconds == 0 || Stopwatch.GetElapsedTime(begin).TotalSeconds < _options.Seconds))
        {
            RunAndKeep(Next(), always: false);
        }

        Seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Runs one input.</summary>
    /// <returns>What is wrong, or null.</returns>
    public Finding? Run(byte[] input)
    {
        _last.Remember(Ran, input);
        Finding? finding = Once(input, out long allocated);
        long allowed = _target.FixedBytes + (_target.BytesPerByte * input.Length);
        if (finding is null && allocated > allowed)
        {
            // Code that runs for the first time allocates for itself; only what the input costs again is the input's.
            finding = Once(input, out long again);
            allocated = Math.Min(allocated, again);
            finding ??= allocated > allowed
                ? new Finding(_target.Name, "memory", $"{input.Length} bytes of input took {allocated} bytes of memory; {allowed} are allowed")
                : null;
        }

        MostBytes = Math.Max(MostBytes, allocated);
        Ran++;
        if (finding is not null && _told.Add(finding.Kind + KindOf(finding.What)))
        {
            Console.WriteLine("finding " + finding.Line(finding.Save(_options.Output, input)));
        }

        return finding;
    }

    private Finding? Once(byte[] input, out long allocated)
    {
        Finding? finding = null;
        EdgeMap.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        Volatile.Write(ref _startedAt, started);
        try
        {
            bool accepted = _target.Run(input);
            Accepted += accepted ? 1 : 0;
            LastOutcome = accepted ? "accepted" : "refused";
        }
        catch (BrokenPromiseException e)
        {
            finding = new Finding(_target.Name, "promise", e.Message);
        }
        catch (Exception e) when (_target.Refuses(e))
        {
            LastOutcome = $"refused: {e.Message}";
        }
        catch (Exception e)
        {
            finding = new Finding(_target.Name, "exception", $"{e.GetType().Name}: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")} {Place(e)}");
        }

        Volatile.Write(ref _startedAt, 0);
        Slowest = Math.Max(Slowest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return finding;
    }

    private void RunAndKeep(byte[] input, bool always)
    {
        Finding? finding = Run(input);
        int news = EdgeMap.Learn(_known);
        if ((news > 0 || always) && finding is null && _corpus.Count < MostKept && _corpusBytes + input.Length <= MostKeptBytes)
        {
            _corpus.Add(input);
            _corpusBytes += input.Length;
        }
    }

    private byte[] Next()
    {
        // Half of the time one of the newest, which few have been made from.
        int newest = Math.Max(0, _corpus.Count - 64);
        byte[] from = _corpus[_random.Next(2) == 0 ? _random.Next(_corpus.Count) : _random.Next(newest, _corpus.Count)];

        // The smaller of two: it says the same with fewer bytes to change in vain.
        byte[] another = _corpus[_random.Next(_corpus.Count)];
        from = another.Length < from.Length ? another : from;
        byte[] other = _corpus[_random.Next(_corpus.Count)];
        Mutation.Mutation mutate = _target.Mutations[_random.Next(_target.Mutations.Count)];
        byte[] made = mutate(from, other, _words, _random);
        return made.Length <= _target.LargestInput ? made : made[.._target.LargestInput];
    }

    // Where it happened, or else what, without the numbers and texts of this one input.
    private static string KindOf(string what)
    {
        int at = what.LastIndexOf(" at ", StringComparison.Ordinal);
        return at >= 0 ? what[at..] : string.Concat(what.Split(':')[0].Where(c => !char.IsAsciiDigit(c)));
    }

    // The first lines of the project's own code: the same fault found twice is one finding.
    private static string Place(Exception e)
    {
        string[] lines = (e.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries);
        string line = lines.FirstOrDefault(line => line.Contains("EdgeRuntime.", StringComparison.Ordinal) && !line.Contains("EdgeRuntime.Fuzz", StringComparison.Ordinal))
            ?? lines[0];
        return line.Split(" in ")[0];
    }
}
