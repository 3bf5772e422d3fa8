using System.Diagnostics;
using System.Globalization;

namespace EdgeRuntime.Bench;

/// <summary>A network namespace whose only way out is a bad line: edge-simulator's relay between two TUN devices, one of them here.</summary>
internal sealed class NetworkLine : IDisposable
{
    private const string Probe = "edge-probe";
    private readonly Process _relay;
    private readonly string _far;

    /// <param name="simulator">The built edge-simulator.</param>
    /// <param name="profile">One that <c>edge-simulator relay</c> knows.</param>
    /// <exception cref="BenchException">It cannot be made; <see cref="Objection"/> says so beforehand.</exception>
    public NetworkLine(string simulator, string profile)
    {
        int number = Environment.ProcessId % 60_000;
        string near = string.Create(CultureInfo.InvariantCulture, $"edge-n-{number}");
        _far = string.Create(CultureInfo.InvariantCulture, $"edge-f-{number}");
        string net = string.Create(CultureInfo.InvariantCulture, $"10.{77 + (number / 250 % 100)}.{number % 250}");
        Near = $"{net}.1";
        _relay = Process.Start(new ProcessStartInfo(simulator, ["relay", near, _far, profile]) { RedirectStandardOutput = true })
            ?? throw new BenchException($"{simulator} did not start");
        if (_relay.StandardOutput.ReadLine() is null)
        {
            throw new BenchException($"the relay did not start: {simulator} relay {near} {_far} {profile}");
        }

        Ip("netns", "add", _far);
        Ip("link", "set", _far, "netns", _far);
        Ip("addr", "add", $"{Near}/30", "dev", near);
        Ip("link", "set", near, "up");
        Ip("-n", _far, "addr", "add", $"{net}.2/30", "dev", _far);
        Ip("-n", _far, "link", "set", _far, "up");
        Ip("-n", _far, "link", "set", "lo", "up");
    }

    /// <summary>The address of this end, which what runs <see cref="Inside"/> reaches.</summary>
    public string Near { get; }

    /// <summary>Why there can be none here, as a sentence, or null.</summary>
    public static string? Objection() =>
        !File.Exists("/dev/net/tun") || !Environment.IsPrivilegedProcess || Program is null || TryIp("netns", "add", Probe) != 0 || TryIp("netns", "delete", Probe) != 0
            ? "not measured: this machine permits no network namespaces and TUN devices (or has no iproute2)"
            : null;

    /// <summary>How a program is started behind the line.</summary>
    public (string Program, string[] Words) Inside(string program, params string[] words) =>
        (Program!, ["netns", "exec", _far, program, .. words]);

    public void Dispose()
    {
        TryIp("netns", "delete", _far);
        _relay.Kill();
        _relay.WaitForExit();
        _relay.Dispose();
    }

    private static string? Program { get; } = new[] { "/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip" }.FirstOrDefault(File.Exists);

    private static void Ip(params string[] words)
    {
        if (TryIp(words) != 0)
        {
            throw new BenchException($"ip {string.Join(' ', words)} failed");
        }
    }

    private static int TryIp(params string[] words)
    {
        using Process ip = Process.Start(new ProcessStartInfo(Program!, words) { RedirectStandardError = true })!;
        ip.WaitForExit();
        return ip.ExitCode;
    }
}
