namespace EdgeRuntime.Device.Verbs;

internal static class RunVerb
{
    public static int Run(string[] words) => words.Length;
}
