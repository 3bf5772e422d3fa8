using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Ctl.Packages;

/// <summary>Reads keys from files and says in a sentence what is wrong with one.</summary>
internal static class Keys
{
    private const int LargestFile = 64 * 1024;

    /// <exception cref="CommandException">The file is not there, or is no private key.</exception>
    public static SigningKey Private(string path) => Read(path, pem => SigningKey.FromPem(pem, DevelopmentKeys.Allowed));

    /// <exception cref="CommandException">A file is not there, or holds no public key.</exception>
    public static IReadOnlyList<VerifyingKey> Public(IEnumerable<string> paths) =>
        [.. paths.SelectMany(path => Read(path, pem => VerifyingKey.FromPem(pem, DevelopmentKeys.Allowed))).DistinctBy(key => key.KeyId)];

    /// <exception cref="CommandException">The file is not there, or is no private key of a kind that TUF knows.</exception>
    public static TufSigningKey TufPrivate(string path) => Read(path, TufSigningKey.FromPem);

    /// <exception cref="CommandException">The file is not there, or is no private key that may sign orders.</exception>
    public static TufSigningKey Deploy(string path) => Read(path, pem => TufSigningKey.FromPem(pem, DevelopmentKeys.Allowed));

    /// <exception cref="CommandException">A file is not there, or holds no public key of a kind that TUF knows.</exception>
    public static IReadOnlyList<TufKey> TufPublic(IEnumerable<string> paths) =>
        [.. paths.Select(path => Read(path, TufKey.FromPem)).DistinctBy(key => key.Id)];

    private static T Read<T>(string path, Func<string, T> parse)
    {
        string pem = System.Text.Encoding.Latin1.GetString(Files.Read(path, LargestFile));
        try
        {
            return parse(pem);
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.Config, $"{path}: {e.Message}");
        }
        catch (PlatformNotSupportedException e)
        {
            throw new CommandException(ExitCode.Unavailable, $"{path}: {e.Message}");
        }
    }
}
