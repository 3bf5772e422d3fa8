using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeRuntime.Fleet.Storage;

/// <summary>The manager's SQLite file: one writer, any number of readers beside it (write-ahead log).</summary>
/// <remarks>
/// Every commit is on the disk when it returns (<c>synchronous = FULL</c>): what a device was told is stored may be
/// forgotten by the device, and a generation must never be given twice.
/// </remarks>
public sealed class Database : IDisposable
{
    private const int BusyMilliseconds = 5000;

    private readonly string _path;
    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private readonly SqliteConnection _writer;
    private SqliteTransaction? _transaction;

    private Database(string path, SqliteConnection writer)
    {
        _path = path;
        _writer = writer;
    }

    /// <summary>Opens or creates the file, and brings its tables up to date.</summary>
    /// <exception cref="StorageException">It cannot be opened, is no database of ours, or comes from a newer version.</exception>
    public static Database Open(string path)
    {
        SystemSqlite.Use();
        try
        {
            return Prepare(path);
        }
        catch (SqliteException e)
        {
            throw new StorageException($"{path}: the database cannot be used: {e.Message}", e);
        }
    }

    private static Database Prepare(string path)
    {
        SqliteConnection writer = Connect(path, SqliteOpenMode.ReadWriteCreate);
        Database database = new(path, writer);
        try
        {
            database.Raw("PRAGMA journal_mode = WAL");
            database.Raw("PRAGMA synchronous = FULL");
            database.Upgrade();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Begins to collect changes; a change outside of this and <see cref="Commit"/> is a mistake of the caller.</summary>
    public void Begin() => _transaction = _writer.BeginTransaction(deferred: true);

    /// <summary>Makes the changes durable.</summary>
    /// <exception cref="SqliteException">The disk is full or failed; nothing of it is stored, and <see cref="Rollback"/> is due.</exception>
    public void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    /// <summary>Rows changed since the database was opened, those of failed commits included.</summary>
    public long Changes => SQLitePCL.raw.sqlite3_total_changes(_writer.Handle);

    /// <summary>Forgets the changes since <see cref="Begin"/>.</summary>
    public void Rollback()
    {
        _transaction?.Dispose();
        _transaction = null;
    }

    /// <summary>Changes rows. Parameters are named <c>$1</c>, <c>$2</c> … in order.</summary>
    /// <returns>Rows changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bound(sql, values).ExecuteNonQuery();

    /// <summary>Adds a row and tells its number.</summary>
    public long Insert(string sql, params ReadOnlySpan<object?> values)
    {
        Bound(sql, values).ExecuteNonQuery();
        return (long)Bound("SELECT last_insert_rowid()", []).ExecuteScalar()!;
    }

    /// <summary>Reads rows through the writer, and so sees what is not committed yet.</summary>
    public List<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values) =>
        All(Bound(sql, values), row);

    /// <summary>Reads committed rows beside the writer. Thread-safe.</summary>
    public List<T> ReadBeside<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using SqliteConnection reader = Connect(_path, SqliteOpenMode.ReadOnly);
        using SqliteCommand command = reader.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        Bind(command, values);
        return All(command, row);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rollback();
        foreach (SqliteCommand command in _prepared.Values)
        {
            command.Dispose();
        }

        _writer.Dispose();
        // The pool would keep the file open, and with it a log that nobody writes back.
        SqliteConnection.ClearPool(_writer);
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        SqliteConnectionStringBuilder text = new() { DataSource = path, Mode = mode, Pooling = mode == SqliteOpenMode.ReadOnly };
        SqliteConnection connection = new(text.ToString());
        connection.Open();
        using SqliteCommand busy = connection.CreateCommand();
        busy.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyMilliseconds}");
        busy.ExecuteNonQuery();
        return connection;
    }

    private void Upgrade()
    {
        long version = Read("PRAGMA user_version", row => row.GetInt64(0))[0];
        if (version > Schema.Newest)
        {
            throw new StorageException(
                $"{_path}: the database has version {version}, and this program knows {Schema.Newest}; use the program that wrote it or a newer one");
        }

        for (int next = (int)version; next < Schema.Newest; next++)
        {
            Begin();
            Raw(Schema.Steps[next]);
            Raw(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {next + 1}"));
            Commit();
        }
    }

    private void Raw(string sql)
    {
        using SqliteCommand command = _writer.CreateCommand();
#pragma warning disable CA2100 // Constants of this file and of Schema.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = _transaction;
        command.ExecuteNonQuery();
    }

    // Statements are few and constant: compiled once, each keeps its parameters.
    private SqliteCommand Bound(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out SqliteCommand? command))
        {
            command = _writer.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant; values travel as parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            _prepared[sql] = command;
        }

        command.Transaction = _transaction;
        Bind(command, values);
        return command;
    }

    private static void Bind(SqliteCommand command, ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            object value = values[i] ?? DBNull.Value;
            if (i < command.Parameters.Count)
            {
                command.Parameters[i].Value = value;
            }
            else
            {
                command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), value);
            }
        }
    }

    private static List<T> All<T>(SqliteCommand command, Func<SqliteDataReader, T> row)
    {
        List<T> rows = [];
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }
}
