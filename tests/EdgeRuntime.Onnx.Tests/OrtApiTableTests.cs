using System.Diagnostics;

namespace EdgeRuntime.Onnx.Tests;

public sealed class OrtApiTableTests
{
    [Fact]
    public void The_committed_declarations_are_what_the_table_generates()
    {
        using Process? generator = Start();
        if (generator is null)
        {
            // Without Python the text cannot be generated again; the slots themselves are held by the next test.
            return;
        }

        string said = generator.StandardError.ReadToEnd();
        generator.WaitForExit();

        Assert.True(generator.ExitCode == 0, said);
    }

    // Anchors from ONNX Runtime's own static_asserts (onnxruntime_c_api.cc): the last function of versions 1 and 4 are
    // slots 101 and 126, so what came with version 5 begins at 127 and ends at 149. Those of versions 8, 9, 10, 11 and 12
    // are slots 169 or later, 191, 203, 209 and 218.
    [Fact]
    public void Every_slot_lies_in_the_range_of_the_version_that_brought_it()
    {
        string table = Path.Combine(Surroundings.Root, "src", "EdgeRuntime.Onnx", "Native", "ort-api.table");

        string[][] rows = [.. File.ReadLines(table)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))];

        Assert.All(rows, row =>
        {
            int slot = int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture);
            (int first, int last) = row[2] switch
            {
                "1" => (0, 101),
                "4" => (102, 126),
                "5" => (127, 149),
                "9" => (150, 191),
                "11" => (204, 209),
                "12" => (210, 218),
                _ => throw new InvalidOperationException($"no anchor is known for version {row[2]}"),
            };
            Assert.InRange(slot, first, last);
        });
        Assert.Contains(rows, row => row[0] == "RunWithBinding" && row[1] == "133");
    }

    private static Process? Start()
    {
        ProcessStartInfo start = new("python3", [Path.Combine(Surroundings.Root, "tools", "ort-api.py"), "--check"])
        {
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
