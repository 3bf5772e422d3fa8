namespace EdgeRuntime.Device.Verbs;

/// <summary>What the program says about itself.</summary>
internal static class Usage
{
    private const string Text = """
        Usage: edge-device VERB [options]

          run --config FILE       serves models until SIGTERM or Ctrl-C
              --plain             plain lines even on a terminal (else a live view)
              --log LEVEL         debug, info, warning or error (default: info)
          check --config FILE     lists every mistake of the configuration, its profile and its packages
          check --profile NAME    shows a device profile with where each value comes from, for any kind of board
          infer MODEL --input FILE…
                                  runs a model once and prints JSON; infer --help says more
          selftest                checks that this machine can serve: libraries, model, clock, memory
              --allocations       also counts managed bytes over 1,000,000 samples
          top --config FILE       the live ledger of the device that runs here: rates, latencies, drops, drift
              --state DIRECTORY   its state directory, instead of the configuration
              --once, --json      since its start, once; on a terminal else every --seconds S (2), sorted by --sort COLUMN
          bench [FILE…]           this device's latency table, for models (.onnx), packages (.edgepkg) or the built-in model
              --seconds S         measured time for each row (default: 3)
              --minutes M         instead: the built-in model at a pace for so long, with deadlines missed and lateness
              --rate HZ           that pace (default: 1000)
              --config FILE, --profile NAME
                                  threads, library and real-time settings of a profile
              --json              for tools
          doctor                  looks at processor, libraries, clock, temperature, memory, rights; each finding with a remedy
              --config FILE       also at the files, the profile, the disk, real time and the broker
              --json              for tools; exit code 70 when there is a problem
          version                 versions of the program and its libraries

        Example: edge-device run --config edge.json
        Signals: SIGTERM and SIGINT stop run, SIGHUP makes it read its configuration again
        Exit codes: 0 done, 64 wrong usage, 65 bad data, 69 library or device missing, 70 self-test failed or a problem found,
                    78 bad configuration; under systemd, 64, 69 and 78 are not worth a restart
        """;

    public static int Print(TextWriter to, int code)
    {
        to.WriteLine(Text);
        return code;
    }

    public static int Unknown(string verb) => Wrong($"there is no verb '{verb}'; there are run, check, infer, selftest, top, bench, doctor and version");

    public static int Wrong(string sentence)
    {
        Console.Error.WriteLine($"edge-device: {sentence}");
        Console.Error.WriteLine("edge-device --help says more");
        return ExitCode.BadUsage;
    }
}
