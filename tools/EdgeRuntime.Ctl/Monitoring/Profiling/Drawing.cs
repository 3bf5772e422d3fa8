using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>A picture of lines and texts, as SVG within a page: no scripts, colours from the page's own style.</summary>
internal sealed class Drawing
{
    private readonly StringBuilder _svg = new();

    /// <param name="says">What the picture shows, for those who do not see it.</param>
    public Drawing(double width, double height, string says)
    {
        _svg.Append(Invariant($"<svg viewBox=\"0 0 {width:0.##} {height:0.##}\" role=\"img\" aria-label=\"{Safe(says)}\">"));
    }

    /// <summary>A filled box, with what it shows when pointed at.</summary>
    public void Box(string style, double x, double y, double width, double height, string? says = null, double? opacity = null)
    {
        string faint = opacity is { } share ? Invariant($" fill-opacity=\"{share:0.###}\"") : "";
        string title = says is null ? "/>" : $"><title>{Safe(says)}</title></rect>";
        _svg.Append(Invariant($"<rect class=\"{style}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{Math.Max(0, width):0.##}\" height=\"{Math.Max(0, height):0.##}\"{faint}"))
            .Append(title);
    }

    /// <summary>A line.</summary>
    public void Line(string style, double x1, double y1, double x2, double y2) =>
        _svg.Append(Invariant($"<line class=\"{style}\" x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"/>"));

    /// <summary>A text.</summary>
    /// <param name="anchor">start, middle or end.</param>
    public void Text(string style, double x, double y, string text, string anchor = "start") =>
        _svg.Append(Invariant($"<text class=\"{style}\" x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\">")).Append(Safe(text)).Append("</text>");

    /// <summary>A text that reads upwards at a slant, from its end.</summary>
    public void Slanted(string style, double x, double y, string text) =>
        _svg.Append(Invariant($"<text class=\"{style}\" transform=\"translate({x:0.##} {y:0.##}) rotate(-40)\">")).Append(Safe(text)).Append("</text>");

    /// <summary>The picture.</summary>
    public override string ToString() => $"{_svg}</svg>";

    /// <summary>A text as it may stand in a page.</summary>
    public static string Safe(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A number as people read it: four digits, no more.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        string written = value == 0 ? "0"
            : size is >= 1e6 or < 1e-3 ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : size >= 1000 ? value.ToString("0", CultureInfo.InvariantCulture)
            : value.ToString("G4", CultureInfo.InvariantCulture);
        return written.Replace('-', '\u2212');
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
