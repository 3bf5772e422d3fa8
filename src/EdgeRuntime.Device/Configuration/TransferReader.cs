using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads the section <c>transfer</c>: what packages may come by, and what an update may cost.</summary>
internal static class TransferReader
{
    private static readonly string[] Carriers = [CarrierLine.Mqtt, CarrierLine.Url];

    /// <summary>Reads it.</summary>
    public static TransferPolicy Read(JsonObjectReader transfer)
    {
        IReadOnlyList<string> carriers = transfer.Value("carriers") is null
            ? new TransferPolicy().Carriers
            : transfer.Strings(
                "carriers", 1, Carriers.Length,
                name => Carriers.Contains(name) ? null : $"'{name}' is no carrier; there are {string.Join(" and ", Carriers)}{Spelling.Hint(name, Carriers)}");
        if (carriers.Distinct().Count() < carriers.Count)
        {
            transfer.Mistake("carriers", "names one twice");
        }

        long budget = transfer.Long("budget_bytes", 0, min: 0, max: 1L << 40);
        return new TransferPolicy { Carriers = carriers, BudgetBytes = budget == 0 ? null : budget };
    }
}
