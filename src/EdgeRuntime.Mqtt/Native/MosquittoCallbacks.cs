using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Mqtt;

/// <summary>Where libmosquitto calls back: finds the conversation behind the handle and passes the event on. Nothing is thrown
/// through C frames; it keeps the exception and throws it from the link's loop.</summary>
internal static unsafe class MosquittoCallbacks
{
    /// <summary>Registers all callbacks with one client, whose user data is a <see cref="GCHandle"/> of its conversation.</summary>
    public static void Attach(nint client)
    {
        LibMosquitto.OnConnect(client, &Connected);
        LibMosquitto.OnDisconnect(client, &Disconnected);
        LibMosquitto.OnPublish(client, &Published);
        LibMosquitto.OnMessage(client, &Received);
        LibMosquitto.OnSubscribe(client, &Subscribed);
    }

    private static Conversation Of(nint owner) => (Conversation)GCHandle.FromIntPtr(owner).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Connected(nint client, nint owner, int reason, int flags, nint properties)
    {
        Conversation conversation = Of(owner);
        try
        {
            if (reason == 0)
            {
                conversation.Accepted(sessionPresent: (flags & 1) != 0, properties);
            }
            else
            {
                conversation.Refused(reason, properties);
            }
        }
        catch (Exception failure)
        {
            conversation.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Disconnected(nint client, nint owner, int reason, nint properties) =>
        Of(owner).Ended(reason);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Published(nint client, nint owner, int packetId, int reason, nint properties)
    {
        Conversation conversation = Of(owner);
        try
        {
            conversation.Answered(packetId, reason);
        }
        catch (Exception failure)
        {
            conversation.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Received(nint client, nint owner, LibMosquitto.Message* message, nint properties)
    {
        Conversation conversation = Of(owner);
        try
        {
            conversation.Received(message, properties);
        }
        catch (Exception failure)
        {
            conversation.Keep(failure);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Subscribed(nint client, nint owner, int packetId, int count, int* granted, nint properties)
    {
        Conversation conversation = Of(owner);
        try
        {
            if (count > 0 && granted[0] >= LibMosquitto.ReasonRefused)
            {
                conversation.SubscriptionRefused(packetId, granted[0]);
            }
        }
        catch (Exception failure)
        {
            conversation.Keep(failure);
        }
    }
}
