using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace EdgeRuntime.Fuzz.Coverage;

/// <summary>Rewrites an assembly in memory so that every basic block reports itself to <see cref="EdgeMap"/>.</summary>
internal static class Instrumentation
{
    private const int LongestWord = 40;

    /// <summary>Rewrites one assembly.</summary>
    /// <param name="words">Gets the texts that the code compares with or writes: what parsers look for.</param>
    /// <returns>The new assembly, and its number of blocks.</returns>
    public static (byte[] Assembly, int Blocks) Rewrite(string path, ISet<string> words)
    {
        using DefaultAssemblyResolver resolver = new();
        resolver.AddSearchDirectory(Path.GetDirectoryName(path)!);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        using ModuleDefinition module = ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver, InMemory = true });
        MethodReference visit = module.ImportReference(typeof(EdgeMap).GetMethod(nameof(EdgeMap.Visit))!);
        int blocks = 0;
        int seed = Seed(module.Name);
        foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            Collect(method.Body, words);
            Instrument(method.Body, visit, seed, ref blocks);
        }

        using MemoryStream written = new();
        module.Write(written);
        return (written.ToArray(), blocks);
    }

    private static void Instrument(MethodBody body, MethodReference visit, int seed, ref int blocks)
    {
        body.SimplifyMacros();
        ILProcessor code = body.GetILProcessor();
        foreach (Instruction head in Heads(body))
        {
            // The head becomes the report and what it was moves behind it, so that every jump to it passes the report.
            Instruction was = Instruction.Create(OpCodes.Nop);
            was.OpCode = head.OpCode;
            was.Operand = head.Operand;
            head.OpCode = OpCodes.Ldc_I4;
            head.Operand = (int)(((uint)(seed + blocks++) * 2654435761u) >> 16);
            Instruction call = code.Create(OpCodes.Call, visit);
            code.InsertAfter(head, call);
            code.InsertAfter(call, was);
        }

        body.OptimizeMacros();
    }

    private static List<Instruction> Heads(MethodBody body)
    {
        HashSet<Instruction> heads = [body.Instructions[0]];
        foreach (Instruction instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case Instruction target:
                    heads.Add(target);
                    break;
                case Instruction[] targets:
                    heads.UnionWith(targets);
                    break;
            }

            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is not null)
            {
                heads.Add(instruction.Next);
            }
        }

        heads.UnionWith(body.ExceptionHandlers.Select(handler => handler.HandlerStart));
        return [.. body.Instructions.Where(heads.Contains)];
    }

    private static void Collect(MethodBody body, ISet<string> words)
    {
        foreach (Instruction instruction in body.Instructions)
        {
            if (instruction.Operand is string { Length: > 0 and <= LongestWord } word && word.All(c => c is > ' ' and < '\x7f'))
            {
                words.Add(word);
            }
        }
    }

    private static int Seed(string name)
    {
        int seed = 17;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed * 31) + b;
        }

        return seed & 0xFFFFF;
    }
}
