using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Device.Supervision;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Onnx;
using EdgeRuntime.Sensors.Replay;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Verbs;

/// <summary>Serves models until it is asked to stop: reads the files, checks them, composes the device, runs it.</summary>
internal static class RunVerb
{
    private const int MailboxLetters = 1024;

    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    public static int Run(string[] words)
    {
        if (Options.Parse(words, ["--config", "--log"], ["--plain"], out string mistake) is not Options options)
        {
            return Usage.Wrong(mistake);
        }

        if (options.Help)
        {
            return Usage.Print(Console.Out, ExitCode.Done);
        }

        if (options["--config"] is not string path)
        {
            return Usage.Wrong("run needs --config FILE");
        }

        bool live = !options.Has("--plain") && !Console.IsOutputRedirected;
        if (Level(options["--log"] ?? (live ? "error" : "info")) is not LogLevel level)
        {
            return Usage.Wrong($"--log can be {string.Join(", ", Levels)}");
        }

        Mistakes mistakes = new();
        return Setup.Load(path, mistakes) is Setup setup
            ? Compose(setup, path, LineLogger.ToStandardError(TimeProvider.System, level), live)
            : CheckVerb.Report(mistakes);
    }

    private static int Compose(Setup setup, string path, ILogger logger, bool live)
    {
        try
        {
            TimeProvider time = TimeProvider.System;
            ThreadPlacement placement = new(setup.Profile.RealTime);
            placement.EnterProcess();
            Random random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
            DeviceConfiguration configuration = setup.Configuration;
            OnnxEnvironment onnx = OnnxEnvironment.Open(setup.Profile.OnnxRuntimeLibrary);
            FileDisk disk = new(configuration.StateDirectory);
            RunnerOptions running = setup.Profile.Inference.ForRunner();
            onnx.Cache = DeviceCaches.OfGraphs(disk, configuration.StateDirectory, out string? uncached);
            if (uncached is not null)
            {
                DeviceLog.Noticed(logger, uncached);
            }

            MessageStamp stamp = new(BootId.Draw(random), time);
            using ILink link = MqttLink.Create(LinkTo(configuration, stamp), time, random);
            List<FrameSource> sensors = [];
            foreach (SensorConfiguration sensor in configuration.Sensors)
            {
                sensors.Add(sensor.Make(time));
            }

            DeviceLog.Starts(logger, configuration.Device.ToString(), stamp.Boot.ToString(), setup.Profile.Name);
            NotifySocket notify = NotifySocket.Connect(TakeVariable("NOTIFY_SOCKET"), out string? unusable);
            if (unusable is not null)
            {
                ProcessLog.NotifySocketUnusable(logger, unusable);
            }

            Mailbox mailbox = new(MailboxLetters);
            using DeviceAgent agent = new(setup, new DeviceParts
            {
                Time = time,
                Random = random,
                Logger = logger,
                Mailbox = mailbox,
                Link = link,
                Disk = disk,
                Sensors = sensors,
                Verification = new PackageVerification(
                    setup.ReleaseKeys, onnx.Load, onnx.Version, running, new PackageLimits(setup.Profile.PackageBytesMax), time,
                    DeviceCaches.OfVariants(disk, onnx.Version, running)),
                Placement = placement,
                ConfigurationPath = path,
                Notify = notify,
                WatchdogInterval = Watchdog.IntervalFrom(
                    TakeVariable("WATCHDOG_USEC"), TakeVariable("WATCHDOG_PID"), Environment.ProcessId),
                Stamp = stamp,
                Libraries = new Dictionary<string, string> { ["onnxruntime"] = onnx.Version, ["mqtt"] = MqttLink.Library },
            });
            return UntilStopped(agent, mailbox, live) ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception e) when (e is ModelLoadException or LinkUnavailableException)
        {
            return Ends(e.Message, ExitCode.Unavailable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RecordingException or ArgumentException)
        {
            return Ends(e.Message, ExitCode.BadConfiguration);
        }
    }

    private static bool UntilStopped(DeviceAgent agent, Mailbox mailbox, bool live)
    {
        using CancellationTokenSource stop = new();
        void Asked(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Asked);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Asked);
        using PosixSignalRegistration reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            // Cancelled, because the default of SIGHUP ends the process.
            signal.Cancel = true;
            mailbox.Post(new Letter.Reload());
        });
        bool colour = Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        return agent.Run(live ? new LiveView(Console.Out, colour) : null, stop.Token);
    }

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
            Subscriptions = [(topics.Down(configuration.Device, "#"), 1)],
            Will = Birth.Will(configuration.Device, topics, stamp.Boot, stamp.UnixMs),
            WillDelaySeconds = configuration.Link.WillDelaySeconds,
        };
    }

    // Taken, not read: a child process must not speak for the service.
    private static string? TakeVariable(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
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
