namespace EdgeRuntime.Contracts.Links;

/// <summary>A message that waits at the broker, and until when it means something.</summary>
internal readonly record struct InMemoryKept(LinkMessage Message, DateTimeOffset? Until)
{
    /// <summary>Keeps a message from now on.</summary>
    public static InMemoryKept From(in LinkMessage message, DateTimeOffset now) =>
        new(message, message.ExpirySeconds == 0 ? null : now.AddSeconds(message.ExpirySeconds));

    /// <summary>The message with what is left of its expiry. False when nothing is left.</summary>
    public bool TryTake(DateTimeOffset now, out LinkMessage message)
    {
        double left = Until is { } end ? (end - now).TotalSeconds : 0;
        message = Message with { ExpirySeconds = (int)Math.Ceiling(left) };
        return Until is null || left > 0;
    }
}
