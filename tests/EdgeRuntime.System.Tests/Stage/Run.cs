using System.Diagnostics;
using System.Text;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>One process of the stage: started, listened to line by line, stopped or killed.</summary>
internal sealed class Run : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _text = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];

    private Run(Process process) => _process = process;

    /// <summary>Everything the process has said, both streams.</summary>
    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static Run Start(string program, string directory, params string[] arguments) =>
        Start(program, directory, new Dictionary<string, string>(), arguments);

    public static Run Start(
        string program, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Run run = new(new Process { StartInfo = start });
        run._process.OutputDataReceived += (_, line) => run.Heard(line.Data);
        run._process.ErrorDataReceived += (_, line) => run.Heard(line.Data);
        run._process.Start();
        run._process.BeginOutputReadLine();
        run._process.BeginErrorReadLine();
        return run;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Text)> ToEnd(string program, string directory, params string[] arguments)
    {
        await using Run run = Start(program, directory, arguments);
        int code = await run.Exit(TimeSpan.FromMinutes(3));
        return (code, run.Text);
    }

    /// <summary>Waits until the process says something.</summary>
    public async Task<string> Says(string part, int seconds = 30)
    {
        Task<string> found;
        lock (_text)
        {
            string? already = _text.ToString().Split('\n').FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal));
            if (already is not null)
            {
                return already;
            }

            TaskCompletionSource<string> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((line => line.Contains(part, StringComparison.Ordinal), source));
            found = source.Task;
        }

        if (await Task.WhenAny(found, Task.Delay(TimeSpan.FromSeconds(seconds))) != found)
        {
            throw new TimeoutException($"'{part}' was not said within {seconds} s; it said:\n{Text}");
        }

        return await found;
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Sends the process a signal, by its name.</summary>
    public void Signal(string name) => Process.Start("kill", [$"-{name}", $"{_process.Id}"]).WaitForExit();

    /// <summary>Ends the process at once (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the end.</summary>
    public async Task<int> Exit(TimeSpan patience)
    {
        using CancellationTokenSource enough = new(patience);
        try
        {
            await _process.WaitForExitAsync(enough.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"still running after {patience.TotalSeconds} s; it said:\n{Text}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_text)
        {
            _text.Append(line).Append('\n');
            foreach ((Func<string, bool> wanted, TaskCompletionSource<string> found) in _waiting)
            {
                if (wanted(line))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }
}
