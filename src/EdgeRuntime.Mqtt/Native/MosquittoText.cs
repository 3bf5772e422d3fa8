using System.Runtime.InteropServices;

namespace EdgeRuntime.Mqtt;

/// <summary>The library's and the broker's words, without the full stop, to be parts of our sentences.</summary>
internal static unsafe class MosquittoText
{
    /// <summary>An error number of the library.</summary>
    public static string OfError(int error) => LibMosquitto.Text(LibMosquitto.ErrorText(error)).TrimEnd('.');

    /// <summary>A reason code of MQTT 5.</summary>
    public static string OfReason(int reason) => LibMosquitto.Text(LibMosquitto.ReasonText(reason)).TrimEnd('.');

    /// <summary>What the broker added in its own words, or null.</summary>
    public static string? ReasonString(nint properties)
    {
        byte* text = null;
        if (LibMosquitto.ReadString(properties, LibMosquitto.PropertyReasonString, &text, 0) == 0)
        {
            return null;
        }

        string words = LibMosquitto.Text(text);
        NativeMemory.Free(text);
        return words;
    }
}
