using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Engine.Tests.Forwarding;

/// <summary>Merges neighbouring windows as an outbox might: any two, until one is left.</summary>
internal static class MergeOrders
{
    /// <summary>All windows in one, merged in an order that is drawn.</summary>
    public static WindowMessage Drawn(IEnumerable<WindowMessage> windows, Random random)
    {
        List<WindowMessage> left = [.. windows];
        while (left.Count > 1)
        {
            int at = random.Next(left.Count - 1);
            left[at] = WindowMerging.Merge(left[at], left[at + 1])!;
            left.RemoveAt(at + 1);
        }

        return left[0];
    }
}
