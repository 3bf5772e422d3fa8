using System.Text;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Engine.Tests.Inference.TensorFiles;

/// <summary>Messages written by hand after onnx.proto3: graph is field 7 of the model, initializer 5 and node 1 of the graph.</summary>
public sealed class ExternalDataTests
{
    private static readonly byte[] File = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void Values_are_put_where_the_reference_to_them_stood()
    {
        byte[] before = [.. Field(2, "producer")];
        byte[] name = Field(8, "w");

        byte[] whole = Inline(Model([.. name, .. Elsewhere("w.bin", ("offset", "2"), ("length", "3"))], before)).ToArray();

        Assert.Equal(Model([.. name, .. Field(9, (byte[])[3, 4, 5])], before), whole);
    }

    [Fact]
    public void Without_a_length_everything_behind_the_offset_is_meant()
    {
        Assert.Equal(Model(Field(9, (byte[])[7, 8])), Inline(Model(Elsewhere("w.bin", ("offset", "6")))).ToArray());
        Assert.Equal(Model(Field(9, File)), Inline(Model(Elsewhere("./w.bin"))).ToArray());
    }

    // node 1, attribute 5, t 5 and g 6; functions are field 25 of the model and their nodes field 7.
    [Fact]
    public void Attributes_subgraphs_and_functions_are_looked_into()
    {
        byte[] inner = Field(5, Elsewhere("w.bin"));
        byte[] model =
        [
            .. Field(7, Field(1, Field(5, [.. Field(5, Elsewhere("w.bin")), .. Field(6, inner)]))),
            .. Field(25, Field(7, Field(5, Field(6, inner)))),
        ];
        byte[] innerWhole = Field(5, Field(9, File));

        Assert.Equal(
            [
                .. Field(7, Field(1, Field(5, [.. Field(5, Field(9, File)), .. Field(6, innerWhole)]))),
                .. Field(25, Field(7, Field(5, Field(6, innerWhole)))),
            ],
            Inline(model).ToArray());
    }

    [Fact]
    public void A_model_that_keeps_nothing_elsewhere_is_not_copied()
    {
        ReadOnlyMemory<byte> model = Model(Field(9, File));
        ReadOnlyMemory<byte> text = Encoding.UTF8.GetBytes("not a model");

        Assert.True(Inline(model).Equals(model));
        Assert.True(Inline(text).Equals(text));
    }

    [Theory]
    [InlineData("../w.bin", "which is not a place beside the model")]
    [InlineData("a/../../w.bin", "which is not a place beside the model")]
    [InlineData("/etc/passwd", "which is not a place beside the model")]
    [InlineData("a\\w.bin", "which is not a place beside the model")]
    [InlineData("", "which is not a place beside the model")]
    [InlineData("other.bin", "which is not beside the model; bring both files")]
    public void A_place_that_leads_away_or_is_missing_is_refused(string place, string reason)
    {
        Assert.EndsWith(reason, Refused(Elsewhere(place)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("offset", "9", "bytes 9 to 8 of 'w.bin', which has 8; the file is cut short, or belongs to another model")]
    [InlineData("length", "9", "bytes 0 to 9 of 'w.bin', which has 8; the file is cut short, or belongs to another model")]
    [InlineData("offset", "-1", "the offset of its tensor '' in another file is '-1', not a number of bytes below 2 GiB")]
    [InlineData("length", "9999999999", "is '9999999999', not a number of bytes below 2 GiB")]
    public void Bytes_that_are_not_there_are_refused(string key, string value, string reason)
    {
        Assert.EndsWith(reason, Refused(Elsewhere("w.bin", (key, value))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_refers_to_the_same_bytes_again_and_again_is_bounded()
    {
        byte[] model = Field(7, [.. Enumerable.Range(0, 100).SelectMany(_ => Field(5, Elsewhere("w.bin")))]);

        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => ExternalData.Inline(model, _ => File, largest: 1000));

        Assert.Equal("with the values in the files beside it, it has 1203 bytes; 1000 is the most that can be loaded", refused.Message);
    }

    [Fact]
    public void Graphs_without_end_are_refused()
    {
        byte[] graph = Field(5, Elsewhere("w.bin"));
        for (int i = 0; i < 60; i++)
        {
            graph = Field(1, Field(5, Field(6, graph)));
        }

        Assert.Throws<ModelLoadException>(() => Inline(Field(7, graph)));
    }

    private static ReadOnlyMemory<byte> Inline(ReadOnlyMemory<byte> model) =>
        ExternalData.Inline(model, place => place == "w.bin" ? (ReadOnlyMemory<byte>?)File : null);

    private static string Refused(byte[] tensor) => Assert.Throws<ModelLoadException>(() => Inline(Model(tensor))).Message;

    private static byte[] Model(byte[] tensor, byte[]? before = null) => [.. before ?? [], .. Field(7, Field(5, tensor))];

    private static byte[] Elsewhere(string place, params (string Key, string Value)[] more) =>
    [
        .. Entry("location", place),
        .. more.SelectMany(entry => Entry(entry.Key, entry.Value)),
        0x70, 1,
    ];

    private static byte[] Entry(string key, string value) => Field(13, [.. Field(1, key), .. Field(2, value)]);

    private static byte[] Field(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content)
    {
        List<byte> bytes = [];
        Varint(bytes, (field << 3) | 2);
        Varint(bytes, content.Length);
        return [.. bytes, .. content];
    }

    private static void Varint(List<byte> to, int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.Add((byte)(value | 0x80));
        }

        to.Add((byte)value);
    }
}
