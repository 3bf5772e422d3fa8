using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Ctl.Fleet;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>
/// Shows how far devices are: on a terminal one line each, drawn over again; elsewhere a line for every step, and for progress
/// one in five seconds.
/// </summary>
internal sealed class PushView(IReadOnlyList<DevicePush> devices, string package, long size, Surroundings around)
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    private readonly int _width = devices.Max(device => device.Device.ToString().Length);
    private readonly Dictionary<DevicePush, string> _said = [];
    private long _drawn = long.MinValue;
    private int _lines;

    /// <summary>Shows what changed.</summary>
    /// <param name="now">True to draw even if the last time was a moment ago.</param>
    public void Draw(bool now = false)
    {
        bool due = _drawn == long.MinValue
            || around.Time.GetElapsedTime(_drawn) >= (around.IsTerminal ? RedrawEvery : ProgressEvery);
        if (around.IsTerminal && (due || now))
        {
            Redraw();
        }
        else if (!around.IsTerminal)
        {
            foreach (DevicePush device in devices)
            {
                bool news = _said.GetValueOrDefault(device) != What(device);
                if (news || (due && Progress(device).Length > 0))
                {
                    _said[device] = What(device);
                    around.Output.WriteLine(Line(device));
                }
            }
        }

        _drawn = due ? around.Time.GetTimestamp() : _drawn;
    }

    private void Redraw()
    {
        string up = _lines > 0 ? $"\e[{_lines}A" : "";
        around.Output.Write(up + string.Concat(devices.Select(device => $"\e[2K{Line(device)}\n")));
        around.Output.Flush();
        _lines = devices.Count;
    }

    private string Line(DevicePush device)
    {
        string name = device.Device.ToString().PadRight(_width);
        string progress = Progress(device);
        string reason = device.Reason is null ? "" : $": {Table.Plain(device.Reason)}";
        return $"{name}  {What(device)}{(progress.Length > 0 ? $"  {progress}" : "")}{reason}";
    }

    private string What(DevicePush device) => device switch
    {
        { Verdict: UpdateState.Committed } => around.Green($"runs {package}"),
        { Verdict: UpdateState.Undone } => around.Red($"left {package} again"),
        { Verdict: not null } => around.Red("refused"),
        { IsAway: true } => around.Yellow("is away"),
        { IsAccepted: false } => "has its order",
        { Step: UpdateState.Verifying } => "checks",
        { Step: UpdateState.Soaking } => "tries it out",
        _ => "fetches",
    };

    private string Progress(DevicePush device)
    {
        if (device.Verdict is not null || device.Step != UpdateState.Downloading || device.IsAway)
        {
            return "";
        }

        // A delta is shorter than the package.
        double total = device.Percent > 0 ? device.Bytes * 100 / device.Percent : size;
        double left = (total - device.Bytes) / Math.Max(device.BytesPerSecond, 1);
        return device.Bytes == 0
            ? $"of {Shown.Bytes(total)}"
            : $"{Shown.Bytes(device.Bytes)} of {Shown.Bytes(total)}, {Shown.Bytes(device.BytesPerSecond)}/s, "
                + $"{Shown.Number(left, left < 10 ? "0.0" : "0")} s left";
    }
}
