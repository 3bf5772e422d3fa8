using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>Pictures in one folder, in the order in which a device replays them.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Truths">The class of each; empty where nothing tells.</param>
/// <param name="Written">Pictures to be written into that folder, by name; empty for a folder that is used as it is.</param>
internal sealed record PictureSource(string Folder, IReadOnlyList<string> Truths, IReadOnlyList<(string Name, byte[] Content)> Written)
{
    private const int MostPictures = 2000;
    private const int MadeUp = 16;
    private const long LargestArray = 512L * 1024 * 1024;

    private static readonly string[] Endings = [".png", ".jpg", ".jpeg"];

    /// <summary>Finds or makes the pictures.</summary>
    /// <param name="own">A folder of this project's, for pictures that are made or copied.</param>
    public static PictureSource? Of(PicturePlan plan, string? data, DataTable? table, string own, Guesses guesses, List<string> mistakes)
    {
        if (data is null)
        {
            guesses.AddElsewhere(
                $"{MadeUp} pictures of noise stand for the data", "--data names no pictures", "the command line: --data FOLDER of PNG or JPEG files");
            return new PictureSource(own, [], [.. Enumerable.Range(0, MadeUp).Select(i => (NameOf(i), Noise(plan, i)))]);
        }

        if (Directory.Exists(data))
        {
            return OfFolder(data, own, mistakes);
        }

        return table is not null ? OfTable(plan, table, own, guesses, mistakes) : OfArray(plan, data, own, mistakes);
    }

    /// <summary>Whether a table has a column for each element of the picture, and at most one more.</summary>
    public static bool Fits(PicturePlan plan, DataTable table)
    {
        int spare = table.Columns.Count - (plan.Width * plan.Height * plan.Colours);
        return spare is 0 or 1;
    }

    private static PictureSource? OfFolder(string data, string own, List<string> mistakes)
    {
        string[] classes = [.. Directory.GetDirectories(data).Order(StringComparer.Ordinal).Where(folder => Pictures(folder).Any())];
        if (Pictures(data).Any())
        {
            return new PictureSource(Path.GetFullPath(data), [], []);
        }

        if (classes.Length == 0)
        {
            mistakes.Add($"{data}: holds no PNG or JPEG files, and no folders of them");
            return null;
        }

        // One folder for each class, as torchvision and Keras have it: a device replays one folder.
        List<string> truths = [];
        List<(string, byte[])> copies = [];
        int each = Math.Max(1, MostPictures / classes.Length);
        foreach (string folder in classes)
        {
            foreach (string picture in Pictures(folder).Take(each))
            {
                truths.Add(Path.GetFileName(folder));
                copies.Add((NameOf(copies.Count, Path.GetExtension(picture).ToLowerInvariant()), Files.Read(picture, LargestArray)));
            }
        }

        return new PictureSource(own, truths, copies);
    }

    private static PictureSource? OfTable(PicturePlan plan, DataTable table, string own, Guesses guesses, List<string> mistakes)
    {
        int elements = plan.Width * plan.Height * plan.Colours;
        DataColumn? truth = table.Columns.Count == elements ? null
            : table.Columns[^1].IsClass() && !table.Columns[0].IsClass() ? table.Columns[^1] : table.Columns[0];
        DataColumn[] pixels = [.. table.Columns.Where(column => column != truth)];
        if (pixels.Any(column => column.Kind != ColumnKind.Numbers))
        {
            mistakes.Add($"{table.Path}: has a column for each element of a picture, and some hold no numbers");
            return null;
        }

        double largest = pixels.Max(column => column.Values.Where(double.IsFinite).DefaultIfEmpty().Max());
        double scale = largest <= 1 ? 255 : 1;
        guesses.AddElsewhere(
            $"each row of {table.Path} is a picture{(truth is null ? "" : $", with its class in '{truth.Header}'")}",
            $"the model takes pictures of {plan.Width}x{plan.Height} and a row has as many values", "the command line: --data FOLDER");
        IReadOnlyList<string> classes = truth?.Classes() ?? [];
        int rows = Math.Min(table.Rows, MostPictures);
        return new PictureSource(
            own,
            truth is null ? [] : [.. Enumerable.Range(0, rows).Select(row => truth.ClassOf(row, classes))],
            [.. Enumerable.Range(0, rows).Select(row => (NameOf(row), Packed(plan, i => pixels[i].Values[row] * scale, plan.Layout == "nhwc")))]);
    }

