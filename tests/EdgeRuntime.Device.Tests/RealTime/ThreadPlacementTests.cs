using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Tests.RealTime;

public sealed class ThreadPlacementTests
{
    private const int NoSuchCore = 1000;

    [Fact]
    public void A_path_is_pinned_to_the_core_it_was_given()
    {
        int core = Kernel.CoresOf(0)[^1];
        ThreadPlacement placement = new(new RealTimeOptions { Cores = [core] });

        List<int> cores = OnAThread(() =>
        {
            placement.EnterPath();
            return Kernel.CoresOf(0);
        });

        Assert.Equal([core], cores);
        Assert.True(Setting(placement, "cores").Granted);
    }

    [Fact]
    public void A_core_that_is_not_there_is_refused_with_a_remedy_and_the_path_goes_on()
    {
        ThreadPlacement placement = new(new RealTimeOptions { Cores = [NoSuchCore] });

        List<int> cores = OnAThread(() =>
        {
            placement.EnterPath();
            return Kernel.CoresOf(0);
        });

        Assert.NotEmpty(cores);
        RealTimeSetting setting = Setting(placement, "cores");
        Assert.False(setting.Granted);
        Assert.Contains($"core {NoSuchCore}", setting.Detail, StringComparison.Ordinal);
        Assert.Contains("realtime.cores", setting.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_of_a_kernel_that_knows_slices_has_a_short_one_and_keeps_its_nice_value()
    {
        ThreadPlacement placement = new(new RealTimeOptions());

        string nice = OnAThread(() =>
        {
            Assert.Equal(0, Kernel.SetNice(0, 7));
            placement.EnterPath();
            Assert.Equal((int)Kernel.Policy.Other, Kernel.PolicyOf(0));
            return File.ReadAllText($"/proc/self/task/{Kernel.ThreadId}/stat").Split(") ")[^1].Split(' ')[16];
        });

        Assert.Equal("7", nice);
        Assert.Equal(
            Environment.OSVersion.Version >= new Version(6, 12), placement.Report.Settings.Any(setting => setting is { Name: "slice", Granted: true }));
    }

    [Fact]
    public void A_path_has_a_larger_share_where_nobody_chose_another_and_the_kernel_grants_it()
    {
        const int Preferred = -10;
        ThreadPlacement placement = new(new RealTimeOptions());
        bool isGranted = OnAThread(() => Kernel.SetNice(0, Preferred) == 0);

        int nice = OnAThread(() =>
        {
            placement.EnterPath();
            return Kernel.NiceOf(0);
        });

        Assert.Equal(isGranted ? Preferred : 0, nice);
        Assert.Equal(isGranted, placement.Report.Settings.Any(setting => setting is { Name: "nice", Granted: true }));
    }

    [Fact]
    public void A_thread_under_another_policy_is_given_no_slice()
    {
        bool given = OnAThread(() =>
        {
            Assert.Equal(0, Kernel.SetPolicy(0, Kernel.Policy.Idle, 0));
            return Kernel.TrySetSlice(0, 100_000);
        });

        Assert.False(given);
    }

    [Fact]
    public void Fifo_is_either_in_force_or_refused_with_its_remedy()
    {
        ThreadPlacement placement = new(new RealTimeOptions { Scheduler = PathScheduler.Fifo, Priority = 3 });

        int policy = OnAThread(() =>
        {
            placement.EnterPath();
            return Kernel.PolicyOf(0);
        });

        RealTimeSetting setting = Setting(placement, "scheduler");
        Assert.Equal(setting.Granted, policy == (int)Kernel.Policy.Fifo);
        Assert.True(setting.Granted || setting.Detail.Contains("LimitRTPRIO=3", StringComparison.Ordinal), setting.Detail);
    }

    [Fact]
    public void The_loader_runs_at_idle_priority_when_asked()
    {
        ThreadPlacement placement = new(new RealTimeOptions { IsolateLoader = true });

        int policy = OnAThread(() =>
        {
            placement.EnterLoader();
            return Kernel.PolicyOf(0);
        });

        Assert.Equal((int)Kernel.Policy.Idle, policy);
        Assert.True(Setting(placement, "loader").Granted);
    }

    [Fact]
    public void Telemetry_runs_at_idle_priority_when_asked_and_paths_that_it_starts_do_not()
    {
        ThreadPlacement placement = new(new RealTimeOptions { IsolateTelemetry = true });
        int path = -1;

        int telemetry = OnAThread(() =>
        {
            placement.EnterTelemetry();
            Thread started = new(() => path = Kernel.PolicyOf(0));
            placement.Start(started);
            started.Join();
            return Kernel.PolicyOf(0);
        });

        Assert.Equal(((int)Kernel.Policy.Idle, (int)Kernel.Policy.Other), (telemetry, path));
        Assert.True(Setting(placement, "telemetry").Granted);
    }

    [Fact]
    public void Threads_of_operators_leave_the_loaders_priority_or_that_is_refused_with_a_remedy()
    {
        ThreadPlacement placement = new(new RealTimeOptions { IsolateLoader = true });
        using ManualResetEvent over = new(false);
        using ManualResetEvent begun = new(false);
        int operators = 0;

        (int policy, int nice) = OnAThread(() =>
        {
            placement.EnterLoader();

            // As ONNX Runtime's pool: started by the loader, and so with its name, cores and priority.
            Thread pool = new(() =>
            {
                Kernel.NameThread("loader");
                operators = Kernel.ThreadId;
                begun.Set();
                over.WaitOne();
            });
            pool.Start();
            begun.WaitOne();
            placement.PlaceOperatorThreads();
            (int, int) found = (Kernel.PolicyOf(operators), Kernel.NiceOf(operators));
            over.Set();
            pool.Join();
            return found;
        });

        RealTimeSetting setting = Setting(placement, "operator_threads");
        Assert.Equal(setting.Granted, policy == (int)Kernel.Policy.Other);
        Assert.Equal(OnAThread(() => Kernel.SetNice(0, -10) == 0), nice == -10);
        Assert.True(setting.Granted || setting.Detail.Contains("LimitNICE=+0", StringComparison.Ordinal), setting.Detail);
    }

    [Fact]
    public void A_thread_that_reads_asks_for_the_limit_that_its_own_priority_needs()
    {
        ThreadPlacement placement = new(new RealTimeOptions { Scheduler = PathScheduler.Fifo, Priority = 90 });

        OnAThread(() =>
        {
            placement.EnterPath(reads: true);
            return true;
        });

        RealTimeSetting setting = Setting(placement, "scheduler");
        Assert.Contains(setting.Granted ? "priority 91" : "LimitRTPRIO=91", setting.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_reported_once_however_many_paths_there_are()
    {
        ThreadPlacement placement = new(new RealTimeOptions { Cores = [NoSuchCore] });
        OnAThread(() => Entered(placement));
        int version = placement.Report.Version;

        OnAThread(() => Entered(placement));

        Assert.Equal(version, placement.Report.Version);
        Assert.Single(placement.Report.Settings, setting => setting.Name == "cores");
    }

    [Fact]
    public void A_refusal_is_not_covered_by_a_later_grant()
    {
        RealTimeReport report = new();
        report.Add(new RealTimeSetting("scheduler", false, "refused"));

        report.Add(new RealTimeSetting("scheduler", true, "fifo"));

        Assert.False(Assert.Single(report.Settings).Granted);
    }

    private static bool Entered(ThreadPlacement placement)
    {
        placement.EnterPath();
        return true;
    }

    private static RealTimeSetting Setting(ThreadPlacement placement, string name) =>
        Assert.Single(placement.Report.Settings, setting => setting.Name == name);

    // Scheduling is of the thread: a thread of its own leaves the test runner's alone.
    private static T OnAThread<T>(Func<T> act)
    {
        T result = default!;
        Thread thread = new(() => result = act());
        thread.Start();
        thread.Join();
        return result;
    }
}
