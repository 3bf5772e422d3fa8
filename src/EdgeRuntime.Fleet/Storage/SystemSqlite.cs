using System.Runtime.InteropServices;

namespace EdgeRuntime.Fleet.Storage;

/// <summary>Puts the system's SQLite in place of the one that comes with the package: the system's gets security patches.</summary>
public static class SystemSqlite
{
    private const string PackagedName = "e_sqlite3";
    private const string SystemName = "libsqlite3.so.0";

    private static readonly Lazy<string> Version = new(Load);

    /// <summary>Makes SQLite usable in this process. Does nothing when called again. Thread-safe.</summary>
    /// <returns>The library's version, such as <c>3.40.1</c>.</returns>
    /// <exception cref="StorageException">The library is not installed.</exception>
    public static string Use() => Version.Value;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(
            typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly,
            (name, assembly, path) => name == PackagedName && NativeLibrary.TryLoad(SystemName, out nint library) ? library : 0);
        try
        {
            SQLitePCL.Batteries_V2.Init();
            return SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new StorageException($"SQLite ({SystemName}) is not installed; on Debian: apt-get install libsqlite3-0");
        }
    }
}

/// <summary>The manager's database cannot be used; the message says why and what to do.</summary>
public sealed class StorageException(string sentence, Exception? cause = null) : Exception(sentence, cause);
