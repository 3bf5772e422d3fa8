using System.Globalization;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The download of one line, if there is one: begun by an order, taken up again after a restart. Where the order offers a delta
/// from a package that is here, that is fetched first and the archive made of it; what is then not right is fetched whole.
/// </summary>
/// <remarks>Beside the archive stand, while they are needed: <c>delta.part</c>, <c>delta.done</c> (it was used, or given up, and
/// is not fetched again) and <c>spent</c> (what the budget has paid).</remarks>
internal sealed class PackageDownload(AgentParts parts, PackageSite site, SlotStore store, UpdateNews news) : IDisposable
{
    private PackageReference? _package;
    private string _transfer = "";
    private ChunkDownload? _download;
    private DeltaChoice? _delta;
    private DeltaRebuild? _rebuild;
    private TransferBudget? _budget;
    private CarrierLine? _carriers;
    private ContentKey? _content;
    private string? _failure;
    private bool _isConnected;

    /// <summary>Whether one is under way.</summary>
    public bool IsOpen => _package is not null;

    /// <summary>True when every chunk is here.</summary>
    public bool IsComplete => _delta is null && _download is { IsComplete: true };

    /// <summary>Why it cannot go on, as a sentence, or null.</summary>
    public string? Failure => _failure ?? (_delta is null ? _download?.Failure : null);

    private string Beside => DurableFiles.Parent(store.IncomingPath);

    private string DeltaPath => $"{Beside}/delta.part";

    private string DeltaDonePath => $"{Beside}/delta.done";

