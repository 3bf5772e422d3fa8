using System.Text;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Tensors from files, as 'infer' and replay take them.</summary>
internal static class TensorFiles
{
    private const string Fixtures = "tests/EdgeRuntime.Engine.Tests/Fixtures";

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "npy",
            About = "NumPy's .npy, versions 1 to 3",
            Run = bytes => Whole(NpyFile.Parse(bytes)),
            Refuses = e => e is TensorFileException,
            Seeds = () => [.. SeedFiles.Of(Fixtures, "*.npy"), .. SeedFiles.OfMaterial("*.npy")],
            Mutations = [ByteMutation.Havoc, LineMutation.Change],
            LargestInput = 16 * 1024,
        },
        new Target
        {
            Name = "pb",
            About = "ONNX's TensorProto",
            Run = bytes => Whole(TensorProtoFile.Parse(bytes)),
            Refuses = e => e is TensorFileException,
            Seeds = () => [.. SeedFiles.Of(Fixtures, "*.pb"), .. SeedFiles.OfMaterial("*.pb")],
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
            LargestInput = 16 * 1024,
        },
        new Target
        {
            Name = "csv",
            About = "a table of numbers for 'infer'",
            Run = bytes => Whole(CsvFile.Parse(bytes)),
            Refuses = e => e is TensorFileException,
            Seeds = () => [Encoding.UTF8.GetBytes("a,b,c\n1,2,3\n4,5,6\n"), Encoding.UTF8.GetBytes("1,-inf\nnan,2e-3\n"), .. SeedFiles.OfMaterial("*.csv").Select(bytes => bytes[..Math.Min(bytes.Length, 2048)])],
            Mutations = [LineMutation.Change, LineMutation.Change, ByteMutation.Havoc],
            LargestInput = 16 * 1024,
        },
        new Target
        {
            Name = "csv-text",
            About = "a table of words for 'infer'",
            Run = bytes => Whole(CsvText.Parse(bytes)),
            Refuses = e => e is TensorFileException,
            Seeds = () => [Encoding.UTF8.GetBytes("a,\"b, c\"\r\n\"d\"\"e\",\n")],
            Mutations = [LineMutation.Change, ByteMutation.Havoc],
            LargestInput = 16 * 1024,
        },
        new Target
        {
            Name = "external",
            About = "an ONNX model that keeps tensors in other files",
            Run = Inlined,
            Refuses = e => e is ModelLoadException,
            Seeds = () => [ReferringModel(), .. SeedFiles.Of("tests", "*.onnx")],
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
            LargestInput = 16 * 1024,
        },
    ];

    private static bool Inlined(byte[] bytes)
    {
        const int Largest = 64 * 1024;
        ReadOnlyMemory<byte> whole = ExternalData.Inline(bytes, place => place == "w" ? (ReadOnlyMemory<byte>?)new byte[16] : null, Largest);
        Promise.Require(
            whole.Length == bytes.Length || whole.Length <= Largest, $"{whole.Length} bytes of at most {Largest} were made");
        return true;
    }

    // Graph 7, initializer 5, name 8, external_data 13 with key 1 and value 2, data_location 14 (onnx.proto3).
    private static byte[] ReferringModel()
    {
        byte[] tensor =
        [
            0x42, 1, (byte)'t',
            0x6A, 13, 0x0A, 8, .. "location"u8, 0x12, 1, (byte)'w',
            0x6A, 11, 0x0A, 6, .. "offset"u8, 0x12, 1, (byte)'4',
            0x6A, 11, 0x0A, 6, .. "length"u8, 0x12, 1, (byte)'8',
            0x70, 1,
        ];
        return [0x3A, (byte)(tensor.Length + 2), 0x2A, (byte)tensor.Length, .. tensor];
    }

    // What is behind the parser trusts the shape and reads that many elements.
    private static bool Whole(Tensor tensor)
    {
        long count = Tensor.CountOf(tensor.Shape);
        if (tensor.Element == TensorElement.Text)
        {
            Promise.Require(tensor.Strings.Count == count, $"{count} strings are promised, {tensor.Strings.Count} are there");
        }
        else
        {
            long bytes = tensor.Element.Bytes(count);
            Promise.Require(tensor.Bytes.Length == bytes, $"{bytes} bytes are promised, {tensor.Bytes.Length} are there");
        }

        return true;
    }
}
