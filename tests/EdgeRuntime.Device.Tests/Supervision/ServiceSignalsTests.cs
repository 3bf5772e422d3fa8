using EdgeRuntime.Device.Serving;
using EdgeRuntime.Device.Supervision;

namespace EdgeRuntime.Device.Tests.Supervision;

public sealed class ServiceSignalsTests
{
    [Fact]
    public void A_stop_before_anything_is_served_ends_the_process_at_once()
    {
        int? ended = null;
        using ServiceSignals signals = new(new Mailbox(1), code => ended = code, TimeSpan.FromMinutes(1));

        signals.Stop();

        Assert.Equal(0, ended);
    }

    [Fact]
    public void A_stop_while_serving_is_orderly()
    {
        int? ended = null;
        using ServiceSignals signals = new(new Mailbox(1), code => ended = code, TimeSpan.FromMinutes(1));
        signals.Serving();

        signals.Stop();
        signals.Stop();

        Assert.True(signals.Stopping.IsCancellationRequested);
        Assert.Null(ended);
    }

    [Fact]
    public void A_stop_that_a_path_holds_up_ends_the_process_after_all()
    {
        using BlockingEnd end = new();
        using ServiceSignals signals = new(new Mailbox(1), end.With, TimeSpan.Zero);
        signals.Serving();

        signals.Stop();

        Assert.Equal(70, end.Code());
    }

    private sealed class BlockingEnd : IDisposable
    {
        private readonly ManualResetEventSlim _ended = new();
        private int _code;

        public void With(int code)
        {
            _code = code;
            _ended.Set();
        }

        public int Code()
        {
            Assert.True(_ended.Wait(TimeSpan.FromMinutes(1)));
            return _code;
        }

        public void Dispose() => _ended.Dispose();
    }
}
