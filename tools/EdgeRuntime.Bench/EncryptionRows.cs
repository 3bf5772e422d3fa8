using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;

namespace EdgeRuntime.Bench;

/// <summary>Rows about what encryption costs the published device: while it fetches a package, and when it starts with one.</summary>
internal static class EncryptionRows
{
    private const int TransferBytes = 100_000_000;
    private const int StartBytes = 10_000_000;
    private const int Rounds = 5;

    // A start waits for its first sample, so single ones differ by a period of the sensor.
    private const int StartRounds = 31;
    private const string OnTheWay = "transfer of 100 MB encrypted on its way / plain, time";
    private const string AtRest = "transfer of 100 MB into encrypted slots / plain, time";
    private const string Start = "start with a package of 10 MB in an encrypted slot / plain, time";

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options is not { Device: { } device, DeviceConfiguration: { } configuration, Ctl: { } ctl, Packages: { } packages } || BenchBroker.Program is null)
        {
            const string why = "no published edge-device, no package, no edgectl or no mosquitto";
            figures.Add(new Figure(OnTheWay, null, "x", why));
            figures.Add(new Figure(AtRest, null, "x", why));
            figures.Add(new Figure(Start, null, "x", why));
            return;
        }

        string home = TransferRows.Fresh(scratch, "encryption");
        string site = Path.GetDirectoryName(configuration)!;
        AddTransfers(device, site, TransferRows.Package(ctl, site, packages, home, "large", TransferBytes), home, figures);
        AddStarts(device, site, ctl, packages, TransferRows.Fresh(home, "starts"), figures);
    }

    private static void AddTransfers(string device, string site, string archive, string home, Figures figures)
    {
        double[] plain = new double[Rounds];
        double[] onTheWay = new double[Rounds];
        double[] atRest = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            double one = Seconds(device, site, archive, home, $"plain-{round}", null, false);
            double other = Seconds(device, site, archive, home, $"way-{round}", ContentKey.Create(RandomNumberGenerator.Create()), false);
            double third = Seconds(device, site, archive, home, $"rest-{round}", null, true);
            if (round >= 0)
            {
                (plain[round], onTheWay[round], atRest[round]) = (one, other, third);
            }
        }

        const string how = "from the first request to the last chunk hashed and on the disk, on loopback";
        figures.Add(Rows.Ratio(OnTheWay, onTheWay, plain, $"{how}; each chunk is AES-256-GCM and 16 bytes longer"));
        figures.Add(Rows.Ratio(AtRest, atRest, plain, $"{how}; AES-256-GCM in blocks of 4 KiB"));
    }

    private static double Seconds(string device, string site, string archive, string home, string name, ContentKey? content, bool isEncrypted)
    {
        string directory = TransferRows.Fresh(home, name);
        double seconds;
        using (BenchBroker broker = new(TransferRows.Fresh(home, $"{name}-broker")))
        using (TransferStage stage = new(device, directory, site, archive, broker, isEncrypted: isEncrypted) { Content = content })
        {
            seconds = stage.Reference.Size / TransferRows.Rate(stage);
        }

        Directory.Delete(directory, recursive: true);
        return seconds;
    }

    private static void AddStarts(string device, string site, string ctl, string packages, string home, Figures figures)
    {
        string own = TransferRows.Fresh(home, "site");
        Programs.CopyTree(Path.Combine(site, "keys"), Path.Combine(own, "keys"));
        File.Move(TransferRows.Package(ctl, own, packages, home, "small", StartBytes), Path.Combine(own, "machine.edgepkg"));
        using BenchBroker plainBroker = new(TransferRows.Fresh(home, "plain-broker"));
        using BenchBroker encryptedBroker = new(TransferRows.Fresh(home, "encrypted-broker"));
        string archive = Path.Combine(own, "machine.edgepkg");
        using TransferStage plain = new(device, TransferRows.Fresh(home, "plain"), own, archive, plainBroker);
        using TransferStage encrypted = new(device, TransferRows.Fresh(home, "encrypted"), own, archive, encryptedBroker, isEncrypted: true);
        plain.StartDevice();
        encrypted.StartDevice();
        plain.AwaitServing();
        encrypted.AwaitServing();
        double[] withPlain = new double[StartRounds];
        double[] withEncrypted = new double[StartRounds];
        for (int round = -1; round < StartRounds; round++)
        {
            bool plainFirst = round % 2 == 0;
            double one = (plainFirst ? plain : encrypted).Restart();
            double other = (plainFirst ? encrypted : plain).Restart();
            if (round >= 0)
            {
                (withPlain[round], withEncrypted[round]) = plainFirst ? (one, other) : (other, one);
            }
        }

        const string how = "from the start of the process to its word that it serves";
        figures.Add(Rows.InUnit("start with a package of 10 MB in a plain slot", withPlain, "s", how));
        figures.Add(Rows.InUnit("start with a package of 10 MB in an encrypted slot", withEncrypted, "s", how));
        double ratio = Spread.Of(withEncrypted).Median / Spread.Of(withPlain).Median;
        figures.Add(new Figure(Start, ratio, "x", $"the two medians of {StartRounds} starts each, in turns; slots and graphs are AES-256-GCM"));
    }
}