    private static PictureSource? OfArray(PicturePlan plan, string data, string own, List<string> mistakes)
    {
        Tensor tensor;
        try
        {
            tensor = TensorFile.Read(data, new RawFormat(), new TensorInfo("", TensorElement.Undefined, []));
        }
        catch (TensorFileException e)
        {
            mistakes.Add(e.Message);
            return null;
        }

        long elements = (long)plan.Width * plan.Height * plan.Colours;
        if (tensor.Count == 0 || tensor.Count % elements != 0 || tensor.Element is not (TensorElement.UInt8 or TensorElement.Float32))
        {
            mistakes.Add($"{data}: is {tensor.Element.Name()} {TensorElements.Spell(tensor.Shape)}; pictures of {plan.Width}x{plan.Height} "
                + $"with {plan.Colours} colours are wanted, as uint8 or as float32 from 0 to 1");
            return null;
        }

        double[] values = ArrayValues.Of(tensor);
        double scale = tensor.Element == TensorElement.UInt8 || values.Max() > 1 ? 1 : 255;
        bool together = tensor.Shape.Count > 0 && tensor.Shape[^1] == plan.Colours;
        int count = (int)Math.Min(tensor.Count / elements, MostPictures);
        return new PictureSource(
            own, [], [.. Enumerable.Range(0, count).Select(at => (NameOf(at), Packed(plan, i => values[(at * elements) + i] * scale, together)))]);
    }

    private static byte[] Packed(PicturePlan plan, Func<int, double> value, bool together)
    {
        byte[] pixels = new byte[plan.Width * plan.Height * plan.Colours];
        int plane = plan.Width * plan.Height;
        for (int i = 0; i < pixels.Length; i++)
        {
            int from = together ? i : (i % plan.Colours * plane) + (i / plan.Colours);
            double colour = value(from);
            pixels[i] = double.IsNaN(colour) ? (byte)0 : (byte)Math.Clamp(Math.Round(colour), 0, 255);
        }

        return PngWriter.Write(plan.Width, plan.Height, plan.Colours, pixels);
    }

    // Coarse, so that it is more like a picture than like the hiss of a broken camera; the same every time.
    private static byte[] Noise(PicturePlan plan, int seed)
    {
        Random random = new(seed);
        const int Coarse = 6;
        double[] grid = [.. Enumerable.Range(0, (Coarse + 1) * (Coarse + 1) * 3).Select(_ => random.NextDouble() * 255)];
        byte[] pixels = new byte[plan.Width * plan.Height * plan.Colours];
        for (int i = 0; i < pixels.Length; i++)
        {
            int colour = i % plan.Colours;
            double x = i / plan.Colours % plan.Width * (double)Coarse / plan.Width;
            double y = i / plan.Colours / plan.Width * (double)Coarse / plan.Height;
            int left = (int)x;
            int top = (int)y;
            double At(int column, int row) => grid[((((row * (Coarse + 1)) + column) * 3) + colour)];
            double upper = At(left, top) + ((At(left + 1, top) - At(left, top)) * (x - left));
            double lower = At(left, top + 1) + ((At(left + 1, top + 1) - At(left, top + 1)) * (x - left));
            pixels[i] = (byte)(upper + ((lower - upper) * (y - top)));
        }

        return PngWriter.Write(plan.Width, plan.Height, plan.Colours, pixels);
    }

    private static IEnumerable<string> Pictures(string folder) => Directory.EnumerateFiles(folder)
        .Where(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal);

    private static string NameOf(int number, string ending = ".png") =>
        number.ToString("000000", System.Globalization.CultureInfo.InvariantCulture) + ending;
}
