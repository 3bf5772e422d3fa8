using System.Security.Cryptography;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Serves models until it is asked to stop: reads the files, checks them, composes the device, runs it.</summary>
internal static class RunVerb
{
    private const int MailboxLetters = 1024;

    // Below TimeoutStopSec of the unit, so that the process can still say why.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(8);

    // For one step of the start, such as reading a long recording from a slow card.
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(60);

    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    public static int Run(string[] words)
    {
        if (Options.Parse(words, ["--config", "--log"], ["--plain"], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake, "run");
        }

        if (options.Help)
        {
            return Usage.Of("run");
        }

        if (options["--config"] is not string path)
        {
            return Usage.Wrong("run needs --config FILE", "run");
        }

        bool live = !options.Has("--plain") && !Console.IsOutputRedirected;
        if (Level(options["--log"] ?? (live ? "error" : "info")) is not LogLevel level)
        {
            return Usage.Wrong($"--log can be {string.Join(", ", Levels)}", "run");
        }

        Mailbox mailbox = new(MailboxLetters);
        using ServiceSignals signals = new(mailbox, OnnxEnvironment.EndProcess, StopPatience);
        string[] all = ["run", .. words];
        RuntimeChoice? choice = Bootstrap.Choose(path, all, VersionVerb.Program);
        Mistakes mistakes = new();
        Setup? setup = Setup.Load(path, mistakes);
        if (setup is null && choice?.Trial is null)
        {
            Bootstrap.Forgive(path);
        }

        int code = setup is not null
            ? Compose(setup, path, LineLogger.ToStandardError(TimeProvider.System, level), live, mailbox, signals, choice, all)
            : CheckVerb.Report(mistakes);
        return choice?.Trial is null ? code : ExitCode.OnTrial(code);
    }

    private static int Compose(Setup setup, string path, ILogger logger, bool live, Mailbox mailbox, ServiceSignals signals,
        RuntimeChoice? choice, string[] words)
    {
        ServiceVariables service = ServiceVariables.Take();
        NotifySocket notify = NotifySocket.Connect(service.NotifySocket, out string? unusable);
        TimeSpan? watched = Watchdog.IntervalFrom(service.WatchdogMicroseconds, service.WatchdogProcess, Environment.ProcessId);
        if (unusable is not null)
        {
            ProcessLog.NotifySocketUnusable(logger, unusable);
        }

        StartLedger? starts = null;
        try
        {
            TimeProvider time = TimeProvider.System;
            ThreadPlacement placement = new(setup.Profile.RealTime) { LongestWait = Watchdog.LongestWait(watched) };
            placement.EnterProcess();
            Random random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
            DeviceConfiguration configuration = setup.Configuration;
            FileDisk disk = new(configuration.StateDirectory, setup.Profile.DiskReserveBytes);
            if (disk.Unusable is not null)
            {
                DeviceLog.Noticed(logger, $"nothing is kept: {disk.Unusable}");
            }

            using StateLock? held = StateLock.TryTake(configuration.StateDirectory);
            if (held is null)
            {
                return Ends(
                    $"another process serves from {configuration.StateDirectory}: stop it, or give this device a state_dir of its own",
                    ExitCode.TryAgain);
            }

            notify.Starting("opening the state directory", StepPatience);
            DeviceStorage storage = DeviceStorage.Open(disk, configuration);
            foreach (string notice in storage.Notices)
            {
                DeviceLog.Noticed(logger, notice);
            }

            // Counted before anything is opened that a package chose. In a crash loop the device's own file stands alone until the update
            // agent has found out which package to leave.
            Setup own = setup;
            starts = new StartLedger(disk, StartLedger.MachineBoot(), time);
            if (starts.Begin() is null)
            {
                setup = ActiveConfiguration.Over(own, path, storage.Disk, out string? unused);
                if (unused is not null)
                {
                    DeviceLog.Noticed(logger, unused);
                }
            }

            notify.Starting("opening ONNX Runtime", StepPatience);
            OnnxEnvironment onnx = OnnxEnvironment.Open(setup.Profile.OnnxRuntimeLibrary);
            RunnerOptions running = setup.Profile.Inference.ForRunner();
            string? uncached = null;
            onnx.Cache = setup.Profile.Inference.GraphCache ? DeviceCaches.OfGraphs(
                disk, configuration.StateDirectory, configuration.EncryptAtRest ? storage.Key : null, out uncached) : null;
            if (uncached is not null)
            {
                DeviceLog.Noticed(logger, uncached);
            }

            MessageStamp stamp = new(BootId.Draw(random), time);
            using ILink link = MqttLink.Create(LinkTo(configuration, stamp), time, random);
            List<FrameSource> sensors = OpenSensors(ref setup, own, notify, time, logger);
            configuration = setup.Configuration;
            SandboxedProver prover = new(
                Environment.ProcessPath!, setup.Profile.OnnxRuntimeLibrary, running, setup.Profile.Limits.ResidentBytesMax, time,
                (version, report) => DeviceLog.Proof(logger, version, report));

            if (setup.ReleaseKeys.Any(key => key.IsDevelopment))
            {
                DeviceLog.Noticed(logger, "development keys are trusted (trust.allow_development): whoever has one can give this device a model");
            }

            RuntimeHost? runtime = choice is not null && configuration.Updates.Runtime is string line
                ? RuntimeHost.Of(line, choice, setup, path, disk)
                : null;
            DeviceLog.Starts(logger, configuration.Device.ToString(), stamp.Boot.ToString(), setup.Profile.Name);
            using DeviceAgent agent = new(setup, new DeviceParts
            {
                Time = time,
                Random = random,
                Logger = logger,
                Mailbox = mailbox,
                Link = link,
                Disk = storage.Disk,
                CaptureDisk = storage.ForCaptures(configuration),
                PrivacyKey = storage.PrivacyKey(),
                Recipient = storage.Key?.Recipient(),
                Sensors = sensors,
                Verification = new PackageVerification(
                    setup.ReleaseKeys, onnx.Load, onnx.Version, running, new PackageLimits(setup.Profile.PackageBytesMax), time,
                    DeviceCaches.OfVariants(disk, onnx.Version, running), prover.Prove, MachineInfo.Facts(onnx.Version)),
                Placement = placement,
                ConfigurationPath = path,
                Notify = notify,
                Runtime = runtime,
                Starts = starts,
                WatchdogInterval = watched,
                Stamp = stamp,
                Libraries = new Dictionary<string, string> { ["onnxruntime"] = onnx.Version, ["mqtt"] = MqttLink.Library },
            });
            signals.Serving();
            bool colour = Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
            bool asAsked = agent.Run(live ? new LiveView(Console.Out, colour) : null, signals.Stopping);
            return agent.Before is RuntimeBefore before && !signals.Stopping.IsCancellationRequested
                ? Leave(placement, runtime!.Installed, words, [before.ToVariable(), .. service.ToVariables()])
                : asAsked ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception e) when (e is ModelLoadException or LinkUnavailableException)
        {
            starts?.Stop();
            return Ends(e.Message, ExitCode.Unavailable);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            starts?.Stop();
            return Ends(e.Message, ExitCode.BadConfiguration);
        }
    }

