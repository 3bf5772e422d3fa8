using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Device.Configuration;

/// <summary>What packages may change on this device beside its models; nothing where a name is null.</summary>
public sealed record UpdatesConfiguration
{
    /// <summary>Name of the packages of the kind <c>config</c> that this device takes.</summary>
    public string? Configuration { get; init; }

    /// <summary>Name of the packages of the kind <c>runtime</c> that this device takes its own program from.</summary>
    public string? Runtime { get; init; }

    /// <summary>The names, with the member that each stands in.</summary>
    public IEnumerable<(string Member, string Name)> Names()
    {
        if (Configuration is not null)
        {
            yield return ("configuration", Configuration);
        }

        if (Runtime is not null)
        {
            yield return ("runtime", Runtime);
        }
    }
}

/// <summary>Reads the section <c>updates</c>.</summary>
internal static class UpdatesReader
{
    /// <summary>Reads it.</summary>
    public static UpdatesConfiguration Read(JsonObjectReader updates) => new()
    {
        Configuration = updates.String("configuration", PackageNames.Model),
        Runtime = updates.String("runtime", PackageNames.Model),
    };

    /// <summary>Notes names that a model or another line has: each has slots of its own.</summary>
    public static void Check(JsonObjectReader root, DeviceConfiguration configuration)
    {
        HashSet<string> taken = [.. configuration.Models.Select(model => model.Name)];
        foreach ((string member, string name) in configuration.Updates.Names().Where(entry => !taken.Add(entry.Name)))
        {
            root.Mistake("updates", $"{member}: '{name}' is already the name of a model or of other packages here");
        }
    }
}
