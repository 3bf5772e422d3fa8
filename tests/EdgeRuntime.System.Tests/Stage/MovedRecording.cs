using System.Globalization;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>A recording in which one channel has far more than on any machine that the model was made on.</summary>
internal static class MovedRecording
{
    /// <param name="path">A recording.</param>
    /// <param name="column">As it stands in its first line.</param>
    public static string Of(string path, string column)
    {
        string[] lines = File.ReadAllLines(path);
        int moved = Array.IndexOf(lines[0].Split(','), column);
        Random random = new(1);
        return string.Join('\n', lines.Select((line, number) =>
        {
            string[] cells = line.Split(',');
            if (number > 0)
            {
                cells[moved] = (1e6 * (1 + random.NextDouble())).ToString(CultureInfo.InvariantCulture);
            }

            return string.Join(',', cells);
        }));
    }
}
