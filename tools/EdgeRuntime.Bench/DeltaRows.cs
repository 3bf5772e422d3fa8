using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Bench;

/// <summary>Rows about deltas: what a package costs after another one, and that a damaged base makes nothing that is accepted.</summary>
internal static class DeltaRows
{
    private const int Damages = 2000;
    private const string Corrupt = "delta: damaged bases and deltas whose result has the right hash";

    public static void Add(UpdatesOptions options, Figures figures, string scratch)
    {
        if (options is not { Ctl: { } ctl, Packages: { } packages })
        {
            figures.Add(new Figure(Corrupt, null, "accepted", "no edgectl or no packages", 0));
            return;
        }

        string[] names = ["vitals-1", "vitals-2", "vitals-3", "machine-1", "machine-2", "machine-3"];
        foreach (string name in names)
        {
            Pack(ctl, Path.Combine(packages, name), Path.Combine(scratch, $"{name}.edgepkg"));
        }

        foreach ((string old, string target, string what) in (IEnumerable<(string, string, string)>)
        [
            ("vitals-1", "vitals-2", "another network over more channels"),
            ("vitals-2", "vitals-3", "the same weights, labels moved"),
            ("machine-1", "machine-2", "another network over more channels"),
            ("machine-2", "machine-3", "the same weights, labels moved"),
        ])
        {
            Compare(ctl, scratch, old, target, what, figures);
        }

        if (options.Lineage is { } lineage)
        {
            foreach (string name in (IEnumerable<string>)["vitals-first", "vitals-retrained", "vitals-tuned", "vitals-tuned-again"])
            {
                Pack(ctl, Path.Combine(lineage, name), Path.Combine(scratch, $"{name}.edgepkg"));
            }

            foreach ((string old, string target, string what) in (IEnumerable<(string, string, string)>)
            [
                ("vitals-first", "vitals-retrained", "trained anew from a third more recordings"),
                ("vitals-first", "vitals-tuned", "fine-tuned with the minutes recorded since"),
                ("vitals-tuned", "vitals-tuned-again", "fine-tuned once more"),
            ])
            {
                Compare(ctl, scratch, old, target, what, figures);
            }
        }

        if (options.Material is { } material && Path.Combine(material, "kws/kws_ref_model_int8_qdq.onnx") is string model && File.Exists(model))
        {
            byte[] weights = File.ReadAllBytes(model);
            Repack(ctl, packages, scratch, "kws", weights);
            Repack(ctl, packages, scratch, "kws-perturbed", Perturbed(weights));
            Compare(
                ctl, scratch, "kws", "kws-perturbed",
                "SYNTHETIC: every twentieth byte of the model's 8-bit weights moved by one up or down, as fine-tuning would", figures);
        }

        figures.Add(Damaged(ctl, scratch));
    }

    private static void Compare(string ctl, string scratch, string old, string target, string what, Figures figures)
    {
        (int code, string said, string complaint) = Programs.Words(
            ctl, ["delta", Path.Combine(scratch, $"{old}.edgepkg"), Path.Combine(scratch, $"{target}.edgepkg"), "--json", "--output", Path.Combine(scratch, $"{old}-{target}.delta")]);
        if (code != 0)
        {
            throw new BenchException($"edgectl delta ended with {code}: {complaint.Trim()}");
        }

        using JsonDocument ways = JsonDocument.Parse(said);
        long Bytes(string name) => ways.RootElement.GetProperty(name).GetInt64();
        long smallest = Math.Min(Bytes("full"), Math.Min(Bytes("patch"), Bytes("tensors")));
        string how = string.Create(
            CultureInfo.InvariantCulture,
            $"archive {Bytes("archive")}, compressed whole {Bytes("full")}, patch {Bytes("patch")}, tensor differences {Bytes("tensors")} bytes; {what}");
        figures.Add(new Figure($"delta {old} -> {target}: smallest / compressed whole", smallest / (double)Bytes("full"), "x", how));
    }

    // Bits flipped in the base, the delta, or both: of what comes of it, whatever has the right hash is right.
    private static Figure Damaged(string ctl, string scratch)
    {
        byte[] basis = File.ReadAllBytes(Path.Combine(scratch, "machine-2.edgepkg"));
        byte[] target = File.ReadAllBytes(Path.Combine(scratch, "machine-3.edgepkg"));
        byte[] delta = File.ReadAllBytes(Path.Combine(scratch, "machine-2-machine-3.delta"));
        byte[] right = SHA256.HashData(target);
        Random random = new(4);
        (int accepted, int refused, int harmless) = (0, 0, 0);
        for (int i = 0; i < Damages; i++)
        {
            byte[] damagedBase = Damage(basis, random, i % 3 != 1);
            byte[] damagedDelta = Damage(delta, random, i % 3 != 0);
            if (Make(damagedDelta, damagedBase, target.Length) is not { } made || !SHA256.HashData(made).AsSpan().SequenceEqual(right))
            {
                refused++;
            }
            else if (made.AsSpan().SequenceEqual(target))
            {
                harmless++;
            }
            else
            {
                accepted++;
            }
        }

        return new Figure(
            Corrupt, accepted, "accepted", $"{Damages} times bits of base, delta or both were flipped: {refused} refused, {harmless} where the damage touched nothing that was used; wrong ones accepted is the figure", 0);
    }

    private static byte[] Damage(byte[] bytes, Random random, bool really)
    {
        byte[] copy = [.. bytes];
        for (int i = really ? random.Next(1, 20) : 0; i > 0; i--)
        {
            copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        }

        return copy;
    }

    private static byte[]? Make(byte[] delta, byte[] basis, int size)
    {
        try
        {
            using DeltaReader reader = new(new MemoryStream(delta), basis.Length, size, (offset, bytes) =>
            {
                basis.AsSpan((int)offset, bytes.Length).CopyTo(bytes);
                return bytes.Length;
            });
            byte[] made = new byte[size];
            return reader.Read(made) == size && reader.Read(new byte[1]) == 0 ? made : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Repack(string ctl, string packages, string scratch, string name, byte[] model)
    {
        string source = Path.Combine(scratch, $"{name}-source");
        Programs.CopyTree(Path.Combine(packages, "machine-2"), source);
        File.WriteAllBytes(Path.Combine(source, "model.onnx"), model);
        Pack(ctl, source, Path.Combine(scratch, $"{name}.edgepkg"));
    }

    private static byte[] Perturbed(byte[] model)
    {
        byte[] copy = [.. model];
        Random random = new(5);
        foreach (Engine.Inference.TensorFiles.ByteTensor tensor in Engine.Inference.TensorFiles.ByteTensors.Find(model))
        {
            for (int i = tensor.Offset; i < tensor.Offset + tensor.Length; i++)
            {
                if (random.Next(20) == 0)
                {
                    copy[i] = unchecked((byte)(copy[i] + (random.Next(2) == 0 ? 1 : -1)));
                }
            }
        }

        return copy;
    }

    // Unsigned and not run: only the bytes are compared.
    private static void Pack(string ctl, string source, string archive)
    {
        (int code, string _, string complaint) = Programs.Words(ctl, ["pack", source, "--no-run", "--output", archive]);
        if (code != 0)
        {
            throw new BenchException($"edgectl pack ended with {code}: {complaint.Trim()}");
        }
    }
}
