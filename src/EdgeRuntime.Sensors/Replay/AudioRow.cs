using EdgeRuntime.Engine.Inference.TensorFiles;

namespace EdgeRuntime.Sensors.Replay;

/// <summary>The samples of an audio file as one row, for models that are fed a whole recording.</summary>
public static class AudioRow
{
    /// <summary>Reads a <c>.wav</c> file; of several channels frame by frame, each with all its channels.</summary>
    /// <returns>Full scale is 1; null for a file of another kind.</returns>
    /// <exception cref="TensorFileException">It is missing or malformed; the message begins with its path.</exception>
    public static float[]? Read(string path)
    {
        if (!path.EndsWith(".wav", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            FrameStore frames = WavFile.Parse(path, File.ReadAllBytes(path)).Frames;
            float[] row = new float[checked(frames.Frames * frames.Channels)];
            double[] frame = new double[frames.Channels];
            for (int i = 0; i < frames.Frames; i++)
            {
                frames.Read(i, frame);
                for (int channel = 0; channel < frame.Length; channel++)
                {
                    row[(i * frame.Length) + channel] = (float)frame[channel];
                }
            }

            return row;
        }
        catch (RecordingException e)
        {
            throw new TensorFileException(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException($"{path}: could not be read: {e.Message}");
        }
    }
}
