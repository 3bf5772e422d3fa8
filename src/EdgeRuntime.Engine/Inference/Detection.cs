namespace EdgeRuntime.Engine.Inference;

/// <summary>One object found in a picture. Edges are shares of the sensor's picture, 0 to 1, from its left and top.</summary>
/// <param name="Label">Number of its class among the manifest's labels.</param>
/// <param name="Score">Probability, 0 to 1.</param>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Lower edge.</param>
public readonly record struct Detection(int Label, double Score, double Left, double Top, double Right, double Bottom);
