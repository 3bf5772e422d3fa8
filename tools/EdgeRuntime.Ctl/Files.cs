namespace EdgeRuntime.Ctl;

/// <summary>Reads and writes whole files, and says in a sentence why not.</summary>
internal static class Files
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It is not there, may not be read or is longer than allowed.</exception>
    public static byte[] Read(string path, long largest)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > largest)
            {
                throw new CommandException(
                    ExitCode.Data, $"{path}: has {file.Length} bytes, more than the {largest} that are read");
            }

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            string why = Directory.Exists(path) ? "is a directory, not a file" : "may not be read by this user";
            throw new CommandException(ExitCode.NoInput, $"{path}: {why}");
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: {e.Message}");
        }
    }

    /// <summary>Writes a file whole or not at all: a reader never sees a part, and a full disk leaves the old one.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static void Write(string path, byte[] bytes)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException(ExitCode.CannotCreate, $"{path}: is a directory; name a file");
        }

        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{path}: cannot be written: {e.Message}");
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
