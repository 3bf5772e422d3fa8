using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>The verb <c>undo</c>: asks devices to return to the package before.</summary>
internal static class UndoCommand
{
    public const string Usage = $"""
        usage: edgectl undo DEVICE… [--model NAME] [--patience SECONDS]

        Asks devices to leave the package a model runs and return to the one before, or to give up an update that is under
        way. It needs no key: a device only ever returns to what it committed before.

          --model NAME           needed where a device has several models, and for a configuration: its package's name
          --patience SECONDS     for the broker, and for devices to answer (5)
        {BrokerAddress.Usage}

        Exit code 0: every device did. 3: one had nothing to undo.
        """;

    public const string Example = "edgectl undo press-7 --model vitals --broker broker.example";

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(words, [.. BrokerAddress.Options, "--model", "--patience"], []);
        BrokerAddress broker = BrokerAddress.Of(read, around);
        if (read.Files.Count == 0)
        {
            read.Mistakes.Add("DEVICE is missing");
        }

        IReadOnlyList<DeviceId> devices = BrokerAddress.Devices(read, read.Files);
        TimeSpan patience = TimeSpan.FromSeconds(read.Number("--patience", 5.0));
        read.Check();
        using DeviceLink link = new(
            broker, devices, around, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), new TransferLimits(), hash => hash);
        RollCall call = new(link, devices, around);
        await call.RunAsync(broker, patience, stop);

        List<string> wrong = [];
        Dictionary<DeviceId, string> models = [];
        foreach (Attendance device in call.All)
        {
            if (ModelOf(device, read.Text("--model"), around.Time, out string model) is string objection)
            {
                wrong.Add(objection);
            }

            models[device.Device] = model;
        }

        if (wrong.Count > 0)
        {
            throw new CommandException(ExitCode.Unavailable, [.. wrong, "nothing was undone"]);
        }

        foreach (DeviceId device in devices)
        {
            call.Command(device, "undo", models[device]);
        }

        long since = around.Time.GetTimestamp();
        while (call.All.Any(device => device.Undone is null) && around.Time.GetElapsedTime(since) < patience)
        {
            if (await link.NextAsync(patience - around.Time.GetElapsedTime(since), stop) is Heard.Message message)
            {
                call.Take(message);
            }
        }

        bool done = true;
        foreach (Attendance device in call.All)
        {
            done &= device.Undone is { Done: true };
            string said = device.Undone is { } answer ? answer.Detail : $"did not answer within {patience.TotalSeconds} s; it may undo it yet";
            around.Output.WriteLine($"{device.Device}: {Table.Plain(said)}");
        }

        return done ? ExitCode.Done : ExitCode.RolloutFailed;
    }

    private static string? ModelOf(Attendance device, string? asked, TimeProvider time, out string model)
    {
        model = asked ?? "";
        if (!device.IsThere)
        {
            return device.Absence(time);
        }

        string[] names = [.. device.Reported!.Models.Select(each => each.Name)];
        string[] models = [.. device.Reported!.Models.Where(each => each.Kind is null).Select(each => each.Name)];
        if (asked is null && models.Length == 1)
        {
            model = models[0];
            return null;
        }

        string has = string.Join(", ", names.Select(name => $"'{name}'"));
        return asked is null ? $"{device.Device}: has several models; say which with --model: {has}"
            : names.Contains(asked) ? null
            : $"{device.Device}: has no model '{asked}'; it has {has}";
    }
}
