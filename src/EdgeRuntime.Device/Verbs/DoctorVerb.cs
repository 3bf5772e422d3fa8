using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Gpio;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Looks at everything of this machine that decides how well it serves, and says what to do about what it finds.</summary>
internal static class DoctorVerb
{
    private const int AreaWidth = 12;

    public static int Run(string[] words)
    {
        if (Options.Parse(words, ["--config"], ["--json"], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake, "doctor");
        }

        if (options.Help)
        {
            return Usage.Of("doctor");
        }

        List<Finding> findings = Findings(options["--config"]);
        if (options.Has("--json"))
        {
            WriteJson(findings);
        }
        else
        {
            Write(findings);
        }

        return findings.Any(finding => finding.Level == FindingLevel.Problem) ? ExitCode.Failed : ExitCode.Done;
    }

    private static List<Finding> Findings(string? path)
    {
        MachineFiles files = new();
        Mistakes mistakes = new();
        Setup? setup = path is null ? null : Setup.Load(path, mistakes);
        string? unused = null;
        setup = setup is null ? null : ActiveConfiguration.Look(setup, path!, out unused);
        IReadOnlyList<string> directories = ProfileFiles.Directories(path);
        DeviceProfile? board = BoardProfile.Find(files, directories);
        DeviceProfile? profile = setup?.Profile ?? board ?? BoardProfile.OfArchitecture(directories);
        ControlGroup group = ControlGroup.Of(files);
        return
        [
            .. Files(path, setup, mistakes, unused),
            .. MachineChecks.Processor(files, RuntimeInformation.ProcessArchitecture, Environment.ProcessorCount),
            .. MachineChecks.Quota(group, Environment.ProcessorCount),
            .. profile is null ? [] : BoardChecks.Of(files, profile, board, RuntimeInformation.ProcessArchitecture),
            .. Libraries(profile),
            .. MachineChecks.Clock(files, MachineInfo.ClockSynchronized()),
            .. MachineChecks.Thermal(files, profile?.Thermal ?? []),
            .. MachineChecks.Power(files, profile?.Power ?? new PowerFacts()),
            .. MachineChecks.Memory(files, group),
            .. profile is null ? [] : PeripheralChecks.Watchdog(files, profile),
            .. profile is null ? [] : PeripheralChecks.Buses(files, profile, GpioLine.ChipLabels()),
            .. PeripheralChecks.Permissions(files),
            .. setup is null ? [] : Own(files, setup, group),
        ];
    }

    private static IEnumerable<Finding> Files(string? path, Setup? setup, Mistakes mistakes, string? unused) =>
        path is null ? [Finding.Ok("files", "no configuration was named: --config FILE adds its profile, threads, limits, disk, real-time settings and broker")]
        : unused is not null ? [Finding.Problem("files", unused, "correct the device's file, or leave the package with 'edgectl undo'")]
        : setup is not null ? [Finding.Ok("files", $"{path}{(setup.Overlay is OverlayPackage overlay ? $" under {overlay.Label}" : "")} and the profile {setup.Profile.Name} are without mistakes")]
        : mistakes.Lines().Select(line => Finding.Problem("files", line, "correct the file; 'edge-device check' lists the same"));

    // What the device's own files ask for.
    private static IEnumerable<Finding> Own(MachineFiles files, Setup setup, ControlGroup group) =>
    [
        SetupChecks.Threads(setup.Profile, Environment.ProcessorCount),
        .. SetupChecks.Limits(
            setup.Profile.Limits, Environment.ProcessorCount, group, LiveSocket.TryRead(setup.Configuration.StateDirectory, out _)?.ResidentBytes),
        .. DiskChecks.Room(setup.Configuration.StateDirectory, setup.Profile),
        .. DiskChecks.Storage(files, setup.Profile, setup.Configuration.StateDirectory),
        .. RuntimeChecks.Of(files, setup.Configuration, ProgramPath.Own, VersionVerb.Program),
        .. SetupChecks.RealTime(files, setup.Profile.RealTime),
        .. SetupChecks.Cores(files, setup.Profile),
        SetupChecks.Broker(setup.Configuration.Link),
    ];

    private static List<Finding> Libraries(DeviceProfile? profile)
    {
        List<Finding> findings = [];
        try
        {
            findings.Add(Finding.Ok("mqtt", MqttLink.Library));
        }
        catch (LinkUnavailableException e)
        {
            findings.Add(Finding.Problem("mqtt", e.Message, "install libmosquitto1, or unpack the archive whole"));
        }

        OnnxEnvironment onnx;
        try
        {
            onnx = OnnxEnvironment.Open(profile?.OnnxRuntimeLibrary);
        }
        catch (ModelLoadException e)
        {
            findings.Add(Finding.Problem("onnxruntime", e.Message, "unpack the archive whole, or name the library in the profile (inference.library)"));
            return findings;
        }

        string version = onnx.Version;
        findings.Add(Finding.Ok("onnxruntime", $"{version}, {onnx.LibraryPath}"));
        findings.AddRange((profile?.LibraryRisks ?? []).Where(risk => risk.Concerns(version)).Select(risk => Finding.Warning(
            "onnxruntime", $"{version} on {profile!.Name}: {risk.What}", risk.Remedy ?? "use another version (inference.library), then run 'edge-device selftest'")));
        findings.AddRange(SandboxChecks.Of(Prover(profile)));
        findings.AddRange(ProviderChecks.Of(onnx.Load, SelftestPackage.Model(), profile?.Inference ?? new InferenceOptions()));
        return findings;
    }

    private static SandboxedProver Prover(DeviceProfile? profile) => new(
        Environment.ProcessPath!, profile?.OnnxRuntimeLibrary, (profile?.Inference ?? new InferenceOptions()).ForRunner(),
        profile?.Limits.ResidentBytesMax, TimeProvider.System);

    private static void Write(List<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            string mark = finding.Level switch
            {
                FindingLevel.Ok => "ok     ",
                FindingLevel.Warning => "warning",
                _ => "PROBLEM",
            };
            Console.WriteLine($"  {mark}  {finding.Area,-AreaWidth} {finding.Found}");
            if (finding.Remedy is not null)
            {
                Console.WriteLine($"           {"",-AreaWidth} -> {finding.Remedy}");
            }
        }

        int problems = findings.Count(finding => finding.Level == FindingLevel.Problem);
        int warnings = findings.Count(finding => finding.Level == FindingLevel.Warning);
        Console.WriteLine($"{problems} problem{(problems == 1 ? "" : "s")}, {warnings} warning{(warnings == 1 ? "" : "s")}");
    }

    private static void WriteJson(List<Finding> findings)
    {
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("problems", findings.Count(finding => finding.Level == FindingLevel.Problem));
            json.WriteNumber("warnings", findings.Count(finding => finding.Level == FindingLevel.Warning));
            json.WriteStartArray("findings");
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("area", finding.Area);
                json.WriteString("level", finding.Level.ToString().ToLowerInvariant());
                json.WriteString("found", finding.Found);
                if (finding.Remedy is not null)
                {
                    json.WriteString("remedy", finding.Remedy);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
