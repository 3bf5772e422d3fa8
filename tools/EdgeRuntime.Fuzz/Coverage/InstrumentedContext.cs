using System.Reflection;
using System.Runtime.Loader;

namespace EdgeRuntime.Fuzz.Coverage;

/// <summary>A second world in which the project's assemblies are instrumented, and this program runs once more.</summary>
internal sealed class InstrumentedContext : AssemblyLoadContext
{
    private static readonly string Home = AppContext.BaseDirectory;
    private readonly Dictionary<string, byte[]> _rewritten = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _words = new(StringComparer.Ordinal);
    private int _blocks;

    public InstrumentedContext() : base("instrumented")
    {
        string own = typeof(InstrumentedContext).Assembly.GetName().Name!;
        foreach (string path in Directory.EnumerateFiles(Home, "*.dll").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (name != own && (name.StartsWith("EdgeRuntime.", StringComparison.Ordinal) || name is "edge-device" or "edge-fleet" or "edgectl"))
            {
                (byte[] assembly, int blocks) = Instrumentation.Rewrite(path, _words);
                _rewritten.Add(name, assembly);
                _blocks += blocks;
            }
        }
    }

    /// <summary>Runs the method of the same name in the instrumented world.</summary>
    public int Run(string[] arguments)
    {
        Assembly self = LoadFromAssemblyPath(typeof(InstrumentedContext).Assembly.Location);
        MethodInfo entry = self.GetType(typeof(Worker).FullName!)!.GetMethod(nameof(Worker.Run), BindingFlags.Public | BindingFlags.Static)!;
        return (int)entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments, _words.ToArray(), _blocks], null)!;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is string name && _rewritten.TryGetValue(name, out byte[]? assembly)
            ? LoadFromStream(new MemoryStream(assembly))
            : assemblyName.Name == typeof(InstrumentedContext).Assembly.GetName().Name
                ? LoadFromAssemblyPath(typeof(InstrumentedContext).Assembly.Location)
                : null;
}
