using System.Net.Sockets;
using System.Text;
using EdgeRuntime.Device.Supervision;

namespace EdgeRuntime.Device.Tests.Supervision;

/// <summary>The datagrams are those of sd_notify(3) in systemd's manual.</summary>
public sealed class NotifySocketTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-notify-").FullName;

    public static TheoryData<bool> Kinds => [true, false];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_supervisor_hears_every_message_over_a_path_and_over_an_abstract_name(bool isAbstract)
    {
        string name = isAbstract ? $"@edge-notify-{Path.GetFileName(_directory)}" : Path.Combine(_directory, "notify");
        using Socket supervisor = Listen(name);
        using NotifySocket socket = NotifySocket.Connect(name, out string? mistake);

        socket.Starting("opening the sensor vibration", TimeSpan.FromSeconds(60));
        socket.Ready("1 of 1 models answer");
        socket.Reloading(1_234_567);
        socket.Status("two\nlines");
        socket.FeedWatchdog();
        socket.Stopping();

        Assert.Null(mistake);
        Assert.Equal("STATUS=opening the sensor vibration\nEXTEND_TIMEOUT_USEC=60000000\n", Hear(supervisor));
        Assert.Equal("READY=1\nSTATUS=1 of 1 models answer\n", Hear(supervisor));
        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=1234567\n", Hear(supervisor));
        Assert.Equal("STATUS=two lines\n", Hear(supervisor));
        Assert.Equal("WATCHDOG=1\n", Hear(supervisor));
        Assert.Equal("STOPPING=1\n", Hear(supervisor));
        Assert.Equal(0, socket.Lost);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_supervisor_every_message_goes_nowhere(string? address)
    {
        using NotifySocket socket = NotifySocket.Connect(address, out string? mistake);

        socket.Ready("");

        Assert.Null(mistake);
        Assert.False(socket.IsConnected);
        Assert.Equal(0, socket.Lost);
    }

    [Theory]
    [InlineData("/nobody/listens/here")]
    [InlineData("@nobody-listens-here")]
    [InlineData("vsock:2:1")]
    [InlineData("@")]
    public void An_address_that_nobody_listens_at_is_said_and_does_not_stop_the_device(string address)
    {
        using NotifySocket socket = NotifySocket.Connect(address, out string? mistake);

        socket.Ready("");

        Assert.Contains($"'{address}'", mistake, StringComparison.Ordinal);
        Assert.False(socket.IsConnected);
    }

    [Fact]
    public void A_supervisor_that_went_away_costs_messages_and_nothing_else()
    {
        string name = Path.Combine(_directory, "notify");
        Socket supervisor = Listen(name);
        using NotifySocket socket = NotifySocket.Connect(name, out _);
        supervisor.Dispose();

        socket.FeedWatchdog();
        socket.FeedWatchdog();

        Assert.Equal(2, socket.Lost);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Socket Listen(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? $"\0{name[1..]}" : name));
        return socket;
    }

    private static string Hear(Socket supervisor)
    {
        byte[] bytes = new byte[4096];
        supervisor.ReceiveTimeout = 5000;
        return Encoding.UTF8.GetString(bytes, 0, supervisor.Receive(bytes));
    }
}
