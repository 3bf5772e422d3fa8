using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>
/// Temperature (the hottest thermal zone, or chip where there are no zones) and clock frequency as a share of the
/// highest. NaN where the machine shows neither, as most virtual ones do.
/// </summary>
internal sealed class ClimateVitals : IDisposable
{
    private const int MostFiles = 64;

    // Zones that are switched off answer with nonsense such as -274 degrees.
    private const double Coldest = -60, Hottest = 150;

    /// <summary>In the order <see cref="Read"/> writes them.</summary>
    public static readonly Channel[] Channels = [new("temperature", "Cel"), new("cpu_frequency", "1")];

    private readonly KernelFile[] _temperatures;
    private readonly KernelFile[] _frequencies;
    private readonly double[] _highest;

    public ClimateVitals(string root)
    {
        string[] zones = Files(root, "sys/class/thermal", "thermal_zone*", "temp");
        string[] sources = zones.Length > 0 ? zones : Files(root, "sys/class/hwmon", "hwmon*", "temp*_input");
        _temperatures = [.. sources.Select(path => KernelFile.Open(root, path))];

        KernelBuffer buffer = new();
        List<KernelFile> frequencies = [];
        List<double> highest = [];
        foreach (string path in Files(root, "sys/devices/system/cpu/cpufreq", "policy*", "scaling_cur_freq"))
        {
            string policy = path[..path.LastIndexOf('/')];
            using KernelFile limit = KernelFile.Open(root, $"{policy}/cpuinfo_max_freq");
            if (KernelText.TryNumber(limit.Read(buffer), out double kilohertz) && kilohertz > 0)
            {
                frequencies.Add(KernelFile.Open(root, path));
                highest.Add(kilohertz);
            }
        }

        _frequencies = [.. frequencies];
        _highest = [.. highest];
    }

    /// <summary>Writes one value for each of <see cref="Channels"/>.</summary>
    public void Read(KernelBuffer buffer, Span<double> frame)
    {
        double hottest = double.NaN;
        foreach (KernelFile file in _temperatures)
        {
            if (KernelText.TryNumber(file.Read(buffer), out double thousandths))
            {
                double degrees = thousandths / 1000;
                if (degrees is > Coldest and < Hottest && !(degrees <= hottest))
                {
                    hottest = degrees;
                }
            }
        }

        double sum = 0;
        int count = 0;
        for (int i = 0; i < _frequencies.Length; i++)
        {
            if (KernelText.TryNumber(_frequencies[i].Read(buffer), out double kilohertz))
            {
                sum += kilohertz / _highest[i];
                count++;
            }
        }

        frame[0] = hottest;
        frame[1] = count > 0 ? sum / count : double.NaN;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KernelFile file in _temperatures)
        {
            file.Dispose();
        }

        foreach (KernelFile file in _frequencies)
        {
            file.Dispose();
        }
    }

    // Paths below the root, in ordinal order, so that the same machine gives the same channels in every run.
    private static string[] Files(string root, string directory, string entries, string files)
    {
        string parent = Path.Combine(root, directory);
        if (!Directory.Exists(parent))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFileSystemEntries(parent, entries)
                .Where(Directory.Exists)
                .SelectMany(entry => Directory.EnumerateFiles(entry, files))
                .Select(path => Path.GetRelativePath(root, path))
                .Order(StringComparer.Ordinal)
                .Take(MostFiles),
        ];
    }
}
