using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Mqtt;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Bench;

/// <summary>What the transfer is held against: two bare clients and the same broker, without hashes, disk or requests; and the
/// pattern of others, 64 KiB asked for and waited for.</summary>
internal static class BareTransfer
{
    private const string Topic = "bench/bare";
    private const int RequestedBytes = 64 * 1024;

    private static readonly TimeSpan SubscribedAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>Bytes a second of <paramref name="messages"/> payloads, QoS 0, sent as fast as the link takes them.</summary>
    public static double Stream(int port, int payload, int messages)
    {
        using Counter receiver = new(port, "bench-receiver", Topic);
        using Counter sender = new(port, "bench-sender", null);
        byte[] bytes = new byte[payload];
        new Random(1).NextBytes(bytes);
        LinkMessage message = new() { Topic = Topic, Payload = bytes, ExpirySeconds = 30, ContentType = "application/octet-stream" };
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < messages; i++)
        {
            while (!sender.Link.TryPublish(message, 0))
            {
                sender.AwaitRoom();
            }
        }

        receiver.Await(messages);
        return payload * (double)messages / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Bytes a second from mosquitto_pub to mosquitto_sub, their start and end included; null where they are not installed.</summary>
    /// <param name="path">A file that is not there.</param>
    public static double? MosquittoClients(int port, string path, int payload, int messages)
    {
        byte[] bytes = new byte[payload];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        string[] common = ["-h", "127.0.0.1", "-p", $"{port}", "-t", Topic, "-q", "0"];
        try
        {
            using Process receiver = Process.Start(new ProcessStartInfo(
                "mosquitto_sub", [.. common, "-C", $"{messages}", "-W", "30", "-F", "%l"]) { RedirectStandardOutput = true })!;
            receiver.OutputDataReceived += static (_, _) => { };
            receiver.BeginOutputReadLine();
            Thread.Sleep(SubscribedAfter);
            long begin = Stopwatch.GetTimestamp();
            using Process sender = Process.Start("mosquitto_pub", [.. common, "-f", path, "--repeat", $"{messages}"]);
            receiver.WaitForExit();
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            sender.WaitForExit();
            return receiver.ExitCode == 0
                ? payload * (double)messages / seconds
                : throw new BenchException($"mosquitto_sub ended with {receiver.ExitCode}: less than {messages} messages came");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Bytes a second of what a device must do with chunks whatever brings them: hash, write, make durable.</summary>
    /// <param name="path">A file that is not there; on the medium of the device's state.</param>
    public static double HashAndWrite(string path, int payload, int messages)
    {
        byte[] bytes = new byte[payload];
        new Random(1).NextBytes(bytes);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: (long)payload * messages);
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < messages; i++)
        {
            SHA256.HashData(bytes, hash);
            RandomAccess.Write(file, bytes, (long)i * payload);
        }

        RandomAccess.FlushToDisk(file);
        return payload * (double)messages / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Bytes a second of the pattern "ask for 64 KiB, wait until it is here": the answering side is at the broker, the
    /// asking one behind <paramref name="port"/>.</summary>
    public static double RequestAndWait(int brokerPort, int port, int requests)
    {
        using Counter asking = new(port, "bench-asking", Topic);
        byte[] bytes = new byte[RequestedBytes];
        new Random(2).NextBytes(bytes);
        LinkMessage answer = new() { Topic = Topic, Payload = bytes };
        Counter? answering = null;
        answering = new Counter(brokerPort, "bench-answering", $"{Topic}/ask", () => answering!.Link.TryPublish(answer, 0));
        using (answering)
        {
            LinkMessage question = new() { Topic = $"{Topic}/ask", Payload = new byte[8] };
            long begin = Stopwatch.GetTimestamp();
            for (int i = 1; i <= requests; i++)
            {
                asking.Link.TryPublish(question, 0);
                asking.Await(i);
            }

            return RequestedBytes * (double)requests / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }

    private sealed class Counter : ILinkEvents, IDisposable
    {
        private readonly object _gate = new();
        private readonly Action? _answer;
        private int _received;
        private bool _connected;

        public Counter(int port, string name, string? topic, Action? answer = null)
        {
            _answer = answer;
            Link = MqttLink.Create(
                new LinkOptions
                {
                    Host = "127.0.0.1",
                    Port = port,
                    ClientId = name,
                    SessionExpirySeconds = 0,
                    Subscriptions = topic is null ? [] : [(topic, 0)],
                },
                TimeProvider.System,
                new Random(1));
            Link.Start(this);
            lock (_gate)
            {
                while (!_connected)
                {
                    Monitor.Wait(_gate, 100);
                }
            }

            // The subscription was sent with the connection; the broker takes it before anything that is published later.
            Thread.Sleep(SubscribedAfter);
        }

        public ILink Link { get; }

        public void Await(int messages)
        {
            lock (_gate)
            {
                while (_received < messages)
                {
                    if (!Monitor.Wait(_gate, 30_000))
                    {
                        throw new BenchException($"{_received} of {messages} messages came");
                    }
                }
            }
        }

        public void AwaitRoom()
        {
            lock (_gate)
            {
                Monitor.Wait(_gate, 1);
            }
        }

        public void OnConnected(bool sessionPresent)
        {
            lock (_gate)
            {
                _connected = true;
                Monitor.PulseAll(_gate);
            }
        }

        public void OnDisconnected(string reason)
        {
        }

        public void OnMessage(in LinkMessage message)
        {
            _answer?.Invoke();
            lock (_gate)
            {
                _received++;
                Monitor.PulseAll(_gate);
            }
        }

        public void OnPublished(long token)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        public void Dispose() => Link.Dispose();
    }
}