    /// <summary>
    /// Checks an order and makes the hashes of its chunks durable, before the state that relies on them.
    /// </summary>
    /// <returns>Why the order cannot be fetched, or null.</returns>
    public ActivationEvent.Failed? Prepare(PackageReference package)
    {
        Close();
        if (Unwrap(package, out _) is { } locked)
        {
            return new ActivationEvent.Failed(locked, PackageAtFault: false);
        }

        if (ChunkDownload.Objection(package, parts.Verification.LargestArchive(site)) is { } objection)
        {
            return new ActivationEvent.Failed(objection, PackageAtFault: true);
        }

        if (parts.Verification.Objections(package.Requires) is { Count: > 0 } objections)
        {
            return new ActivationEvent.Failed(string.Join("; and ", objections), PackageAtFault: true);
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

        Close();
        _package = package;
        _failure = Unwrap(package, out _content);
        if (_failure is not null)
        {
            return true;
        }

        _transfer = $"{order.Digest.Short}-{order.Generation}";
        try
        {
            _budget = parts.Transfer.BudgetBytes is long limit ? new TransferBudget(parts.Disk, $"{Beside}/spent", limit) : null;
            _delta = parts.Disk.Length(DeltaDonePath) is null ? DeltaChoice.Of(package, store) : null;
        }
        catch (IOException failed)
        {
            _failure = $"the disk does not say what was fetched: {failed.Message}";
            return true;
        }

        if (_delta is null)
        {
            OpenWhole();
        }
        else if (HasRoom(package))
        {
            Open(DeltaPath, _delta.Delta.AsArchive(package), $"{_transfer}-d");
        }

        return true;
    }

    // For the archive that the delta makes, before a byte of the delta is paid for.
    private bool HasRoom(PackageReference package)
    {
        try
        {
            parts.Disk.Reserve(store.IncomingPath, package.Size);
            return true;
        }
        catch (IOException full)
        {
            _failure = $"there is no room for the package: {full.Message}";
            return false;
        }
    }

    /// <summary>Forgets the download; what is on disk stays.</summary>
    public void Close()
    {
        EndTransfer();
        _package = null;
        _download = null;
        _carriers = null;
        _content = null;
        _delta = null;
        _rebuild?.Dispose();
        _rebuild = null;
        _budget = null;
        _failure = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <summary>Takes a chunk.</summary>
    /// <returns>False when it is of another transfer.</returns>
    public bool Take(string transfer, long offset, ReadOnlySpan<byte> bytes)
    {
        if (_download is null || _download.Transfer != transfer)
        {
            return false;
        }

        ChunkArrival arrival = _download.OnChunk(offset, bytes);
        if (arrival == ChunkArrival.Accepted)
        {
            _carriers?.OnArrived();
        }
        else if (arrival is ChunkArrival.Foreign or ChunkArrival.Corrupt && _carriers is { IsMqtt: false, Current: string address })
        {
            OnCarrierFailed(transfer, $"{address} sent bytes that are not the package's", isGone: arrival == ChunkArrival.Foreign);
        }

        return true;
    }

    /// <summary>An address did not bring what it was asked for.</summary>
    /// <returns>True when something else can go on now, or nothing can.</returns>
    public bool OnCarrierFailed(string transfer, string reason, bool isGone)
    {
        if (_download is null || _carriers is null || _download.Transfer != transfer)
        {
            return false;
        }

        string gone = _carriers.Current ?? "";
        _download.OnLinkChanged();
        if (!_carriers.OnFailed(isGone))
        {
            return false;
        }

        if (_carriers.Current is string next)
        {
            news.Notice(EventSeverity.Warning, $"{reason}; the package comes by {next} instead of {gone}");
            Reopen();
        }
        else if (_delta is not null)
        {
            return EndDelta(reason);
        }
        else
        {
            _failure = $"{reason}; nothing else is offered and allowed (transfer.carriers)";
        }

        return true;
    }

    /// <summary>The link is up, or down.</summary>
    public void OnLink(bool connected)
    {
        _isConnected = connected;
        if (_carriers is null or { IsMqtt: true })
        {
            _download?.OnLinkChanged();
        }

        Ask();
    }

    /// <summary>Asks for as many chunks as the window has room for.</summary>
    public void Ask()
    {
        while (_rebuild is null && _download is not null && _carriers is { Current: string carrier, MayAsk: true }
            && (_isConnected || !_carriers.IsMqtt) && _download.TryNext(out ChunkRequest request))
        {
            if (_carriers.IsMqtt)
            {
                parts.Events.OnRequest(request);
            }
            else
            {
                parts.Events.OnRangeRequest(request, carrier);
            }
        }
    }

    /// <summary>Goes on with what takes long: a slice of the archive made of the delta.</summary>
    /// <returns>True when something else can go on now.</returns>
    public bool Step()
    {
        if (_delta is null || _package is null || _download is null)
        {
            return false;
        }

        try
        {
            if (_rebuild is not null)
            {
                return !_rebuild.Step() && EndDelta(null);
            }

            if (_download.Failure is { } failure)
            {
                return EndDelta(failure);
            }

            if (_download.IsComplete)
            {
                _rebuild = new DeltaRebuild(
                    parts.Disk, DeltaPath, (_delta.BasePath, _delta.BaseSize), store.IncomingPath, _package.Size);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return EndDelta(e.Message);
        }

        return false;
    }

    /// <summary>Tells how far it is, at the pace of <see cref="UpdateNews"/>.</summary>
    public void TellProgress(UpdateOrder order)
    {
        if (_download is not null)
        {
            news.Progress(order, _download);
        }
    }

    private bool EndDelta(string? why)
    {
        _rebuild?.Dispose();
        _rebuild = null;
        long paid = _delta!.Delta.Size;
        _delta = null;
        try
        {
            parts.Disk.Delete(DeltaPath);
            parts.Disk.Write(DeltaDonePath, 0, [0]);
            parts.Disk.Sync(DeltaDonePath);
        }
        catch (IOException)
        {
            // It would be fetched again after a restart, and the budget counts that.
        }

        OpenWhole();
        long missing = _package!.Size - _download!.VerifiedBytes;
        string what = string.Create(
            CultureInfo.InvariantCulture, $"the delta of {paid} bytes left {missing} of {_package.Size} bytes to be fetched");
        if (why is not null || missing > 0)
        {
            news.Notice(EventSeverity.Warning, why is null ? $"{what}: what it starts from is not what it was" : $"{what}: {why}");
        }

        return true;
    }

    private void OpenWhole() => Open(store.IncomingPath, _package!, _transfer);

    private void Open(string path, PackageReference archive, string transfer)
    {
        string[] offered = [.. archive.Carriers.Take(PackageReference.MostCarriers).Where(carrier => carrier is not null)];
        _carriers = CarrierLine.Of(offered, parts.Transfer.Carriers, parts.Time, parts.Random);
        if (_carriers.Current is null)
        {
            _failure = $"the order offers {(offered.Length > 0 ? string.Join(", ", offered) : CarrierLine.Mqtt)}, and this device may use "
                + $"{string.Join(", ", parts.Transfer.Carriers)} (transfer.carriers)";
        }

        Open(path, archive, transfer, _carriers.IsMqtt);
    }

    private void Open(string path, PackageReference archive, string transfer, bool isMqtt)
    {
        EndTransfer();
        ChunkCipher? cipher = _content?.CipherOf(archive.ArchiveSha256, archive.ChunkSha256.Count);
        _download = new ChunkDownload(
            parts.Disk, path, archive, transfer, parts.Time, parts.Random, _budget, isReliable: !isMqtt, cipher: cipher);
        _download.Begin();
        news.DownloadBegan(_download);
    }

    /// <returns>Why the key of an encrypted package cannot be had, or null.</returns>
    private string? Unwrap(PackageReference package, out ContentKey? content)
    {
        content = null;
        if (package.Encryption is not { } encryption)
        {
            return null;
        }

        string? objection = encryption.Objection();
        if (objection is null && parts.Recipient is null)
        {
            return "the package is encrypted, and this device has no key";
        }

        content = objection is null
            ? ContentKey.Unwrap(encryption, parts.Recipient!, parts.Device, package.ArchiveSha256, out objection)
            : null;
        return objection;
    }

    // With the next carrier; what is on the disk is found again.
    private void Reopen()
    {
        if (_delta is null)
        {
            Open(store.IncomingPath, _package!, _transfer, _carriers!.IsMqtt);
        }
        else
        {
            Open(DeltaPath, _delta.Delta.AsArchive(_package!), $"{_transfer}-d", _carriers!.IsMqtt);
        }
    }

    private void EndTransfer()
    {
        if (_download is not null)
        {
            parts.Events.OnTransferEnded(_download.Transfer);
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
