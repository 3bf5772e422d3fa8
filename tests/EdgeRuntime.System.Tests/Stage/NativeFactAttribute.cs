namespace EdgeRuntime.System.Tests.Stage;

/// <summary>A test of the published binary; skipped, with the reason, where it was not published.</summary>
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        if (Programs.Missing is string missing)
        {
            Skip = missing;
        }
    }
}

/// <summary>The same for a test with data.</summary>
public sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute()
    {
        if (Programs.Missing is string missing)
        {
            Skip = missing;
        }
    }
}
