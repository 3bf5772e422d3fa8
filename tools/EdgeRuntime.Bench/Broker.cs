using System.Diagnostics;

namespace EdgeRuntime.Bench;

/// <summary>The broker that the measured programs are connected to.</summary>
internal static class Broker
{
    /// <summary>Returns once so many messages came on a topic.</summary>
    /// <exception cref="BenchException">They did not within 30 s.</exception>
    public static void Await(string port, string topic, int messages)
    {
        ProcessStartInfo start = new(
            "mosquitto_sub", ["-h", "127.0.0.1", "-p", port, "-t", topic, "-C", $"{messages}", "-W", "30"])
        {
            RedirectStandardOutput = true,
        };
        using Process subscriber = Process.Start(start)!;
        string said = subscriber.StandardOutput.ReadToEnd();
        subscriber.WaitForExit();
        if (subscriber.ExitCode != 0)
        {
            throw new BenchException($"nothing came on {topic} within 30 s {said}");
        }
    }
}
