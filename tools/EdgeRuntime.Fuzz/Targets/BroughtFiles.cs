using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Ctl.OnnxFiles;
using EdgeRuntime.Ctl.OnnxFiles.Int8;
using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Engine.Inference.TensorFiles;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What somebody brings to 'edgectl new': a table of whatever form, and a model that is taken apart.</summary>
internal static class BroughtFiles
{
    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "table",
            About = "a table that somebody brings, with the roles of its columns",
            Run = Table,
            Seeds = () => [.. Texts(), .. SeedFiles.OfMaterial("*.csv").Select(Head)],
            Mutations = [LineMutation.Change, LineMutation.Change, ByteMutation.Havoc],
            BytesPerByte = 1000,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "graph",
            About = "an ONNX model that is taken apart, changed and written again",
            Run = Graph,
            Refuses = e => e is TensorFileException,
            Seeds = () => [.. SeedFiles.Of("src", "*.onnx"), .. SeedFiles.Of("tests", "*.onnx"), .. SeedFiles.OfMaterial("*.onnx")],
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
            Weight = 0.5,
            BytesPerByte = 1000,
            FixedBytes = 4 * 1024 * 1024,
            LargestInput = 32 * 1024,
        },
    ];

    private static bool Table(byte[] bytes)
    {
        Mistakes mistakes = new();
        DataTable? table = DataTable.Read("data.csv", bytes, mistakes);
        if (!Promise.Kept(table, mistakes))
        {
            return false;
        }

        foreach (DataColumn column in table!.Columns)
        {
            Promise.Require(column.Texts.Count == table.Rows, "a column has another number of rows than the table");
            Promise.Require(column.Kind is ColumnKind.Texts or ColumnKind.Empty || column.Values.Length == table.Rows, "a column of numbers lacks some");
            Promise.Require(Contracts.Packages.PackageNames.Signal(column.Name) is null, $"'{column.Name}' is no name of a channel");
            _ = Truth.Of(column);
        }

        List<string> found = [];
        NewOptions options = new() { Model = "m.onnx", Name = "m", Output = "m" };
        _ = ColumnRoles.Find(table, Math.Max(1, table.Columns.Count - 1), true, [], options, new Guesses(), found);
        return true;
    }

    // What is not changed stays as it was: taken apart again, the graph is the same.
    private static bool Graph(byte[] bytes)
    {
        if (OnnxFile.TryParse(bytes) is not { } model)
        {
            return false;
        }

        OnnxFile again = OnnxFile.TryParse(model.ToArray()) ?? throw new BrokenPromiseException("what was written cannot be read");
        Promise.Require(again.Nodes.Select(node => node.Op).SequenceEqual(model.Nodes.Select(node => node.Op)), "other operators");
        Promise.Require(again.Constants.Keys.SequenceEqual(model.Constants.Keys), "other constants");
        Promise.Require(again.OutputNames.SequenceEqual(model.OutputNames), "other outputs");
        _ = Classifiers.Labels(model);
        Classifiers.RemoveMaps(model);
        GraphPreparation.LiftConstants(model);
        GraphPreparation.FoldNormalization(model);
        _ = GraphPreparation.Raise(model, []);
        _ = WeightedLayer.Of(model);
        model.Tidy();
        return model.ToArray().Length > 0;
    }

    private static byte[] Head(byte[] bytes) => bytes[..Math.Min(bytes.Length, 2048)];

    private static IEnumerable<byte[]> Texts() => ((string[])
    [
        "time,left (°C),right,state\n2026-03-01 00:00:00,1,2,yes\n2026-03-01 00:01:00,2,,no\n",
        "\"date\",\"T\",\"L\"\n\"1\",\"2015-02-02 14:19:00\",23.7,1\n\"2\",\"2015-02-02 14:19:59\",23.718,0\n",
        "1;2,5;a\n3;NA;b\n", "a\tb\n1\t2\n",
    ]).Select(Encoding.UTF8.GetBytes);
}
