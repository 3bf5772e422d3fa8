using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Ctl.Deltas;
using EdgeRuntime.Ctl.Packages;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>The verb <c>push</c>: one package to some devices, without a fleet manager.</summary>
internal static class PushCommand
{
    public const string Usage = $"""
        usage: edgectl push DEVICE… PACKAGE --key DEPLOY.key.pem… [--from OLD]… [--metadata DIR] [--revert]
                            [--encrypt [--recipients FILE]] [--wait] [--max-rate BYTES] [--patience SECONDS] [--despite-manager]

        Orders devices to run a package, serves its bytes over the broker, and shows how far each device is until it has
        committed or refused it. The order stays with the broker: a device that is cut off goes on when it and this command
        are there again.

          --key DEPLOY.key.pem   signs the order; several times where the metadata's role 'deploy' wants several signatures
          --from OLD             offers devices that have this package the smallest delta from it
          --url URL              also offers the package at this address, for devices whose policy allows it
          --encrypt              encrypts it on the way, for each device under the key that it tells
          --recipients FILE      and only where that is the one of its line, DEVICE KEY, in this file
          --metadata DIR         publishes that TUF metadata first, for devices with a root
          --revert               goes back to a package that the devices committed before
          --wait                 waits for devices that are away, too
          --max-rate BYTES       bytes a second, all devices together (104857600)
          --patience SECONDS     for the broker, and for devices to answer (5)
          --despite-manager      although a fleet manager is there, whose orders this one competes with
        {BrokerAddress.Usage}

        Exit code 0: every device runs it. 3: one refused it, or left it again.
        """;

    public const string Example = "edgectl push press-7 press-8 vitals-2.edgepkg --key keys/deploy.key.pem --broker broker.example";

    private const int SuffixLength = 4;

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings around, CancellationToken stop)
    {
        Words read = Words.Parse(
            words, [.. BrokerAddress.Options, "--key", "--from", "--url", "--metadata", "--max-rate", "--patience", "--recipients"],
            ["--revert", "--wait", "--despite-manager", "--encrypt"]);
        BrokerAddress broker = BrokerAddress.Of(read, around);
        if (read.Files.Count < 2)
        {
            read.Mistakes.Add(read.Files.Count == 0 ? "DEVICE and PACKAGE are missing" : "DEVICE… and PACKAGE are needed, in this order");
        }

        IReadOnlyList<DeviceId> devices = BrokerAddress.Devices(read, read.Files.SkipLast(1));
        read.Required("--key");
        if (read.All("--key").Count > Dsse.MaxSignatures)
        {
            read.Mistakes.Add($"--key is given more than {Dsse.MaxSignatures} times");
        }

        ulong rate = read.Whole("--max-rate", 100 * 1024 * 1024);
        double patience = read.Number("--patience", 5.0);
        foreach (string url in read.All("--url").Where(url => !(Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")))
        {
            read.Mistakes.Add($"--url {url}: is not an address such as https://files.example/vitals-2.edgepkg");
        }

        if (read.All("--from").Count > PackageReference.MostDeltas)
        {
            read.Mistakes.Add($"--from is given more than {PackageReference.MostDeltas} times");
        }

        if (rate is < ChunkCodec.MaxLength or > 1L << 40)
        {
            read.Mistakes.Add($"--max-rate {rate}: is less than one chunk, {ChunkCodec.MaxLength}, or more than can be");
        }

        if (read.Has("--encrypt") && read.All("--url").Count > 0)
        {
            read.Mistakes.Add("--url serves the package as it is, and --encrypt is to hide it: give one of them");
        }

        if (read.Text("--recipients") is not null && !read.Has("--encrypt"))
        {
            read.Mistakes.Add("--recipients says for whom to --encrypt");
        }

        read.Check();
        Recipients recipients = ReadRecipients(read.Text("--recipients"));
        string path = read.Files[^1];
        PackageArchive package = DeltaCommand.Open(path);
        IReadOnlyList<TufSigningKey> keys = [.. read.All("--key").Select(Keys.Deploy)];
        ContentKey? content = read.Has("--encrypt") ? ContentKey.Create(RandomNumberGenerator.Create()) : null;
        using PushedFiles pushed = PushedFiles.Of(package, path, read.Has("--revert"), read.All("--from"), read.All("--url"), content);
        if (content is not null && !recipients.ArePinned)
        {
            around.Errors.WriteLine("push: the keys are the devices' own word; --recipients FILE holds them against yours");
        }

        Random random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
        using DeviceLink link = new(
            broker, devices, around, random, new TransferLimits(devices.Count, (long)rate), pushed.PathOf);
        PushSession session = new(link, new RollCall(link, devices, around) { WantsKeys = content is not null }, around)
        {
            Keys = keys,
            Model = package.Manifest.Name,
            Package = pushed.Reference,
            Encryption = content is null ? null : new PushEncryption(content, pushed.Reference, pushed.CiphertextSha256!, recipients),
            Deployment = $"push-{package.Id.Short}-{string.Concat(random.GetItems("abcdefghijkmnpqrstuvwxyz23456789".AsSpan(), SuffixLength))}",
            Metadata = read.Text("--metadata") is string directory ? Metadata(directory) : [],
            Waits = read.Has("--wait"),
            DespiteManager = read.Has("--despite-manager"),
        };
        try
        {
            return await session.RunAsync(broker, TimeSpan.FromSeconds(patience), stop);
        }
        finally
        {
            foreach (TufSigningKey key in keys)
            {
                key.Dispose();
            }
        }
    }

    private static Recipients ReadRecipients(string? file)
    {
        List<string> mistakes = [];
        Recipients recipients = file is null ? Recipients.Unpinned : Recipients.Read(file, Files.Read(file, Recipients.LongestFile), mistakes);
        return mistakes.Count == 0 ? recipients : throw new CommandException(ExitCode.Data, [.. mistakes]);
    }

    private static IReadOnlyList<byte[]> Metadata(string directory)
    {
        IReadOnlyList<byte[]> messages = new MetadataShelf(directory).Messages(out string? objection);
        return messages.Count > 0
            ? messages
            : throw new CommandException(
                ExitCode.NoInput, objection ?? $"{directory}: has no timestamp.json; name the metadata directory of a repository");
    }
}
