using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>What brings the bytes of updates: the link, web servers, and the repository of metadata. For the agent's thread.</summary>
internal sealed class UpdateCarriers : IDisposable
{
    private readonly Publisher _publisher;
    private readonly HttpCarrier _web;
    private readonly MetadataCarrier? _repository;

    /// <param name="mailbox">Takes what web servers and the repository bring, for <paramref name="updates"/>.</param>
    /// <param name="repository">Address of the repository of metadata; null for none.</param>
    public UpdateCarriers(Publisher publisher, UpdateAgent updates, Mailbox mailbox, string? repository)
    {
        _publisher = publisher;
        _web = new HttpCarrier(
            (transfer, offset, bytes) => mailbox.Post(new Letter.Finished(() => updates.OnChunk(transfer, offset, bytes))),
            (transfer, reason, isGone) => mailbox.Post(new Letter.Finished(() => updates.OnCarrierFailed(transfer, reason, isGone))));
        _repository = repository is null
            ? null
            : new MetadataCarrier(
                repository,
                (name, bytes) => mailbox.Post(new Letter.Finished(() => updates.OnMetadataFile(name, bytes))),
                reason => mailbox.Post(new Letter.Finished(() => updates.OnMetadataFailed(reason))));
    }

    /// <summary>Asks the manager for chunks, over the link.</summary>
    public void Request(in ChunkRequest request)
    {
        byte[] bytes = new byte[ChunkCodec.MaxRequestBytes];
        int length = ChunkCodec.WriteRequest(request, bytes);
        _publisher.ChunkRequest(bytes.AsMemory(0, length));
    }

    /// <summary>Asks a web server for chunks.</summary>
    public void Request(in ChunkRequest request, string address) => _web.Fetch(request, address);

    /// <summary>Asks the repository for a file.</summary>
    public void RequestMetadata(string name, int limit) => _repository?.Fetch(name, limit);

    /// <summary>Gives up what web servers were asked for.</summary>
    public void Forget(string transfer) => _web.Forget(transfer);

    /// <inheritdoc/>
    public void Dispose()
    {
        _web.Dispose();
        _repository?.Dispose();
    }
}
