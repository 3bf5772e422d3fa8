using System.Runtime.InteropServices;

namespace EdgeRuntime.Sensors.Tests.Replay.Pictures;

/// <summary>A fact that is skipped where the machine has no libturbojpeg; tools/test installs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TurboJpegFactAttribute : FactAttribute
{
    public TurboJpegFactAttribute()
    {
        if (!NativeLibrary.TryLoad("libturbojpeg.so.0", out _))
        {
            Skip = "libturbojpeg.so.0 is not here; install libturbojpeg0";
        }
    }
}
