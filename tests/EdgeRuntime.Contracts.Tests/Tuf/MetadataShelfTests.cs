using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

public sealed class MetadataShelfTests : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly TestDirectory _directory = new();
    private readonly TufSigningKey _key = TufSigningKey.Create(TufKeyKind.EcdsaP256);

    public void Dispose()
    {
        _key.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_message_holds_what_the_timestamp_leads_to_and_every_root_and_nothing_older()
    {
        Publish(1);
        Publish(2);

        IReadOnlyList<byte[]> messages = new MetadataShelf(_directory.Path).Messages(out string? objection);

        Assert.Null(objection);
        Assert.Equal(
            ["1.root.json", "2.root.json", "2.snapshot.json", "2.targets.json", "timestamp.json"],
            JsonSerializer.Deserialize(Assert.Single(messages), WireJson.Default.MetadataMessage)!.Files.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_directory_that_cannot_be_read_whole_is_told_once_and_the_message_before_stays()
    {
        Publish(1);
        MetadataShelf shelf = new(_directory.Path);
        IReadOnlyList<byte[]> before = shelf.Messages(out _);
        Publish(2);
        File.Delete(_directory.Under("2.targets.json"));

        IReadOnlyList<byte[]> after = shelf.Messages(out string? objection);
        shelf.Messages(out string? again);

        Assert.Same(before, after);
        Assert.EndsWith("2.targets.json: there is no such file", objection, StringComparison.Ordinal);
        Assert.Null(again);
    }

    [Fact]
    public void Without_a_timestamp_there_is_no_message()
    {
        Assert.Empty(new MetadataShelf(_directory.Path).Messages(out string? objection));
        Assert.NotNull(objection);
    }

    private void Publish(int version)
    {
        byte[] root = At(TufReader.TopLevelRoles.Aggregate(
            TufDraft.Root(Day, Life), (draft, role) => draft.WithRole(role, [_key.Public], 1)), version);
        byte[] targets = At(TufDraft.Targets(Day, Life), version);
        byte[] snapshot = At(TufDraft.Snapshot(Day, Life).WithMeta("targets.json", version, targets), version);
        File.WriteAllBytes(_directory.Under($"{version}.root.json"), root);
        File.WriteAllBytes(_directory.Under($"{version}.targets.json"), targets);
        File.WriteAllBytes(_directory.Under($"{version}.snapshot.json"), snapshot);
        File.WriteAllBytes(
            _directory.Under("timestamp.json"), At(TufDraft.Timestamp(Day, Life).WithMeta("snapshot.json", version, snapshot), version));
        File.SetLastWriteTimeUtc(_directory.Under("timestamp.json"), Day.UtcDateTime.AddDays(version));
    }

    private byte[] At(TufDraft draft, int version) =>
        Enumerable.Range(1, version - 1).Aggregate(draft, (one, _) => one.Next(Day, Life)).SignedBy(_key).ToBytes();
}
