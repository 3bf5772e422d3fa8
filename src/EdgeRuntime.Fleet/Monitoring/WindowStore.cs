using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fleet.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>Windows in the database.</summary>
internal static class WindowStore
{
    private const string NewestSql =
        "SELECT body, received FROM windows WHERE device = $1 AND model = $2 ORDER BY id DESC LIMIT $3";

    private const string SinceSql =
        """
        SELECT body, received FROM windows WHERE device = $1 AND model = $2 AND received >= $3 ORDER BY id DESC LIMIT $4
        """;

    private const string OfModelSql = "SELECT body, received, device FROM windows WHERE model = $1 AND received >= $2 ORDER BY id DESC LIMIT $3";

    /// <summary>Stores one window, within the caller's transaction.</summary>
    public static void Add(Database database, DeviceId device, ReceivedWindow window, byte[] body) => database.Execute(
        "INSERT INTO windows (device, model, received, body) VALUES ($1, $2, $3, $4)",
        device.ToString(), window.Message.Model, window.ReceivedMs, body);

    /// <summary>The newest windows, the oldest of them first; what is not committed yet included.</summary>
    public static List<ReceivedWindow> Newest(Database database, DeviceId device, string model, int count) =>
        Reversed(database.Read(NewestSql, Row, device.ToString(), model, count));

    /// <summary>The newest committed windows, the oldest of them first. Thread-safe.</summary>
    public static List<ReceivedWindow> NewestBeside(Database database, DeviceId device, string model, int count) =>
        Reversed(database.ReadBeside(NewestSql, Row, device.ToString(), model, count));

    /// <summary>The newest windows that arrived since a moment, the oldest of them first.</summary>
    public static List<ReceivedWindow> Since(Database database, DeviceId device, string model, long sinceMs, int count) =>
        Reversed(database.Read(SinceSql, Row, device.ToString(), model, sinceMs, count));

    /// <summary>The newest committed windows that arrived since a moment, the oldest of them first. Thread-safe.</summary>
    public static List<ReceivedWindow> SinceBeside(Database database, DeviceId device, string model, long sinceMs, int count) =>
        Reversed(database.ReadBeside(SinceSql, Row, device.ToString(), model, sinceMs, count));

    /// <summary>The newest committed windows of all devices that arrived since a moment, with the device of each. Thread-safe.</summary>
    public static List<(string Device, ReceivedWindow Window)> OfModelBeside(Database database, string model, long sinceMs, int count) =>
        database.ReadBeside(OfModelSql, row => (row.GetString(2), Row(row)), model, sinceMs, count);

    private static ReceivedWindow Row(SqliteDataReader row) => new(MessageReader.Accepted(row.GetFieldValue<byte[]>(0)), row.GetInt64(1));

    private static List<ReceivedWindow> Reversed(List<ReceivedWindow> windows)
    {
        windows.Reverse();
        return windows;
    }
}
