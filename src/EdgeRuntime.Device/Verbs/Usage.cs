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
          infer MODEL --input FILE…
                                  runs a model once and prints JSON; infer --help says more
          selftest                checks that this machine can serve: libraries, model, clock, memory
              --allocations       also counts managed bytes over 1,000,000 samples
          version                 versions of the program and its libraries

        Example: edge-device run --config edge.json
        Exit codes: 0 done, 64 wrong usage, 65 bad data, 69 library missing, 70 self-test failed, 78 bad configuration
        """;

    public static int Print(TextWriter to, int code)
    {
        to.WriteLine(Text);
        return code;
    }

    public static int Unknown(string verb) => Wrong($"there is no verb '{verb}'; there are run, check, infer, selftest and version");

    public static int Wrong(string sentence)
    {
        Console.Error.WriteLine($"edge-device: {sentence}");
        Console.Error.WriteLine("edge-device --help says more");
        return ExitCode.BadUsage;
    }
}
