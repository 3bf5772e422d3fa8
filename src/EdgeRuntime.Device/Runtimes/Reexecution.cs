using System.Collections;
using System.Globalization;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Device.Sandbox;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>
/// Makes this very process another program: the same id, so that whoever supervises it notices nothing, and the same words.
/// </summary>
internal static class Reexecution
{
    private const int NoSuchFile = 2;
    private const int NotAllowed = 13;
    private const int NotAProgram = 8;
    private const int FirstOfOthers = 3;

    /// <summary>Becomes a program; comes back only with the error for which it did not.</summary>
    /// <param name="words">Of the command line, without the program's name.</param>
    /// <param name="variables">As <c>NAME=value</c>, beside what the environment holds.</param>
    public static int Become(string program, IReadOnlyList<string> words, IReadOnlyList<string> variables)
    {
        CloseOthers();
        string[] environment =
        [
            .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}"), .. variables,
        ];
        return ChildProcess.Become(program, ["edge-device", .. words], environment);
    }

    /// <summary>What such an error means, as a sentence.</summary>
    public static string Meaning(int error, string program) => error switch
    {
        NotAllowed when MountPoint.Of(new MachineFiles(), program) is { IsNoExec: true } mount =>
            $"{program} lies on {mount.Path}, which is mounted noexec: mount it with exec, or give the device a state_dir elsewhere",
        NotAllowed => $"{program} may not be executed by this user (NoExecPaths= of the unit, or a rule of the system)",
        NotAProgram => $"{program} is not a program for this processor",
        NoSuchFile => $"{program}, or the loader that it names, is not there",
        _ => string.Create(CultureInfo.InvariantCulture, $"error {error}"),
    };

    // .NET opens everything so that it ends with the program; libraries may not. What the supervisor passed on stays open.
    private static void CloseOthers()
    {
        int first = FirstOfOthers + (int.TryParse(
            Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int passed) ? passed : 0);
        foreach (string entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out int open) && open >= first)
            {
                _ = SandboxCalls.CloseOnExecution(open);
            }
        }
    }
}
