using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Models;

/// <summary>Where the bytes of a candidate stand.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackageSource>))]
public enum PackageSource
{
    /// <summary>In the incoming place, beside the slots: both slots are still untouched.</summary>
    [JsonStringEnumMemberName("incoming")]
    Incoming,

    /// <summary>In the spare slot already.</summary>
    [JsonStringEnumMemberName("spare")]
    Spare,
}

/// <summary>
/// Where a device stands with the update of one line of packages. Each phase carries only fields that mean something in it.
/// </summary>
/// <remarks>
/// <code>
/// Steady -> Downloading -> Verifying -> Installing -> Shadowing -> Switching -> Soaking -> Steady (committed)
///                \------------------ Rejected ------------------/      \-- Undone --/
/// </code>
/// Only a package whose manifest asks for it runs in the shadow of the active one before it answers.
/// A package that stands in the spare slot skips the download and the installation; a revert, and the first package
/// of a device, skip the trial.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "phase")]
[JsonDerivedType(typeof(Steady), "steady")]
[JsonDerivedType(typeof(Downloading), "downloading")]
[JsonDerivedType(typeof(Verifying), "verifying")]
[JsonDerivedType(typeof(Installing), "installing")]
[JsonDerivedType(typeof(Shadowing), "shadowing")]
[JsonDerivedType(typeof(Switching), "switching")]
[JsonDerivedType(typeof(Soaking), "soaking")]
public abstract record Activation
{
    /// <summary>
    /// How often a package is checked when the process ends in the middle of it: the package may be the cause.
    /// </summary>
    public const int VerifyAttempts = 2;

    private Activation()
    {
    }

    /// <summary>Nothing is pending.</summary>
    public sealed record Steady : Activation;

    /// <summary>The bytes are being fetched into the incoming place.</summary>
    public sealed record Downloading(UpdateOrder Order) : Activation;

    /// <summary>The bytes are whole, and are being checked.</summary>
    /// <param name="Attempt">Counts from 1 to <see cref="VerifyAttempts"/>.</param>
    public sealed record Verifying(UpdateOrder Order, PackageSource Source, int Attempt) : Activation;

    /// <summary>The package is good; its bytes move into the spare slot, whose old content is given up.</summary>
    /// <param name="Shadows">Whether it is to run beside the active package before it answers.</param>
    public sealed record Installing(UpdateOrder Order, StoredPackage Package, int Attempt, bool Shadows = false) : Activation;

    /// <summary>The spare slot's package runs beside the active one on live input; no answer of it counts.</summary>
    /// <param name="Attempt">As in <see cref="Verifying"/>: a restart begins with another check.</param>
    public sealed record Shadowing(UpdateOrder Order, int Attempt) : Activation;

    /// <summary>The sample path is asked to answer with the spare slot's package.</summary>
    public sealed record Switching(UpdateOrder Order) : Activation;

    /// <summary>The spare slot's package answers, on trial.</summary>
    public sealed record Soaking(UpdateOrder Order) : Activation;

    /// <summary>The order that is pending, or null.</summary>
    [JsonIgnore]
    public UpdateOrder? Pending => this switch
    {
        Downloading p => p.Order,
        Verifying p => p.Order,
        Installing p => p.Order,
        Shadowing p => p.Order,
        Switching p => p.Order,
        Soaking p => p.Order,
        _ => null,
    };

    /// <summary>Applies one event. Pure: no clock, no disk, no network.</summary>
    /// <returns>The new state, or <paramref name="state"/> itself when the event means nothing in it.</returns>
    public static LineState Next(LineState state, ActivationEvent happened) => (state.Phase, happened) switch
    {
        (_, ActivationEvent.Ordered e) when e.Order.Generation > state.Generation => Obey(state, e.Order),
        (_, ActivationEvent.NotNamed e) when e.Generation > state.Generation =>
            state with { Generation = e.Generation, Deployment = e.Deployment },
        (_, ActivationEvent.OrderedNone e) when e.Generation > state.Generation => Leave(state, e),
        (_, ActivationEvent.Configured e) => Configure(state, e.Order, e.ReleaseCounter),

        (Downloading p, ActivationEvent.Fetched) =>
            state with { Phase = new Verifying(p.Order, PackageSource.Incoming, Attempt: 1) },
        (Verifying p, ActivationEvent.Verified e) => Accept(state, p, e.Package, e.Shadows),
        (Installing p, ActivationEvent.Installed) =>
            state.With(state.SpareSlot, p.Package) with { Phase = Ready(state, p.Order, p.Attempt, p.Shadows) },
        (Shadowing p, ActivationEvent.ShadowPassed) => state with { Phase = new Switching(p.Order) },
        (Switching p, ActivationEvent.SwitchedOver) =>
            NeedsTrial(state) ? state with { Phase = new Soaking(p.Order) } : Commit(state, p.Order),
        (Soaking p, ActivationEvent.TrialPassed) => Commit(state, p.Order),

        (not Steady, ActivationEvent.Failed e) => Abandon(state, e.Reason, e.PackageAtFault),
        (Steady, ActivationEvent.UndoAsked e) when state.Active is not null && (state.Previous is not null || e.ToNone) =>
            GoBack(state, state.Previous, e.Reason),
        (not Steady, ActivationEvent.UndoAsked e) => Abandon(state, e.Reason),
        (Steady or Downloading or Verifying, ActivationEvent.CrashLooped e)
            when state is { Active: not null, Previous: { } previous } && !state.Refused.Contains(previous.Digest) =>
            GoBack(Abandon(state, e.Reason), previous, e.Reason),
        (Steady or Downloading or Verifying, ActivationEvent.CrashLooped { ToNone: true } e) when state.Active is not null =>
            GoBack(Abandon(state, e.Reason), null, e.Reason),
        (_, ActivationEvent.Restarted e) => Restart(state, e.IncomingIsHere, e.Reason),
        (Steady or Downloading or Verifying or Shadowing, ActivationEvent.ActiveUnusable) when state.Active is not null =>
            FallBack(state),
        (_, ActivationEvent.Told e) when state.Untold.Contains(e.Outcome) =>
            state with { Untold = [.. state.Untold.Where(outcome => outcome != e.Outcome)] },
        _ => state,
    };

