using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Ctl.Tuf;

/// <summary>The verb <c>tuf</c>: the device's own TUF client on the command line, as tuf-conformance drives clients.</summary>
internal static class TufCommand
{
    public const string Usage = """
        usage: edgectl tuf --metadata-dir DIR init ROOT
               edgectl tuf --metadata-dir DIR --metadata-url URL refresh
               edgectl tuf --metadata-dir DIR --metadata-url URL --target-name PATH... --target-base-url URL
                       --target-dir DIR [--hardware ID]... [--floor COUNTER] download

        Speaks to a TUF repository with the client that devices use: what it believes, they believe.
          init       begins to trust the root metadata in the file ROOT
          refresh    brings root, timestamp, snapshot and targets up to date in --metadata-dir, which is the client's own
          download   refreshes, then finds, downloads and checks each target; one that is there already is left
          --hardware refuses targets whose custom.hardware_ids name others only
          --floor    refuses targets whose custom.release_counter is lower
        What is refused is said with the attack it would have been; the exit code is then 1.
        """;

    public const string Example = """
        edgectl tuf --metadata-dir trusted init root.json
        edgectl tuf --metadata-dir trusted --metadata-url http://fleet.example/metadata refresh
        """;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        string[] valued =
        [
            "--metadata-dir", "--metadata-url", "--target-name", "--target-base-url", "--target-dir", "--hardware", "--floor",
        ];
        Words read = Words.Parse(words, valued, []);
        string directory = read.Required("--metadata-dir");
        Action<TrustedMetadata> action = read.Files switch
        {
            ["init", _] => store => TufClient.Trust(store, Files.Read(read.Files[1], new TufLimits().RootBytes)),
            ["refresh"] => Refresh(read, around),
            ["download"] => Download(read, around),
            _ => Wrong(read),
        };
        read.Check();
        try
        {
            action(new TrustedMetadata(new FileDisk(directory), ""));
            return ExitCode.Done;
        }
        catch (TufException e)
        {
            throw new CommandException(ExitCode.Refused, e.Lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Refused, e.Message);
        }
    }

    private static Action<TrustedMetadata> Wrong(Words read)
    {
        read.Mistakes.Add("say what to do, after the options: 'init ROOT', 'refresh' or 'download'");
        return _ => { };
    }

    private static Action<TrustedMetadata> Refresh(Words read, Surroundings around)
    {
        string url = read.Required("--metadata-url");
        return store =>
        {
            using HttpRepository repository = new();
            Refreshed(store, repository, url, around);
        };
    }

    private static Action<TrustedMetadata> Download(Words read, Surroundings around)
    {
        string url = read.Required("--metadata-url");
        string baseUrl = read.Required("--target-base-url");
        string directory = read.Required("--target-dir");
        read.Required("--target-name");
        long? floor = read.Has("--floor") ? (long)Math.Min(read.Whole("--floor", 0), long.MaxValue) : null;
        return store =>
        {
            using HttpRepository repository = new();
            TufClient client = Refreshed(store, repository, url, around);
            foreach (string name in read.All("--target-name"))
            {
                TargetFile target = client.Find(name);
                target.Release.Check(name, read.All("--hardware"), floor);
                Download(client, target, repository, baseUrl, directory, around);
            }
        };
    }

    private static TufClient Refreshed(TrustedMetadata store, HttpRepository repository, string url, Surroundings around)
    {
        TufClient client = new(store, (name, limit) => repository.Get(url, name, limit), around.Time);
        client.Refresh();
        around.Output.WriteLine(
            $"root {client.Root.Version}, snapshot {client.Snapshot.Version}, targets {client.Targets.Version}");
        return client;
    }

    private static void Download(
        TufClient client,
        TargetFile target,
        HttpRepository repository,
        string baseUrl,
        string directory,
        Surroundings around)
    {
        // One file name per target path, whatever stands in the path.
        string path = Path.Combine(directory, Uri.EscapeDataString(target.Path));
        if (IsThere(target, path))
        {
            around.Output.WriteLine($"{path} is there already");
            return;
        }

        string name = string.Join('/', client.FileNameOf(target).Split('/').Select(Uri.EscapeDataString));
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        Directory.CreateDirectory(directory);
        try
        {
            using (TargetHash check = new(target))
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
            {
                if (!repository.Get(baseUrl, name, check, file))
                {
                    throw new TufException(TufFault.Unavailable, $"{target.Path}: the repository does not have it");
                }

                check.Finish();
            }

            File.Move(temporary, path, overwrite: true);
            around.Output.WriteLine($"{path}: {target.Length} bytes");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool IsThere(TargetFile target, string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using TargetHash check = new(target);
            using FileStream file = File.OpenRead(path);
            byte[] buffer = new byte[64 * 1024];
            while (file.Read(buffer) is int count and > 0)
            {
                check.Append(buffer.AsSpan(0, count));
            }

            check.Finish();
            return true;
        }
        catch (TufException)
        {
            // Another release, or a part of one: it is fetched anew.
            return false;
        }
    }
}
