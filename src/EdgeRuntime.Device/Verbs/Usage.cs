using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Verbs;

/// <summary>What the program says about itself, and about each verb.</summary>
internal static class Usage
{
    private const string Text = """
        Usage: edge-device VERB [options]

          run         serves models until it is told to stop
          check       lists every mistake of a configuration, its profile and its packages
          infer       runs a model once, or over a recording, and prints JSON
          selftest    checks that this machine can serve: libraries, sensors, clock, model
          top         the live ledger of the device that runs here: rates, latencies, drops, drift
          bench       this device's latency table, for models, packages or the built-in model
          doctor      looks at processor, libraries, clock, heat, memory, rights and profile; each finding with a remedy
          version     versions of the program and its libraries

        Example: edge-device run --config edge.json
        edge-device VERB --help says more about a verb.
        Exit codes: 0 done, 64 wrong usage, 65 bad data, 69 library or device missing, 70 self-test failed or a problem found,
                    74 no room for the output, 75 try again, 78 bad configuration; under systemd, 64, 69 and 78 are not worth a restart
        """;

    private static readonly (string Verb, string Text)[] Pages =
    [
        ("run", """
            Usage: edge-device run --config FILE [options]

            Serves models until it is told to stop.
              --config FILE       the device's configuration
              --plain             plain lines even on a terminal (else a live view)
              --log LEVEL         debug, info, warning or error (default: info; error with the live view)

            Signals: SIGTERM and SIGINT stop it, SIGHUP makes it read its configuration again
            Exit codes: 0 stopped, 64 wrong usage, 69 a library is missing, 70 a fault of the program, 75 another process holds
                        state_dir, 78 bad configuration
            Example: edge-device run --config /etc/edge-device/edge.json --plain
            """),
        ("check", """
            Usage: edge-device check --config FILE
                   edge-device check --profile NAME

            Lists every mistake of a configuration, its profile and its packages, with line and column, without serving.
              --config FILE       the configuration
              --profile NAME      shows a device profile, of any kind of board, with the file and line each value comes from

            Exit codes: 0 good, 64 wrong usage, 78 there are mistakes
            Example: edge-device check --profile raspberry-pi-5
            """),
        ("selftest", """
            Usage: edge-device selftest [options]

            Checks that this machine can serve: libraries, a signed int8 model, golden vectors, sensors, clock.
              --allocations       also counts managed bytes over 1,000,000 samples
              --library PATH      the ONNX Runtime library to use

            Exit codes: 0 passed, 64 wrong usage, 70 failed
            Example: edge-device selftest --allocations
            """),
        ("top", """
            Usage: edge-device top --config FILE | --state DIRECTORY [options]

            Shows the live ledger of the device that runs here: rates, latencies, drops, drift. On a terminal in place, where
            s changes the sorting and q ends it; elsewhere one table after the other.
              --config FILE       the device's configuration
              --state DIRECTORY   its state directory, instead
              --seconds S         time between two tables, 0.2 to 3600 (default: 2)
              --sort COLUMN       name, rate, infer, total, dropped, misses or drift (default: name)
              --once              one table, of everything since the device started
              --json              the same as one JSON object

            Exit codes: 0 done, 64 wrong usage, 69 the device does not run, 78 bad configuration
            Example: edge-device top --config edge.json --sort total
            """),
        ("bench", """
            Usage: edge-device bench [FILE…] [options]

            Prints this device's latency table for models (.onnx), packages (.edgepkg) or the built-in model: inference alone,
            and for packages the whole step from frame to decision. A file that cannot run gets a line with the reason.
              --seconds S         measured time for each row, 0.05 to 3600 (default: 3)
              --config FILE, --profile NAME
                                  threads, library, real-time settings and, with --config, keys
              --json              for tools
            Paced, with the built-in model:
              --minutes M         for so long, with deadlines missed and lateness
              --rate HZ           that pace, 1 to 20000 (default: 1000)

            Exit codes: 0 done, 64 wrong usage, 65 a file could not run, 69 a library is missing, 78 bad configuration
            Example: edge-device bench model-fp32.onnx model-int8.onnx --profile linux-x64
            """),
        ("doctor", """
            Usage: edge-device doctor [options]

            Looks at processor and int8 kernels, libraries, clock, heat, memory, watchdog, buses and rights, and holds the board
            against the profile that knows it; each finding with a remedy.
              --config FILE       takes the profile that it names, and looks at the files, budgets, disk, real time and broker too
              --json              for tools

            Exit codes: 0 no problem (there may be warnings), 64 wrong usage, 70 a problem was found
            Example: edge-device doctor --config edge.json
            """),
        ("version", """
            Usage: edge-device version [--config FILE]

            Prints the versions of the program and its libraries.
              --config FILE       also which program serves there: this one, or one that a package brought

            Example: edge-device version --config /etc/edge-device/edge.json
            """),
    ];

    private static readonly string[] Verbs = ["run", "check", "infer", "selftest", "top", "bench", "doctor", "version"];

    public static int Print(TextWriter to, int code)
    {
        to.WriteLine(Text);
        return code;
    }

    /// <summary>Prints the page of one verb.</summary>
    public static int Of(string verb)
    {
        Console.WriteLine(Pages.First(page => page.Verb == verb).Text);
        return ExitCode.Done;
    }

    public static int Unknown(string verb) =>
        Wrong($"there is no verb '{verb}'{(Spelling.Nearest(verb, Verbs) is null ? $"; there are {string.Join(", ", Verbs)}" : Spelling.Hint(verb, Verbs))}");

    /// <param name="verb">The verb whose words are wrong; null before one is known.</param>
    public static int Wrong(string sentence, string? verb = null)
    {
        Console.Error.WriteLine($"edge-device: {sentence}");
        Console.Error.WriteLine($"edge-device {(verb is null ? "" : $"{verb} ")}--help says more");
        return ExitCode.BadUsage;
    }
}
