using System.Buffers;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>Shows a message of the library's as a <see cref="LinkMessage"/> without copying its payload.</summary>
/// <remarks>One message at a time, on the link's thread. Names seen before cost no allocation.</remarks>
internal sealed unsafe class IncomingMessage : IDisposable
{
    private readonly BorrowedMemory _payload = new();
    private readonly BorrowedMemory _correlation = new();
    private readonly NameCache _names = new();

    /// <summary>Passes the message to <paramref name="events"/>; afterwards its memory is gone, and reading it throws.</summary>
    public void Deliver(LibMosquitto.Message* message, nint properties, ILinkEvents events)
    {
        byte* correlation = null;
        ushort correlationBytes = 0;
        uint expiry = 0;
        _ = LibMosquitto.ReadInt32(properties, LibMosquitto.PropertyMessageExpiry, &expiry, 0);
        _ = LibMosquitto.ReadBinary(properties, LibMosquitto.PropertyCorrelation, &correlation, &correlationBytes, 0);
        try
        {
            LinkMessage incoming = new()
            {
                Topic = _names.Get(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(message->Topic)),
                Payload = _payload.Lend(message->Payload, message->PayloadBytes),
                Qos = message->Qos,
                Retain = message->Retain != 0,
                ExpirySeconds = (int)Math.Min(expiry, int.MaxValue),
                ContentType = ReadString(properties, LibMosquitto.PropertyContentType),
                ResponseTopic = ReadString(properties, LibMosquitto.PropertyResponseTopic),
                Correlation = _correlation.Lend(correlation, correlationBytes),
            };
            events.OnMessage(incoming);
        }
        finally
        {
            _payload.Return();
            _correlation.Return();
            NativeMemory.Free(correlation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable)_payload).Dispose();
        ((IDisposable)_correlation).Dispose();
    }

    private string? ReadString(nint properties, int identifier)
    {
        byte* text = null;
        if (LibMosquitto.ReadString(properties, identifier, &text, 0) == 0)
        {
            return null;
        }

        string name = _names.Get(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        NativeMemory.Free(text);
        return name;
    }

    /// <summary>Native memory as managed, for the length of one call. Kept longer, it is empty and slices of it throw:
    /// better than reading memory that was freed.</summary>
    private sealed class BorrowedMemory : MemoryManager<byte>
    {
        private byte* _start;
        private int _length;

        public ReadOnlyMemory<byte> Lend(byte* start, int length)
        {
            _start = start;
            _length = length;
            return length == 0 ? default(ReadOnlyMemory<byte>) : Memory;
        }

        public void Return()
        {
            _start = null;
            _length = 0;
        }

        public override Span<byte> GetSpan() => new(_start, _length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => Return();
    }
}
