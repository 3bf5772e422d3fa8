using System.Globalization;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// What must be true of a device that comes back, whatever happened to it: the first four invariants, that every order ends
/// once, and that the next good order is followed. A check that fails throws an <see cref="InvariantException"/>.
/// </summary>
internal static class Invariants
{
    // Of a line: the active package, a candidate, and one that is about to leave.
    private const int MostHeld = 3;

    private const int MostFiles = 16;

    /// <summary>Starts a device on the disk without a link, checks, and gives it a link and the next good order.</summary>
    /// <param name="before">What was seen of it until then.</param>
    /// <param name="spoilt">
    /// Whether what was durable was damaged since: then anything once committed may answer, and the device must say why.
    /// </param>
    /// <param name="ended">Whether the story had come to its end: then its last package must answer.</param>
    public static void Check(Story story, Witness before, SimulatedDisk disk, bool spoilt = false, bool ended = false)
    {
        using SimulatedDevice device = story.Device(disk);
        device.Start(connected: false);
        InvariantException.Require(
            spoilt || story.MayComplain || device.Notices.All(notice => notice == device.ProgramObjection),
            $"invariant 1: the disk was found damaged: {string.Join(" | ", device.Notices)}");
        VerifiedAnswers(story, before, device, spoilt);
        VerifiedInForce(story.Configurations, "configuration", device.InForce?.Manifest.Version, device, spoilt, ended);
        VerifiedInForce(story.Programs, "program", device.Program, device, spoilt, ended);
        InvariantException.Require(
            !ended || device.Version == Version(story.Ends), $"invariant 1: it ended with {Version(story.Ends)}, and {device.Version} answers");
        NothingUnsigned(device);
        FloorHolds(story, before, disk, spoilt);
        OnlyOwnStoreCounts(story, device, disk);
        AllBounded(story, device, disk);

        device.Agent.OnLink(true);
        device.Obey(Orders.For(Orders.Next, Orders.NextGeneration));
        InvariantException.Require(
            device.Version == $"{Orders.Next}.0.0",
            $"the next good order was not followed: {device.Version ?? "nothing"} answers; {string.Join(" | ", device.Story)}");
        EachOrderEndsOnce(story, before.And(device), spoilt);
        AllBounded(story, device, disk);
        NothingUnsigned(device);
    }

    /// <summary>Invariant 1: a verified model answers, and none that had not proved itself answers first.</summary>
    private static void VerifiedAnswers(Story story, Witness before, SimulatedDevice device, bool spoilt)
    {
        IEnumerable<int> may = spoilt ? [.. story.MayAnswer, .. story.Committed] : story.MayAnswer;
        InvariantException.Require(
            may.Select(Version).Contains(device.Version),
            $"invariant 1: {device.Version ?? "nothing"} answers; {string.Join(" | ", device.Notices)}");
        string first = device.Answered.FirstOrDefault("none");
        bool nothingElse = story is { Committed: [], Configured: 0 };
        InvariantException.Require(
            first == "none" || nothingElse || before.Answered.Contains(first) || story.Committed.Append(story.Configured).Select(Version).Contains(first),
            $"invariant 1: {first} answers first, which never passed a trial");

        // Or a later order was committed since, and the power failed before that could be told.
        bool kept = (before.Answered.Count > 0 && before.Answered[^1] == first) || (before.Ends.Count > 0 ? before.Ends[^1] : null) is not Outcome.Committed told || told.Version == first;
        InvariantException.Require(
            kept || spoilt || story.GoesBack, $"invariant 1: a commit was told and lost, and {first} answers");
    }

    /// <summary>
    /// Invariant 1 for a configuration or a program: the one before or the new one is in force; what the device has of its own alone where
    /// the medium lost both.
    /// </summary>
    /// <param name="may">The last of them where nothing went wrong; empty where packages bring none.</param>
    private static void VerifiedInForce(IReadOnlyList<int> may, string kind, string? version, SimulatedDevice device, bool spoilt, bool ended)
    {
        if (may.Count == 0)
        {
            return;
        }

        InvariantException.Require(
            (may.Select(Version).Contains(version) || (spoilt && version is null)) && (!ended || version == Version(may[^1])),
            $"invariant 1: the {kind} {version ?? "of nobody"} is in force; {string.Join(" | ", device.Notices)}");
    }

