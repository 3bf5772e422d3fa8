using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>Events and steps of updates in the database. Writes happen within the caller's transaction.</summary>
internal static class EventStore
{
    /// <summary>Stores an event and gives it its number.</summary>
    public static EventView Add(Database database, EventView happened)
    {
        long id = database.Insert(
            "INSERT INTO events (device, kind, received, body) VALUES ($1, $2, $3, $4)",
            happened.Device?.ToString(), happened.Kind, happened.ReceivedUnixMs,
            JsonSerializer.SerializeToUtf8Bytes(happened, FleetJson.Default.EventView));
        return happened with { Id = id };
    }

    /// <summary>The newest events, the newest first.</summary>
    /// <param name="kind">Only of this kind; null for all.</param>
    public static List<EventView> Newest(Database database, string? kind, int count) => kind is null
        ? database.Read("SELECT id, body FROM events ORDER BY id DESC LIMIT $1", Event, count)
        : database.Read("SELECT id, body FROM events WHERE kind = $1 ORDER BY id DESC LIMIT $2", Event, kind, count);

    /// <summary>A device's newest events, the newest first.</summary>
    public static List<EventView> Newest(Database database, DeviceId device, int count) => database.Read(
        "SELECT id, body FROM events WHERE device = $1 ORDER BY id DESC LIMIT $2", Event, device.ToString(), count);

    /// <summary>Stores a step of an update.</summary>
    public static void Add(Database database, UpdateView update, long receivedMs) => database.Execute(
        "INSERT INTO updates (device, received, body) VALUES ($1, $2, $3)",
        update.Device.ToString(), receivedMs, JsonSerializer.SerializeToUtf8Bytes(update, FleetJson.Default.UpdateView));

    /// <summary>A device's newest steps of updates, the newest first.</summary>
    public static List<UpdateView> Updates(Database database, DeviceId device, int count) => database.Read(
        "SELECT body FROM updates WHERE device = $1 ORDER BY id DESC LIMIT $2",
        row => JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), FleetJson.Default.UpdateView)!,
        device.ToString(), count);

    private static EventView Event(SqliteDataReader row) =>
        JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), FleetJson.Default.EventView)! with { Id = row.GetInt64(0) };
}
