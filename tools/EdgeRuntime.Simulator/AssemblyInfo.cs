using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeRuntime.Engine.Tests")]
[assembly: InternalsVisibleTo("edge-bench")]
