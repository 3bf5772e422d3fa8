using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Ctl.Devices;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>The verb <c>capture</c>: fetches what a device kept of what it saw.</summary>
internal static class CaptureCommand
{
    public const string Usage = $"""
        usage: edgectl capture DEVICE --output DIR [--model NAME] [--now] [--since HOURS] [--most N] [--forget]
                               [--patience SECONDS] [--broker HOST[:PORT]] [--user NAME] [--root TOPIC]

        Fetches the clips that a device kept (monitoring.capture in its package): each becomes a CSV recording, or a folder of
        PNG files, which 'edgectl features', 'new' and 'profile' read, a JSON file that says why it was kept and what the
        model said, and a .clip file that 'edgectl explain' reads. The package's privacy filters were applied before anything
        was kept.
          --model NAME           needed where a device has several models
          --now                  keeps the newest frames first, and waits for those that follow
          --since HOURS          only clips that are younger
          --most N               only the newest
          --forget               removes all clips of the model from the device afterwards
          --patience SECONDS     for the broker, for the device to answer, and for the next piece (10)
        {BrokerAddress.Usage}
        """;

    public const string Example = "edgectl capture pump-7 --now --output captured --broker broker.example";

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, [.. BrokerAddress.Options, "--output", "--model", "--since", "--most", "--patience"], ["--now", "--forget"]);
        BrokerAddress broker = BrokerAddress.Of(read, around);
        string output = read.Required("--output");
        IReadOnlyList<DeviceId> devices = BrokerAddress.Devices(read, read.RequiredFiles("DEVICE"));
        TimeSpan patience = TimeSpan.FromSeconds(read.Number("--patience", 10.0));
        double? since = read.Number("--since", null);
        ulong most = read.Whole("--most", int.MaxValue);
        read.Check();
        DeviceId device = devices[0];
        using DeviceLink link = new(
            broker, devices, around, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), new TransferLimits(), hash => hash);
        RollCall call = new(link, devices, around);
        await call.RunAsync(broker, patience, stop);
        Attendance there = call.All.First();
        if (!there.IsThere)
        {
            throw new CommandException(ExitCode.Unavailable, there.Absence(around.Time));
        }

        CommandMessage command = new()
        {
            ExpiresUnixMs = around.Time.GetUtcNow().AddSeconds(60).ToUnixTimeMilliseconds(),
            Model = read.Text("--model"),
            Request = link.Name,
            SinceUnixMs = since is null ? null : around.Time.GetUtcNow().AddHours(-since.Value).ToUnixTimeMilliseconds(),
            Most = (int)Math.Min(most, int.MaxValue),
        };
        ClipCollection clips = new();
        if (read.Has("--now"))
        {
            ResponseMessage begun = await AskAsync(link, call, device, command with { Now = true }, clips, patience, stop);
            double ready = begun.Values.GetValueOrDefault("ready_s");
            around.Output.WriteLine($"{device}: {Table.Plain(begun.Detail)}; in about {ready:0} s");
            await WaitAsync(link, TimeSpan.FromSeconds(ready + 2), around.Time, stop);

            command = command with { ExpiresUnixMs = Later(around) };
        }

        ResponseMessage answer = await AskAsync(link, call, device, command, clips, patience, stop);
        bool isWhole = answer.Values.GetValueOrDefault("clips") == 0 || await CollectAsync(link, device, clips, patience, stop);
        foreach ((string name, byte[] bytes) in clips.Whole())
        {
            CapturedClip clip = Read(name, bytes);
            string file = ClipFiles.Write(output, $"{device}-{Path.GetFileNameWithoutExtension(Path.GetFileName(name))}", clip);
            around.Output.WriteLine($"{file}: {clip.Frames.Count} frames, {clip.Reason.ToString().ToLowerInvariant()}");
        }

        if (!isWhole)
        {
            throw new CommandException(ExitCode.Unavailable, $"{device}: not all clips came within {patience.TotalSeconds} s of each other; what came whole was written, and all are still there");
        }

        if (answer.Values.GetValueOrDefault("clips") == 0)
        {
            around.Output.WriteLine($"{device}: {Table.Plain(answer.Detail)}");
        }

        if (read.Has("--forget"))
        {
            ResponseMessage forgotten = await AskAsync(link, call, device, command with { Forget = true, ExpiresUnixMs = Later(around) }, clips, patience, stop);
            around.Output.WriteLine($"{device}: {Table.Plain(forgotten.Detail)}: {forgotten.Values.GetValueOrDefault("removed"):0}");
        }

        return ExitCode.Done;
    }

    private static long Later(Surroundings around) => around.Time.GetUtcNow().AddSeconds(60).ToUnixTimeMilliseconds();

    private static async Task<ResponseMessage> AskAsync(
        DeviceLink link, RollCall call, DeviceId device, CommandMessage command, ClipCollection clips, TimeSpan patience, CancellationToken stop)
    {
        call.Send(device, "capture", command);
        while (await link.NextAsync(patience, stop) is { } heard)
        {
            if (heard is Heard.Message { Up: true } message && message.Device == device)
            {
                Take(message, clips);
                if (message.Rest == $"response/{link.Name}-capture" && Attendance.Read(message.Payload, WireJson.Default.ResponseMessage) is { } answer)
                {
                    return answer.Done ? answer : throw new CommandException(ExitCode.Unavailable, $"{device}: {answer.Detail}");
                }
            }
        }

        throw new CommandException(ExitCode.Unavailable, $"{device}: did not answer within {patience.TotalSeconds} s");
    }

    private static async Task<bool> CollectAsync(DeviceLink link, DeviceId device, ClipCollection clips, TimeSpan patience, CancellationToken stop)
    {
        while (!clips.IsComplete)
        {
            if (await link.NextAsync(patience, stop) is not { } heard)
            {
                return false;
            }

            if (heard is Heard.Message { Up: true } message && message.Device == device)
            {
                Take(message, clips);
            }
        }

        return true;
    }

    private static void Take(Heard.Message message, ClipCollection clips)
    {
        if (!message.Rest.StartsWith(SampleChunk.TopicPrefix, StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            clips.Add(message.Payload);
        }
        catch (FormatException wrong)
        {
            throw new CommandException(ExitCode.Data, $"{message.Device}: {wrong.Message}");
        }
    }

    private static CapturedClip Read(string name, byte[] bytes)
    {
        try
        {
            return ClipCodec.Read(bytes);
        }
        catch (FormatException wrong)
        {
            throw new CommandException(ExitCode.Data, $"{Table.Plain(name)}: {wrong.Message}; was the device's key changed?");
        }
    }

    private static async Task WaitAsync(DeviceLink link, TimeSpan time, TimeProvider clock, CancellationToken stop)
    {
        long since = clock.GetTimestamp();
        while (clock.GetElapsedTime(since) < time)
        {
            await link.NextAsync(time - clock.GetElapsedTime(since), stop);
        }
    }
}
