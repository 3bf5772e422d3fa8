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
            Skip = "this decodes JPEG files, and libturbojpeg.so.0 is not installed here; tools/test installs it";
        }
    }
}
