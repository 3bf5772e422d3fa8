using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class LabelVerbTests
{
    [Fact]
    public void A_table_becomes_labels_with_their_groups_in_as_many_messages_as_it_takes()
    {
        using Cli cli = new();
        using Listener listener = new(cli.Broker);
        string rows = string.Join('\n', Enumerable.Range(1, 600).Select(n => $"0123456789abcdef.vitals.{n},{(n % 2 == 0 ? "busy" : "idle")},night"));

        Outcome outcome = cli.Run("label", "press-7", cli.Write("labels.csv", $"id,label,shift\n{rows}\n"));

        Assert.Equal((ExitCode.Done, "press-7: 600 labels sent\n"), (outcome.Code, outcome.Output));
        TrueLabel[] labels = [.. listener.Take(3).SelectMany(message => message.Labels)];
        Assert.Equal(600, labels.Length);
        Assert.Equal(("0123456789abcdef.vitals.2", "busy", "night"), (labels[1].Id, labels[1].Label, labels[1].Groups!["shift"]));
    }

    [Fact]
    public void A_table_with_a_mistake_is_not_sent_and_every_wrong_row_is_named()
    {
        using Cli cli = new();
        string table = cli.Write("labels.csv", "id,value\n0123456789abcdef.flow.1,3.5\nflow.2,1\n0123456789abcdef.flow.3,much\n0123456789abcdef.flow.4\n");

        Outcome outcome = cli.Run("label", "press-7", table);

        Assert.Equal(ExitCode.Data, outcome.Code);
        Assert.Contains(":3: 'flow.2' is not the id of an answer", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(":4: 'much' is not a finite number", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(":5: has 1 fields", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("nothing was sent", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("needs a first line", cli.Run("label", "press-7", cli.Write("none.csv", "a,b\n1,2\n")).Errors, StringComparison.Ordinal);
    }

    private sealed class Listener : ILinkEvents, IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<LabelMessage> _heard = [];
        private readonly InMemoryLink _link;

        public Listener(InMemoryBroker broker)
        {
            using ManualResetEventSlim connected = new();
            Connected = connected.Set;
            _link = new InMemoryLink(broker, new LinkOptions { Host = "memory", ClientId = "press-7", Subscriptions = [("edge/v1/press-7/down/#", 1)] });
            _link.Start(this);
            connected.Wait();
        }

        private Action Connected { get; }

        public IReadOnlyList<LabelMessage> Take(int messages) => [.. Enumerable.Range(0, messages).Select(_ => _heard.Take())];

        public void OnConnected(bool sessionPresent) => Connected();

        public void OnDisconnected(string reason)
        {
        }

        public void OnMessage(in LinkMessage message) =>
            _heard.Add(JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.LabelMessage)!);

        public void OnPublished(long token)
        {
        }

        public void Dispose()
        {
            _link.Dispose();
            _heard.Dispose();
        }
    }
}
