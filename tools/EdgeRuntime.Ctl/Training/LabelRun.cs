namespace EdgeRuntime.Ctl.Training;

/// <summary>The label of a window: that of all its frames, or none where they differ.</summary>
/// <param name="windowFrames">Frames of a window.</param>
internal sealed class LabelRun(int windowFrames)
{
    private string _label = "";
    private long _alike;

    /// <summary>The label of the window that ends with the newest frame; empty for none.</summary>
    public string OfWindow => _alike >= windowFrames ? _label : "";

    /// <summary>Takes the label of a frame; empty for none.</summary>
    public void Take(string label)
    {
        _alike = label == _label ? _alike + 1 : 1;
        _label = label;
    }
}
