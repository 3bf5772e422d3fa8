using System.Globalization;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Shows the live ledger of the device that runs on this machine, again and again or once.</summary>
internal static class TopVerb
{
    private const int StandardOutput = 1;

    public static int Run(string[] words)
    {
        if (Options.Parse(words, ["--config", "--state", "--sort", "--seconds"], ["--once", "--json"], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake, "top");
        }

        if (options.Help)
        {
            return Usage.Of("top");
        }

        string sort = options["--sort"] ?? "name";
        if (!TopView.Columns.Contains(sort))
        {
            return Usage.Wrong($"--sort can be {string.Join(", ", TopView.Columns)}", "top");
        }

        if (!double.TryParse(options["--seconds"] ?? "2", NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || seconds is not (>= 0.2 and <= 3600))
        {
            return Usage.Wrong("--seconds takes 0.2 to 3600", "top");
        }

        string? state = options["--state"];
        if (state is null)
        {
            if (options["--config"] is not string path)
            {
                return Usage.Wrong("top needs --config FILE, or --state DIRECTORY", "top");
            }

            Mistakes mistakes = new();
            if (ConfigurationReader.Load(path, mistakes) is not { } read)
            {
                return CheckVerb.Report(mistakes);
            }

            state = read.Configuration.StateDirectory;
        }

        return options.Has("--once") || options.Has("--json")
            ? Once(state, sort, options.Has("--json"))
            : Watch(state, sort, TimeSpan.FromSeconds(seconds));
    }

    private static int Once(string state, string sort, bool json)
    {
        if (LiveSocket.TryRead(state, out string objection) is not LiveLedger ledger)
        {
            return Absent(objection);
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(ledger, LiveJson.Default.LiveLedger));
            return ExitCode.Done;
        }

        foreach (string line in TopView.Lines(new LedgerInterval(ledger, null), sort))
        {
            Console.WriteLine(line);
        }

        return ExitCode.Done;
    }

    // In place on a terminal, where s changes the sorting and q ends it; else one table after the other.
    private static int Watch(string state, string sort, TimeSpan pace)
    {
        bool terminal = !Console.IsOutputRedirected && !Console.IsInputRedirected;
        using ManualResetEvent never = new(false);
        LiveLedger? before = null;
        int drawn = 0;
        while (true)
        {
            if (LiveSocket.TryRead(state, out string objection) is not LiveLedger now)
            {
                return Absent(objection);
            }

            IReadOnlyList<string> lines = TopView.Lines(new LedgerInterval(now, before), sort);
            if (terminal)
            {
                Draw(lines, sort, ref drawn);
            }
            else
            {
                foreach (string line in lines)
                {
                    Console.WriteLine(line);
                }

                Console.WriteLine();
            }

            // `top | head` ends with head.
            if (!terminal && Kernel.IsReaderGone(StandardOutput))
            {
                return ExitCode.Done;
            }

            before = now;
            if (!Pause(never, terminal, pace, ref sort))
            {
                return ExitCode.Done;
            }
        }
    }

    private static void Draw(IReadOnlyList<string> lines, string sort, ref int drawn)
    {
        if (drawn > 0)
        {
            Console.Write($"\e[{drawn}A");
        }

        // A line that wraps, and one that scrolls out at the top, would be counted wrongly.
        string[] shown = [.. TopView.Fit([.. lines, "", $"sorted by {sort}: s changes it, q ends"], Console.WindowWidth, Console.WindowHeight)];
        foreach (string line in shown)
        {
            Console.Write($"{line}\e[K\n");
        }

        Console.Write("\e[J");
        drawn = shown.Length;
    }

    private static bool Pause(ManualResetEvent never, bool terminal, TimeSpan pace, ref string sort)
    {
        const int LookMs = 50;
        for (int waited = 0; waited < pace.TotalMilliseconds; waited += LookMs)
        {
            if (terminal && Console.KeyAvailable)
            {
                switch (Console.ReadKey(intercept: true).KeyChar)
                {
                    case 'q':
                        return false;
                    case 's':
                        int at = TopView.Columns.ToList().IndexOf(sort);
                        sort = TopView.Columns[(at + 1) % TopView.Columns.Count];
                        return true;
                }
            }

            never.WaitOne(LookMs);
        }

        return true;
    }

    private static int Absent(string objection)
    {
        Console.Error.WriteLine($"edge-device: {objection}");
        return ExitCode.Unavailable;
    }
}
