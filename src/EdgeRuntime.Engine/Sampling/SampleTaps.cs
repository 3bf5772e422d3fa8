using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>Where the serving thread leaves what it answered, beside its counters; each may be null.</summary>
internal readonly record struct SampleTaps(ShadowTap? Shadow, SampleGrab? Grab, CaptureTap? Capture);
