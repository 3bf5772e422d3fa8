namespace EdgeRuntime.Ctl.Fleet;

/// <summary>Where the fleet manager is.</summary>
internal static class FleetAddress
{
    /// <summary>Asked when nothing else is said.</summary>
    public const string Default = "http://127.0.0.1:8080";

    /// <summary>Variable of the environment that is asked after the option.</summary>
    public const string Variable = "EDGE_FLEET";

    /// <summary>The address that a command line means; a wrong one is a mistake of the words.</summary>
    public static Uri Of(Words words, Surroundings around)
    {
        bool option = words.Text("--fleet") is not null;
        string text = words.Text("--fleet") ?? around.Variable(Variable) ?? "";
        text = text.Length == 0 ? Default : text;
        if (Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            return uri;
        }

        words.Mistakes.Add($"{(option ? "--fleet" : $"${Variable}")} {text}: is not an address such as {Default}");
        return new Uri(Default);
    }
}
