using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts;

/// <summary>Names of the topics, under a root such as <c>edge/v1</c>. README.md lists them, "On the wire".</summary>
public sealed class Topics(string root)
{
    /// <summary>The root when none is configured.</summary>
    public const string DefaultRoot = "edge/v1";

    /// <summary>The root, without a slash at its end.</summary>
    public string Root { get; } = root;

    /// <summary>What a device publishes: <c>{root}/{id}/up/{rest}</c>.</summary>
    public string Up(DeviceId device, string rest) => $"{Root}/{device}/up/{rest}";

    /// <summary>What a device receives: <c>{root}/{id}/down/{rest}</c>.</summary>
    public string Down(DeviceId device, string rest) => $"{Root}/{device}/down/{rest}";

    /// <summary>What the manager says to all: <c>{root}/_fleet/{rest}</c>.</summary>
    public string Fleet(string rest) => $"{Root}/_fleet/{rest}";

    /// <summary>Filter of everything all devices publish.</summary>
    public string AllUp => $"{Root}/+/up/#";

    /// <summary>Splits the topic of a device.</summary>
    /// <param name="rest">What follows <c>up/</c> or <c>down/</c>, such as <c>latest/vitals</c>.</param>
    /// <returns>False when the topic is not under the root, or not a device's.</returns>
    public bool TrySplit(string topic, out DeviceId device, out bool up, out string rest)
    {
        device = default;
        up = false;
        rest = "";
        if (!topic.StartsWith(Root, StringComparison.Ordinal) || topic.Length <= Root.Length || topic[Root.Length] != '/')
        {
            return false;
        }

        string[] levels = topic[(Root.Length + 1)..].Split('/', 3);
        if (levels.Length < 3 || !DeviceId.TryParse(levels[0], out device) || levels[1] is not ("up" or "down"))
        {
            return false;
        }

        up = levels[1] == "up";
        rest = levels[2];
        return true;
    }
}
