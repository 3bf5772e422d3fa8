using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Ctl.Starting;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>
/// Writes clips as recordings that the other verbs read: CSV, or a folder of PNG files, and beside it what is known of it, and the clip as it came.
/// </summary>
internal static class ClipFiles
{
    /// <summary>Ends the name of a clip as it came.</summary>
    public const string Ending = ".clip";

    /// <summary>Writes one.</summary>
    /// <param name="name">Of the files, without an ending.</param>
    /// <returns>The recording.</returns>
    public static string Write(string directory, string name, CapturedClip clip)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, name);
        string recording = clip.Picture is CapturedPicture picture ? WritePictures(path, picture, clip.Frames) : $"{path}.csv";
        if (clip.Picture is null)
        {
            Files.Write(recording, Encoding.UTF8.GetBytes(Csv(clip)));
        }

        Files.Write($"{path}.json", Metadata(clip));
        Files.Write($"{path}{Ending}", ClipCodec.Write(clip));
        return recording;
    }

    // Both clocks, as recordings of a machine have them: a clock that was set meanwhile is no gap.
    private static string Csv(CapturedClip clip)
    {
        StringBuilder text = new("unix_ms,seconds");
        foreach (CapturedChannel channel in clip.Channels)
        {
            text.Append(',').Append(channel.Unit == "1" ? channel.Name : $"{channel.Name}[{channel.Unit}]");
        }

        text.Append('\n');
        double first = clip.Frames.Count > 0 ? clip.Frames[0].Seconds : 0;
        foreach (CapturedFrame frame in clip.Frames)
        {
            text.Append(CultureInfo.InvariantCulture, $"{frame.UnixMs},{(frame.Seconds - first).ToString("0.############", CultureInfo.InvariantCulture)}");
            foreach (double value in frame.Values.Span)
            {
                // What is not finite is missing to a pipeline, and readers of recordings refuse infinity; the clip beside it keeps it.
                text.Append(',');
                if (double.IsFinite(value))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{value:R}");
                }
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string WritePictures(string path, CapturedPicture picture, IReadOnlyList<CapturedFrame> frames)
    {
        Directory.CreateDirectory(path);
        int colours = picture.Colours == "gray" ? 1 : 3;
        for (int i = 0; i < frames.Count; i++)
        {
            if (frames[i].Pixels.Length == 0)
            {
                continue;
            }

            byte[] pixels = frames[i].Pixels.ToArray();
            for (int at = 0; picture.Colours == "bgr" && at < pixels.Length; at += colours)
            {
                (pixels[at], pixels[at + 2]) = (pixels[at + 2], pixels[at]);
            }

            Files.Write(
                Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{i:D5}.png")), PngWriter.Write(picture.Width, picture.Height, colours, pixels));
        }

        return path;
    }

    private static byte[] Metadata(CapturedClip clip)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("model", clip.Model);
            json.WriteString("version", clip.Version);
            json.WriteString("digest", clip.Digest.ToString());
            json.WriteString("boot", clip.Boot.ToString());
            json.WriteString("reason", clip.Reason.ToString().ToLowerInvariant());
            json.WriteNumber("trigger_unix_ms", clip.TriggerUnixMs);
            json.WriteNumber("trigger_n", clip.TriggerN);
            json.WriteNumber("rate_hz", clip.RateHz);
            json.WriteStartObject("filters");
            foreach (CapturedChannel channel in clip.Channels.Where(channel => channel.Filter.Length > 0))
            {
                json.WriteString(channel.Name, channel.Filter);
            }

            json.WriteEndObject();
            json.WriteStartArray("answers");
            foreach (CapturedAnswer answer in clip.Answers)
            {
                json.WriteStartObject();
                json.WriteNumber("unix_ms", answer.UnixMs);
                json.WriteNumber("n", answer.N);
                json.WriteString("label", answer.Label);
                if (double.IsFinite(answer.Score))
                {
                    json.WriteNumber("score", answer.Score);
                }
                else
                {
                    json.WriteNull("score");
                }

                json.WriteString("decision", answer.Decision);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
