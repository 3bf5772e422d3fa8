using System.Globalization;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>Judges a configuration on trial by what this device itself sees, at the end of its time.</summary>
/// <param name="digest">The package on trial.</param>
/// <param name="before">How the device stood before it was taken over.</param>
/// <param name="since">How it stood right after.</param>
internal sealed class ConfigurationTrial(
    ModelId digest, ConfigurationSoakSpec soak, ServingState before, ServingState since, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();

    /// <summary>The package on trial.</summary>
    public ModelId Digest => digest;

    /// <summary>The verdict, or null before the end.</summary>
    public SoakVerdict? Look(Func<ServingState> now)
    {
        if (time.GetElapsedTime(_began).TotalSeconds < soak.Seconds)
        {
            return null;
        }

        string[] objections = [.. Objections(now())];
        return objections.Length == 0 ? new SoakVerdict.Commit() : new SoakVerdict.Undo(string.Join("; ", objections));
    }

    private IEnumerable<string> Objections(ServingState now)
    {
        foreach (ModelStanding model in now.Models)
        {
            ModelStanding? old = before.Models.FirstOrDefault(each => each.Name == model.Name);
            if (!model.Answers && old is { Answers: true })
            {
                yield return $"the model '{model.Name}' answered before and does not answer";
            }

            ModelStanding? began = since.Models.FirstOrDefault(each => each.Name == model.Name);
            long due = model.Due - (began?.Due ?? 0);
            long dropped = model.Dropped - (began?.Dropped ?? 0);
            double share = Math.Max(soak.MaxDroppedShare, old is { Due: > 0 } ? (double)old.Dropped / old.Due : 0);
            long allowed = SampleShare.Of(share, due);
            if (dropped > allowed)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"the model '{model.Name}' dropped {dropped} of {due} samples; {allowed} may be dropped");
            }
        }

        foreach (SensorStanding sensor in now.Sensors)
        {
            bool delivers = sensor.Fault is null && sensor.Frames > (since.Sensors.FirstOrDefault(each => each.Name == sensor.Name)?.Frames ?? 0);
            bool wasSilent = before.Sensors.FirstOrDefault(each => each.Name == sensor.Name) is { } old && (old.Fault is not null || old.Frames == 0);
            if (!delivers && !wasSilent)
            {
                yield return $"the sensor '{sensor.Name}' does not deliver{(sensor.Fault is null ? "" : $": {sensor.Fault}")}";
            }
        }

        foreach (string limit in now.OverLimits.Except(before.OverLimits))
        {
            yield return $"the process is over its limit {limit}";
        }
    }
}
