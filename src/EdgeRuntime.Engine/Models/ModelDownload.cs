using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>The download of one model, if there is one: begun by an order, taken up again after a restart.</summary>
internal sealed class ModelDownload(AgentParts parts, SlotStore store, UpdateNews news)
{
    private ChunkDownload? _download;
    private bool _isConnected;

    /// <summary>Whether one is under way.</summary>
    public bool IsOpen => _download is not null;

    /// <summary>True when every chunk is here.</summary>
    public bool IsComplete => _download is { IsComplete: true };

    /// <summary>Why it cannot go on, as a sentence, or null.</summary>
    public string? Failure => _download?.Failure;

    /// <summary>
    /// Checks an order and makes the hashes of its chunks durable, before the state that relies on them.
    /// </summary>
    /// <returns>Why the order cannot be fetched, or null.</returns>
    public ActivationEvent.Failed? Prepare(PackageReference package)
    {
        _download = null;
        if (ChunkDownload.Objection(package, parts.Verification.LargestArchive) is { } objection)
        {
            return new ActivationEvent.Failed(objection, PackageAtFault: true);
        }

        try
        {
            store.Expect(package);
            return null;
        }
        catch (IOException failed)
        {
            string reason = $"the disk does not take the package: {failed.Message}";
            return new ActivationEvent.Failed(reason, PackageAtFault: false);
        }
    }

    /// <summary>Begins, or goes on with, the download of an order whose hashes are durable.</summary>
    /// <returns>False when the hashes are lost.</returns>
    public bool TryResume(UpdateOrder order)
    {
        PackageReference? package = Expected();
        if (package is null || package.ArchiveSha256 != order.ArchiveSha256 || package.ChunkBytes != order.ChunkBytes
            || ChunkDownload.Objection(package, order.Size) is not null)
        {
            return false;
        }

        string transfer = $"{order.Digest.Short}-{order.Generation}";
        _download = new ChunkDownload(parts.Disk, store.IncomingPath, package, transfer, parts.Time, parts.Random);
        _download.Begin();
        news.DownloadBegan(_download);
        return true;
    }

    /// <summary>Forgets the download; what is on disk stays.</summary>
    public void Close() => _download = null;

    /// <summary>Takes a chunk.</summary>
    /// <returns>False when it is of another transfer.</returns>
    public bool Take(string transfer, long offset, ReadOnlySpan<byte> bytes)
    {
        if (_download is null || _download.Transfer != transfer)
        {
            return false;
        }

        _download.OnChunk(offset, bytes);
        return true;
    }

    /// <summary>The link is up, or down.</summary>
    public void OnLink(bool connected)
    {
        _isConnected = connected;
        _download?.OnLinkChanged();
        Ask();
    }

    /// <summary>Asks for what may be asked for now.</summary>
    public void Ask()
    {
        while (_isConnected && _download is not null && _download.TryNext(out ChunkRequest request))
        {
            parts.Events.OnRequest(request);
        }
    }

    /// <summary>Tells how far it is, at the pace of <see cref="UpdateNews"/>.</summary>
    public void TellProgress(UpdateOrder order)
    {
        if (_download is not null)
        {
            news.Progress(order, _download);
        }
    }

    private PackageReference? Expected()
    {
        try
        {
            return store.Expected();
        }
        catch (IOException)
        {
            // Then they are as good as lost.
            return null;
        }
    }
}
