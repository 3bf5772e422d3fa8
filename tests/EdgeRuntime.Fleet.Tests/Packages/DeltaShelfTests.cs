using System.Security.Cryptography;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Packages;

public sealed class DeltaShelfTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly SemaphoreSlim _made = new(0);

    public void Dispose()
    {
        _directory.Dispose();
        _made.Dispose();
    }

    [Fact]
    public async Task A_delta_is_made_once_and_found_again_after_a_restart()
    {
        byte[] old = RandomNumberGenerator.GetBytes(50_000);
        byte[] target = [.. old];
        target[100] ^= 1;
        (string from, string to) = (Put(old), Put(target));
        using CancellationTokenSource stop = new();
        DeltaShelf shelf = Open();
        Task running = shelf.RunAsync(stop.Token);

        bool isMaking = shelf.Want(from, to, new HashSet<string>());
        await _made.WaitAsync();
        bool isStillMaking = shelf.Want(from, to, new HashSet<string>());
        await stop.CancelAsync();
        await running;
        DeltaReference? delta = Open().Find(from, to);

        Assert.True(isMaking);
        Assert.False(isStillMaking);
        Assert.Equal((DeltaKind.Patch, from), (delta?.Kind, delta?.BaseSha256));
        Assert.True(delta!.Size < 1000, $"{delta.Size} bytes");
        using DeltaReader reader = new(File.OpenRead(Open().PathOf(delta.Sha256)!), old.Length, target.Length, (offset, bytes) =>
        {
            old.AsSpan((int)offset, bytes.Length).CopyTo(bytes);
            return bytes.Length;
        });
        byte[] made = new byte[target.Length];
        for (int at = 0, read = reader.Read(made); read > 0; read = reader.Read(made.AsSpan(at)))
        {
            at += read;
        }

        Assert.Equal(target, made);
    }

    [Fact]
    public async Task A_full_shelf_gives_up_what_no_order_names_and_nothing_else()
    {
        using CancellationTokenSource stop = new();
        DeltaShelf shelf = Open();
        Task running = shelf.RunAsync(stop.Token);
        string from = Put(RandomNumberGenerator.GetBytes(2000));
        string[] targets = [.. Enumerable.Range(0, DeltaShelf.MostDeltas).Select(i => Put(new byte[2000 + i]))];
        foreach (string target in targets)
        {
            Assert.True(shelf.Want(from, target, new HashSet<string>(targets)));
            await _made.WaitAsync();
        }

        string next = Put(new byte[5000]);
        bool isMadeBeside = shelf.Want(from, next, new HashSet<string>(targets));
        bool isMadeInstead = shelf.Want(from, next, new HashSet<string>(targets[1..]));
        await stop.CancelAsync();
        await running;

        Assert.False(isMadeBeside);
        Assert.True(isMadeInstead);
        Assert.Null(shelf.Find(from, targets[0]));
        Assert.All(targets[1..], target => Assert.NotNull(shelf.Find(from, target)));
    }

    private DeltaShelf Open() => new(Path.Combine(_directory.Path, "deltas"), PathOf, null, () => _made.Release(), NullLogger.Instance);

    private string PathOf(string sha256) => Path.Combine(_directory.Path, sha256);

    private string Put(byte[] archive)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(archive));
        File.WriteAllBytes(PathOf(sha256), archive);
        return sha256;
    }
}