    /// <summary>Whether the package that is pending has to prove itself before it is trusted.</summary>
    /// <remarks>
    /// A revert goes back to what has proved itself here, and must not be held up by a comparison with the very model
    /// it
    /// replaces. The configured package of a device without any has nothing to be compared with or undone to.
    /// </remarks>
    public static bool NeedsTrial(LineState state) => state.Phase.Pending switch
    {
        null => false,
        { Revert: true } order => !state.IsTrusted(order.Digest),
        { Configured: true } => state.Active is not null,
        _ => true,
    };

    private static LineState Obey(LineState state, UpdateOrder order)
    {
        LineState accepted = state with { Generation = order.Generation, Deployment = order.Deployment };
        if (state.Active?.Digest != order.Digest && state.Phase.Pending is { } pending && pending.WantsSameBytes(order))
        {
            // The same bytes under a newer generation: the work done so far stays good.
            return accepted with { Phase = state.Phase.With(order) };
        }

        string reason = $"generation {order.Generation} of deployment {order.Deployment} took its place";
        LineState free = Abandon(accepted, reason);
        if (free.Active is { } active && active.Digest == order.Digest)
        {
            return End(free, new Outcome.Committed(order.Deployment, order.Generation, active.Digest, active.Version));
        }

        bool inSpare = free.Spare is { } spare && spare.Digest == order.Digest
            && spare.ArchiveSha256 == order.ArchiveSha256 && spare.Size == order.Size;
        return free with
        {
            Phase = inSpare ? new Verifying(order, PackageSource.Spare, Attempt: 1) : new Downloading(order),
        };
    }

    // The package is not held to be at fault: the same may be ordered again.
    private static LineState Leave(LineState state, ActivationEvent.OrderedNone order)
    {
        string reason = $"deployment {order.Deployment} wants no package here";
        LineState free = Abandon(state with { Generation = order.Generation, Deployment = order.Deployment }, reason);
        return free.Active is not { } left
            ? free
            : End(
                free with { A = null, B = null, ActiveSlot = null },
                new Outcome.Undone(order.Deployment, order.Generation, left.Digest, left.Version, reason));
    }

    private static LineState Configure(LineState state, UpdateOrder order, long releaseCounter)
    {
        // Without any model the configured package goes before everything else: a device that answers comes first.
        // With one, the configuration is an offer like any other, made once and only upwards.
        bool wanted = state.Active is null
            ? state.Phase is Steady or Downloading or Verifying
            : state.Phase is Steady && releaseCounter > state.Highest && !state.Refused.Contains(order.Digest)
                && state.Active.Digest != order.Digest;
        if (!wanted)
        {
            return state;
        }

        LineState free = Abandon(state, "the device had no model left and returned to its configured package");
        return free with { Phase = new Verifying(order, PackageSource.Incoming, Attempt: 1) };
    }

    private static LineState Accept(LineState state, Verifying checking, StoredPackage package, bool shadows)
    {
        UpdateOrder order = checking.Order;
        if (package.Digest != order.Digest)
        {
            string difference = $"the package is {package.Digest.Short}, not {order.Digest.Short} as ordered";
            return Abandon(state, difference, refused: true);
        }

        if (state.CounterObjection(package.ReleaseCounter) is { } objection)
        {
            return Abandon(state, objection, refused: true);
        }

        return checking.Source == PackageSource.Spare
            ? state with { Phase = Ready(state, order, checking.Attempt, shadows) }

            // From here the spare slot counts as empty: its file may already be the new one when the power fails.
            : state.With(state.SpareSlot, null) with { Phase = new Installing(order, package, checking.Attempt, shadows) };
    }

    // What goes back to a package that proved itself here is not held up, and without an active package there is none to run beside.
    private static Activation Ready(LineState state, UpdateOrder order, int attempt, bool shadows) =>
        shadows && state.Active is not null && NeedsTrial(state) ? new Shadowing(order, attempt) : new Switching(order);

