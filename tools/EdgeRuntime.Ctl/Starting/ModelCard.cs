using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>The model card of a package that 'edgectl new' makes: what is known of the model, and what was only guessed.</summary>
internal static class ModelCard
{
    /// <summary>The text, as Markdown.</summary>
    public static string Of(Draft draft, ModelContract contract, Guesses guesses, NewOptions options)
    {
        ModelManifest manifest = draft.Manifest;
        StringBuilder card = new();
        card.Append(CultureInfo.InvariantCulture, $"# {manifest.Name} {manifest.Version}\n\n");
        card.Append(CultureInfo.InvariantCulture, $"Made by `edgectl new` of `{Path.GetFileName(options.Model)}`. Who uses it should replace this card by one that says\n");
        card.Append("what the model is for, on whose data it was trained, and where it must not be used.\n\n");

        card.Append("## What it takes\n\n");
        if (manifest.Pipeline.Image is { } image)
        {
            card.Append(CultureInfo.InvariantCulture, $"Pictures, brought to {image.Width}x{image.Height}, {image.Colour ?? "rgb"}, {image.Layout ?? "nchw"}.\n\n");
        }
        else
        {
            card.Append("| channel | unit | center | scale |\n|---|---|---|---|\n");
            foreach (FeatureSpec feature in manifest.Pipeline.Features)
            {
                string unit = manifest.Channels.First(channel => channel.Name == feature.Channel).Unit;
                card.Append(CultureInfo.InvariantCulture, $"| {feature.Name} | {unit} | {feature.Center:G6} | {feature.Scale:G6} |\n");
            }

            card.Append('\n');
        }

        card.Append("## What it gives\n\n");
        card.Append(CultureInfo.InvariantCulture, $"{manifest.Output.Kind}, from the output {ModelContract.Spell(contract.Answer)}");
        card.Append(manifest.Output.Labels.Count > 0 ? $": {string.Join(", ", manifest.Output.Labels)}.\n\n" : ".\n\n");

        card.Append("## What is known of it\n\n");
        card.Append(CultureInfo.InvariantCulture, $"- Data: {Path.GetFileName(draft.Data.Split(':')[0])}, {draft.Run.Answers.Count} samples.\n");
        AppendFigures(card, draft);
        card.Append(CultureInfo.InvariantCulture, $"- Time of one answer on the machine that made this: {draft.Run.MedianMs:0.###} ms in the median, {draft.Run.P99Ms:0.###} ms at the 99th percentile.\n");
        if (draft.Quantization is { } quantization)
        {
            card.Append(CultureInfo.InvariantCulture, $"- {quantization}\n");
        }

        card.Append("\n## What was guessed\n\n");
        foreach (Guess guess in guesses.All)
        {
            card.Append(CultureInfo.InvariantCulture, $"- {guess}.\n");
        }

        return card.ToString();
    }

    private static void AppendFigures(StringBuilder card, Draft draft)
    {
        if (draft.Score is not double score)
        {
            card.Append("- How often it is right is not known: the data bring no truth.\n");
            return;
        }

        if (draft.Meaning.Classes.Count == 0)
        {
            card.Append(CultureInfo.InvariantCulture, $"- Share of the truth's variance that it explains: {score:0.0000}.\n");
            return;
        }

        card.Append(CultureInfo.InvariantCulture, $"- Right answers: {score:0.0%}. If these are data it was trained on, it will be less elsewhere.\n\n");
        IReadOnlyList<string> classes = draft.Meaning.Classes;
        if (classes.Count > 20)
        {
            return;
        }

        card.Append("| truth \\ answer | ").AppendJoin(" | ", classes).Append(" |\n|---|").Append(string.Concat(Enumerable.Repeat("---|", classes.Count))).Append('\n');
        foreach (string truth in classes)
        {
            SampleAnswer[] rows = [.. draft.Run.Answers.Where(answer => draft.TruthNameOf(answer.Row) == truth)];
            int[] counts = [.. classes.Select((_, said) => rows.Count(answer => draft.Meaning.ClassOf(answer) == said))];
            card.Append(CultureInfo.InvariantCulture, $"| {truth} | ").AppendJoin(" | ", counts).Append(" |\n");
        }

        card.Append('\n');
    }
}
