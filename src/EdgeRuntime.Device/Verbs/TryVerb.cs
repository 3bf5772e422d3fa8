using EdgeRuntime.Device.Runtimes;
using EdgeRuntime.Device.Sandbox;

namespace EdgeRuntime.Device.Verbs;

/// <summary>
/// The child of <see cref="RuntimeProver"/>, not for people: takes from itself what a candidate for this program must not have while
/// it is tried, and becomes the candidate, whose words go to the one who asks.
/// </summary>
internal static class TryVerb
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "try";

    private const int StandardOutput = 1;
    private const int StandardError = 2;

    public static int Run(string[] words)
    {
        if (words is not [string text] || TryRequest.Parse(text) is not TryRequest request)
        {
            return Usage.Wrong($"'{Name}' is for edge-device itself: it tries another version of it in a process of its own", "run");
        }

        if (SandboxCalls.Parent != request.Parent)
        {
            return ExitCode.Failed;
        }

        // It reads the whole of this machine's files, as it will when it serves. What of the confinement the kernel does not grant
        // is no matter: the release keys vouch for the program, and only its mistakes are feared here.
        _ = Confinement.Enter(request.Limits, ["/"]);
        SandboxCalls.CopyTo(ChildProcess.OutputDescriptor, StandardOutput);
        SandboxCalls.CopyTo(ChildProcess.OutputDescriptor, StandardError);
        int error = Reexecution.Become(request.Program, request.Words, []);
        Console.Error.WriteLine(Reexecution.Meaning(error, request.Program));
        return ExitCode.Failed;
    }
}