    private static LineState Commit(LineState state, UpdateOrder order)
    {
        StoredPackage package = state.Spare!;
        LineState committed = state with
        {
            ActiveSlot = state.SpareSlot,
            Floor = Math.Max(state.Floor, package.Floor),
            Highest = Math.Max(state.Highest, package.ReleaseCounter),
            Trusted = Remember(state.Trusted, package.Digest, LineState.TrustedLimit),
            Refused = [.. state.Refused.Where(digest => digest != package.Digest)],
        };
        return End(
            committed, new Outcome.Committed(order.Deployment, order.Generation, package.Digest, package.Version));
    }

    /// <summary>
    /// Ends what is pending, as rejected when it never answered and as undone when it did; the active package stays.
    /// </summary>
    /// <param name="refused">Whether the package itself is the cause, so far as can be told: one that answered always
    /// is.</param>
    private static LineState Abandon(LineState state, string reason, bool refused = false)
    {
        if (state.Phase.Pending is not { } order)
        {
            return state;
        }

        bool answered = state.Phase is Switching or Soaking;
        Outcome outcome = answered
            ? new Outcome.Undone(order.Deployment, order.Generation, order.Digest, order.Version, reason)
            : new Outcome.Rejected(order.Deployment, order.Generation, order.Digest, order.Version, reason);
        return End(answered || refused ? Refuse(state, order.Digest) : state, outcome);
    }

    /// <param name="back">The package before; null to go on without any.</param>
    private static LineState GoBack(LineState state, StoredPackage? back, string reason)
    {
        StoredPackage left = state.Active!;
        LineState refused = Refuse(state, left.Digest);
        LineState returned = back is null
            ? refused with { A = null, B = null, ActiveSlot = null }
            : refused with
            {
                ActiveSlot = state.SpareSlot,
                Trusted = Remember(state.Trusted, back.Digest, LineState.TrustedLimit),
            };
        return End(returned, new Outcome.Undone(
            state.Deployment ?? UpdateOrder.ConfiguredDeployment, state.Generation, left.Digest, left.Version, reason));
    }

    private static LineState Restart(LineState state, bool incomingIsHere, string? reason) => state.Phase switch
    {
        Verifying { Attempt: >= VerifyAttempts } or Installing { Attempt: >= VerifyAttempts }
            or Shadowing { Attempt: >= VerifyAttempts } =>
            Abandon(state, $"the device restarted {VerifyAttempts} times while it checked the package", refused: true),
        Verifying p => state with { Phase = p with { Attempt = p.Attempt + 1 } },

        // The move into the slot may have happened or not. Either way the bytes are checked again where they are.
        Installing p when incomingIsHere =>
            state with { Phase = new Verifying(p.Order, PackageSource.Incoming, p.Attempt + 1) },
        Installing p => state.With(state.SpareSlot, p.Package) with
        {
            Phase = new Verifying(p.Order, PackageSource.Spare, p.Attempt + 1),
        },

        Shadowing p => state with { Phase = new Verifying(p.Order, PackageSource.Spare, p.Attempt + 1) },

        // Power was lost mid-trial. The candidate never earned trust, and it may be why the device died.
        Switching or Soaking => Abandon(state, reason ?? "the device restarted during the trial"),
        _ => state,
    };

    private static LineState FallBack(LineState state)
    {
        if (state.Previous is not { } previous)
        {
            // A candidate in the spare slot goes too: with no active slot there is no telling which one is spare.
            LineState free = state.Phase is Verifying { Source: PackageSource.Spare } or Shadowing
                ? Abandon(state, "the active package was lost")
                : state;
            return free with { A = null, B = null, ActiveSlot = null };
        }

        LineState back = state.With(state.ActiveSlot!.Value, null) with
        {
            ActiveSlot = state.SpareSlot,
            Trusted = Remember(state.Trusted, previous.Digest, LineState.TrustedLimit),
        };
        return back.Phase.Pending is { } order && order.Digest == previous.Digest
            ? End(back, new Outcome.Committed(order.Deployment, order.Generation, previous.Digest, previous.Version))
            : back;
    }

    private static LineState End(LineState state, Outcome outcome)
    {
        IEnumerable<Outcome> untold = state.Untold.Append(outcome);
        return state with
        {
            Phase = new Steady(),
            Last = outcome,
            Untold = [.. untold.TakeLast(LineState.UntoldLimit)],
        };
    }

    private static LineState Refuse(LineState state, ModelId digest) =>
        state with { Refused = Remember(state.Refused, digest, LineState.RefusedLimit) };

    private static List<ModelId> Remember(IReadOnlyList<ModelId> known, ModelId digest, int limit) =>
        [.. known.Where(other => other != digest).Append(digest).TakeLast(limit)];

    private Activation With(UpdateOrder order) => this switch
    {
        Downloading => new Downloading(order),
        Verifying p => p with { Order = order },
        Installing p => p with { Order = order },
        Shadowing p => p with { Order = order },
        Switching => new Switching(order),
        Soaking => new Soaking(order),
        _ => this,
    };
}