    /// <summary>Invariant 2: only models of packages that the release key signed were loaded.</summary>
    public static void NothingUnsigned(SimulatedDevice device)
    {
        string[] signed = [.. Enumerable.Range(1, Orders.Next).Select(Orders.ModelOf)];
        string? stranger = device.Loaded.FirstOrDefault(model => !signed.Contains(model));
        InvariantException.Require(stranger is null, $"invariant 2: unsigned bytes were loaded: {stranger}");
    }

    /// <summary>Invariant 2: what was committed is remembered, and the floor that it states holds.</summary>
    private static void FloorHolds(Story story, Witness before, SimulatedDisk disk, bool spoilt)
    {
        LineState state = SlotStore.Open(story.Seen(disk.Copy()), "plant").State;
        long told = before.Ends.OfType<Outcome.Committed>().Where(end => !Orders.IsNoModel(end.Digest)).Select(end => Counter(end.Version)).DefaultIfEmpty(0).Max();
        long highest = Math.Max(told, story.Committed.DefaultIfEmpty(0).Max());
        InvariantException.Require(
            spoilt || state.Highest >= highest, $"invariant 2: the highest release counter fell from {highest} to {state.Highest}");
        long stated = new[] { state.A, state.B }.Max(package => package is not null && state.IsTrusted(package.Digest) ? package.Floor : 0);
        InvariantException.Require(spoilt || state.Floor >= stated, $"invariant 2: the floor is {state.Floor}, and {stated} was stated");
    }

    /// <summary>Invariant 3: what a broker holds since yesterday changes nothing.</summary>
    private static void OnlyOwnStoreCounts(Story story, SimulatedDevice device, SimulatedDisk disk)
    {
        if (device.Agent.Accepted.Generation == 0)
        {
            // It has no memory of any order, because it never had one or lost both of its pointers.
            return;
        }

        byte[] before = Pointer(story, disk);
        foreach (byte[] order in (byte[][])[.. story.Yesterday, [], .. story.Yesterday])
        {
            device.Agent.OnDesired(order);
            device.Run(ticks: 1);
        }

        InvariantException.Require(before.AsSpan().SequenceEqual(Pointer(story, disk)), "invariant 3: an order of yesterday changed the device");
    }

    /// <summary>Invariant 4: no more files, bytes and loaded models than there may be.</summary>
    private static void AllBounded(Story story, SimulatedDevice device, SimulatedDisk disk)
    {
        int lines = 1 + Math.Min(1, story.Configurations.Count) + Math.Min(1, story.Programs.Count);
        IReadOnlyList<string> files = disk.Files();
        InvariantException.Require(files.Count <= lines * MostFiles, $"invariant 4: {files.Count} files are left: {string.Join(' ', files)}");
        InvariantException.Require(device.Held <= lines * MostHeld, $"invariant 4: {device.Held} packages are loaded");
    }

    /// <summary>Every order ended in one way, in all lives together, however often it was told.</summary>
    private static void EachOrderEndsOnce(Story story, Witness all, bool spoilt)
    {
        foreach (var ends in all.Ends.GroupBy(end => (end.Deployment, end.Generation, end.Digest)))
        {
            Outcome[] different = [.. ends.Distinct()];

            // The configured package of a device without any is offered anew at every start, whatever became of it before.
            bool offeredAgain = ends.Key.Deployment == UpdateOrder.ConfiguredDeployment && different[^1] is Outcome.Committed;
            bool wentBack = (story.GoesBack || spoilt) && different is [Outcome.Committed, Outcome.Undone];
            InvariantException.Require(
                different.Length == 1 || wentBack || offeredAgain,
                $"exactly once: generation {ends.Key.Generation} ended as {string.Join(" and as ", different.Select(end => end.GetType().Name))}");
        }
    }

    private static string? Version(int package) => package == 0 ? null : $"{package}.0.0";

    private static long Counter(string version) => long.Parse(version.Split('.')[0], CultureInfo.InvariantCulture);

    private static byte[] Pointer(Story story, SimulatedDisk disk) =>
        DurableFiles.ReadAll(story.Seen(disk.Copy()), "slots/plant/current.json", PointerFile.MaxBytes) ?? [];
}
