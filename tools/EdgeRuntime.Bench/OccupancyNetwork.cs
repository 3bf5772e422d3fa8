using System.Globalization;
using System.Text;

namespace EdgeRuntime.Bench;

/// <summary>
/// A small network for UCI's Occupancy Detection, trained here on its training period and written as ONNX, as somebody would
/// bring it: 5 columns, standardized inside the graph, 8 hidden units, the probabilities of two classes.
/// </summary>
internal static class OccupancyNetwork
{
    private const int Columns = 5;
    private const int Hidden = 8;
    private const int Rounds = 300;
    private const double Rate = 0.5;

    /// <summary>Trains and writes.</summary>
    /// <param name="training">The data set's <c>datatraining.txt</c>.</param>
    public static byte[] Train(string training)
    {
        (double[][] rows, int[] classes) = Read(training);
        double[] mean = [.. Enumerable.Range(0, Columns).Select(i => rows.Average(row => row[i]))];
        double[] deviation = [.. Enumerable.Range(0, Columns).Select(i => Math.Sqrt(rows.Average(row => (row[i] - mean[i]) * (row[i] - mean[i]))))];
        double[][] scaled = [.. rows.Select(row => row.Select((value, i) => (value - mean[i]) / deviation[i]).ToArray())];
        Random random = new(1);
        double[] first = [.. Enumerable.Range(0, Columns * Hidden).Select(_ => random.NextDouble() - 0.5)];
        double[] bias = new double[Hidden];
        double[] second = [.. Enumerable.Range(0, Hidden).Select(_ => random.NextDouble() - 0.5)];
        double offset = 0;
        double[] hidden = new double[Hidden];
        for (int round = 0; round < Rounds; round++)
        {
            double[] firstStep = new double[first.Length];
            double[] biasStep = new double[Hidden];
            double[] secondStep = new double[Hidden];
            double offsetStep = 0;
            for (int row = 0; row < scaled.Length; row++)
            {
                double z = offset;
                for (int unit = 0; unit < Hidden; unit++)
                {
                    double sum = bias[unit];
                    for (int i = 0; i < Columns; i++)
                    {
                        sum += scaled[row][i] * first[(i * Hidden) + unit];
                    }

                    hidden[unit] = Math.Max(0, sum);
                    z += hidden[unit] * second[unit];
                }

                double wrong = ((1 / (1 + Math.Exp(-z))) - classes[row]) / scaled.Length;
                offsetStep += wrong;
                for (int unit = 0; unit < Hidden; unit++)
                {
                    secondStep[unit] += wrong * hidden[unit];
                    double back = hidden[unit] > 0 ? wrong * second[unit] : 0;
                    biasStep[unit] += back;
                    for (int i = 0; i < Columns; i++)
                    {
                        firstStep[(i * Hidden) + unit] += back * scaled[row][i];
                    }
                }
            }

            offset -= Rate * offsetStep;
            Descend(first, firstStep);
            Descend(bias, biasStep);
            Descend(second, secondStep);
        }

        // Two classes: what speaks for the second speaks against the first.
        double[] both = [.. second.SelectMany(weight => new[] { -weight / 2, weight / 2 })];
        return Write(mean, deviation, first, bias, both, [-offset / 2, offset / 2]);
    }

    private static void Descend(double[] weights, double[] step)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] -= Rate * step[i];
        }
    }

    private static (double[][] Rows, int[] Classes) Read(string path)
    {
        // Row number, date, five columns, class; the header has one name less.
        string[][] fields = [.. File.ReadLines(path).Skip(1).Select(line => line.Split(','))];
        return (
            [.. fields.Select(row => row[2..7].Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())],
            [.. fields.Select(row => int.Parse(row[7], CultureInfo.InvariantCulture))]);
    }

    private static byte[] Write(double[] mean, double[] deviation, double[] first, double[] bias, double[] second, double[] offset)
    {
        byte[] graph =
        [
            .. Node("Sub", ["x", "mean"], "centred"), .. Node("Div", ["centred", "deviation"], "scaled"),
            .. Node("MatMul", ["scaled", "w1"], "m1"), .. Node("Add", ["m1", "b1"], "s1"), .. Node("Relu", ["s1"], "h"),
            .. Node("MatMul", ["h", "w2"], "m2"), .. Node("Add", ["m2", "b2"], "z"), .. Node("Softmax", ["z"], "occupied"),
            .. Field(2, "occupancy"u8),
            .. Constant("mean", [Columns], mean), .. Constant("deviation", [Columns], deviation),
            .. Constant("w1", [Columns, Hidden], first), .. Constant("b1", [Hidden], bias),
            .. Constant("w2", [Hidden, 2], second), .. Constant("b2", [2], offset),
            .. Field(11, End("x", Columns)), .. Field(12, End("occupied", 2)),
        ];
        return [.. Number(1, 8), .. Field(8, Number(2, 13)), .. Field(7, graph)];
    }

    private static byte[] Node(string op, string[] inputs, string output) =>
        Field(1, [.. inputs.SelectMany(input => Field(1, Encoding.UTF8.GetBytes(input))), .. Field(2, Encoding.UTF8.GetBytes(output)), .. Field(4, Encoding.UTF8.GetBytes(op))]);

    private static byte[] Constant(string name, int[] shape, double[] values) => Field(
        5,
        [
            .. shape.SelectMany(size => Number(1, (ulong)size)), .. Number(2, 1), .. Field(8, Encoding.UTF8.GetBytes(name)),
            .. Field(9, [.. values.SelectMany(value => BitConverter.GetBytes((float)value))]),
        ]);

    // A name, and float32 [N, size].
    private static byte[] End(string name, int size) =>
    [
        .. Field(1, Encoding.UTF8.GetBytes(name)),
        .. Field(2, Field(1, [.. Number(1, 1), .. Field(2, [.. Field(1, Field(2, "N"u8)), .. Field(1, Number(1, (ulong)size))])])),
    ];

    private static byte[] Field(int number, ReadOnlySpan<byte> content) => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