    // Where the sensors of a configuration package cannot be opened, those of the device's own file are; the update agent then gives
    // the package up.
    private static List<FrameSource> OpenSensors(ref Setup setup, Setup own, NotifySocket notify, TimeProvider time, ILogger logger)
    {
        List<FrameSource> sensors = [];
        try
        {
            foreach (SensorConfiguration sensor in setup.Configuration.Sensors)
            {
                notify.Starting($"opening the sensor {sensor.Name}", StepPatience);
                sensors.Add(sensor.Make(time));
            }

            return sensors;
        }
        catch (Exception e) when (setup.Overlay is not null && IsOfFiles(e))
        {
            DeviceLog.Noticed(logger, $"the configuration {setup.Overlay!.Label} is not used: {e.Message}");
            sensors.ForEach(sensor => sensor.Dispose());
            setup = own;
            return OpenSensors(ref setup, own, notify, time, logger);
        }
    }

    private static bool IsOfFiles(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidDataException or RecordingException or ArgumentException;

    private static LinkOptions LinkTo(DeviceConfiguration configuration, MessageStamp stamp)
    {
        Topics topics = new(configuration.Link.Root);
        string id = configuration.Device.ToString();
        return new LinkOptions
        {
            Host = configuration.Link.Host,
            Port = configuration.Link.Port,
            ClientId = id,
            UserName = configuration.Link.Password is null ? null : id,
            Password = configuration.Link.Password,
            KeepAliveSeconds = configuration.Link.KeepAliveSeconds,
            Subscriptions = [(topics.Down(configuration.Device, "#"), 1), (topics.Fleet("manager/+"), 1)],
            Will = Birth.Will(configuration.Device, topics, stamp.Boot, stamp.UnixMs),
            WillDelaySeconds = configuration.Link.WillDelaySeconds,
        };
    }

    // The installed program chooses which one it is to be. From a thread that has given nothing up: the next inherits what it is.
    private static int Leave(ThreadPlacement placement, string installed, string[] words, string[] variables)
    {
        int error = 0;
        Thread leaving = new(() =>
        {
            placement.LeaveProcess();
            error = Reexecution.Become(installed, words, variables);
        }) { Name = "leaving" };
        placement.Start(leaving);
        leaving.Join();
        return Ends($"the installed program does not start: {Reexecution.Meaning(error, installed)}", ExitCode.Failed);
    }

    private static LogLevel? Level(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => null,
    };

    private static int Ends(string sentence, int code)
    {
        Console.Error.WriteLine($"edge-device: {sentence}");
        return code;
    }
}
