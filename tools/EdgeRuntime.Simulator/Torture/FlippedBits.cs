namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// Flips a bit in every byte of every file that a device keeps, and then several bits in several files at once: a model that
/// was once committed answers, nothing unsigned is loaded, and the next good order is followed.
/// </summary>
internal sealed class FlippedBits(TortureOptions options, TortureReport report)
{
    private const int Volleys = 400;
    private const int MostBits = 6;

    public void Run(Story story)
    {
        Random random = new(options.Seed);
        SimulatedDisk whole = story.Before();
        Witness seen;
        using (SimulatedDevice device = story.Device(whole))
        {
            story.Tell(device);
            seen = Witness.OfNothing.And(device);
        }

        foreach (string path in whole.Files())
        {
            for (int at = 0; at < whole.Length(path); at++)
            {
                byte mask = (byte)(1 << random.Next(8));
                int offset = at;
                if (options.Wants(at + 1))
                {
                    report.Try("flipped bits", $"--only flips --story {story.Name}", $"bit {mask} of byte {at} of {path}", () =>
                    {
                        SimulatedDisk disk = whole.Copy();
                        disk.FlipBit(path, offset, mask);
                        Invariants.Check(story, seen, disk, spoilt: true);
                    });
                }
            }
        }

        for (int volley = 1; volley <= Volleys; volley++)
        {
            SimulatedDisk disk = whole.Copy();
            int bits = random.Next(2, MostBits + 1);
            for (int bit = 0; bit < bits; bit++)
            {
                string[] files = [.. disk.Files().Where(file => disk.Length(file) > 0)];
                string path = files[random.Next(files.Length)];
                disk.FlipBit(path, random.NextInt64(disk.Length(path)!.Value), (byte)(1 << random.Next(8)));
            }

            if (options.Wants(volley))
            {
                report.Try("volleys of flipped bits", $"--only flips --story {story.Name}", $"{bits} bits, volley {volley}", () =>
                    Invariants.Check(story, seen, disk, spoilt: true));
            }
        }
    }
}
