using System.Globalization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Names one answer of one device for ever: <c>{boot}.{model}.{n}</c>.</summary>
/// <param name="Boot">The run that gave it.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Number">Number of the sample within the run; at least 1.</param>
public readonly record struct AnswerId(BootId Boot, string Model, long Number)
{
    /// <summary>Reads an id. False when the text is none.</summary>
    public static bool TryParse(string? text, out AnswerId id)
    {
        id = default;
        string[] parts = text?.Length is > 0 and <= 120 ? text.Split('.') : [];
        if (parts.Length != 3 || !BootId.TryParse(parts[0], out BootId boot) || !DeviceId.TryParse(parts[1], out _)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number < 1)
        {
            return false;
        }

        id = new AnswerId(boot, parts[1], number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Boot}.{Model}.{Number}");
}
