using System.Diagnostics;

namespace EdgeRuntime.Repository.Tests;

/// <summary>
/// <c>tools/bindings</c> in a copy of what it reads, with a <c>dotnet</c> of ours on the path: it answers as it is told and
/// counts what it was asked.
/// </summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class BindingsScript : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edge-bindings-").FullName;

    public BindingsScript()
    {
        string[] read =
        [
            Path.Combine(Repository.Root, "tools", "bindings"),
            Path.Combine(Repository.Root, "Directory.Build.props"),
            Path.Combine(Repository.Root, "Directory.Packages.props"),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "tools", "lib")),
            .. Repository.Files("*.csproj"),
        ];
        foreach (string path in read)
        {
            string copy = Path.Combine(_root, Repository.Relative(path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        Write("fake/dotnet", """
            #!/bin/sh
            here=$(dirname "$0")
            echo "$1" >>"$here/asked"
            case $1 in
              --version) echo 10.0.100 ;;
              nuget) echo "global-packages: $here/packages/" ;;
              restore | build)
                answer=$1
                case $* in *Bindings=native*) answer=native ;; esac
                cat "$here/$answer.says"
                exit "$(cat "$here/$answer.ends")"
                ;;
            esac
            """);
        File.SetUnixFileMode(Path.Combine(_root, "fake", "dotnet"), (UnixFileMode)0b111_101_101);
        Restore(0, "");
        Build(0, "");
        BuildNatively(0, "");
    }

    /// <summary>What it remembers; null for nothing.</summary>
    public string? Remembered
    {
        get
        {
            string file = Path.Combine(_root, ".edge", "bindings");
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
    }

    /// <summary>How the next restores end.</summary>
    public void Restore(int code, string says) => Answer("restore", code, says);

    /// <summary>How the next builds on the named packages end.</summary>
    public void Build(int code, string says) => Answer("build", code, says);

    /// <summary>How the next builds on the native libraries end.</summary>
    public void BuildNatively(int code, string says) => Answer("native", code, says);

    /// <summary>Puts the packages where a restore would.</summary>
    public void Install(params string[] packages)
    {
        foreach (string package in packages)
        {
            Directory.CreateDirectory(Path.Combine(_root, "fake", "packages", package));
        }
    }

    /// <summary>Changes a file of the copy.</summary>
    public void Change(string file, string from, string to)
    {
        string path = Path.Combine(_root, file);
        string text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>How often this was asked of <c>dotnet</c>.</summary>
    public int Asked(string verb)
    {
        string file = Path.Combine(_root, "fake", "asked");
        return File.Exists(file) ? File.ReadLines(file).Count(line => line == verb) : 0;
    }

    /// <summary>Runs it. Returns its exit code and its words, both streams together.</summary>
    public (int Code, string Says) Run(string? chosen = null, params string[] words)
    {
        ProcessStartInfo start = new("bash", [Path.Combine(_root, "tools", "bindings"), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path.Combine(_root, "fake")}:/usr/bin:/bin";
        start.Environment["EDGE_BINDINGS"] = chosen ?? "";
        start.Environment.Remove("RestoreAdditionalProjectSources");
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string says = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, (says + errors.Result).Trim());
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Answer(string verb, int code, string says)
    {
        Write($"fake/{verb}.says", says);
        Write($"fake/{verb}.ends", $"{code}");
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
