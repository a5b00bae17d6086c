using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Tokens and cost, model by model.</summary>
internal static class SpendView
{
    private const int MostModels = 20;

    public static Html Of(TaskEnded end) =>
        $"""
            <div class="wide"><table class="rows sums"><thead><tr><th scope="col">model</th><th scope="col">input</th><th scope="col">cache written</th><th scope="col">cache read</th><th scope="col">output</th><th scope="col">cost</th></tr></thead>
            <tbody>{end.ModelUsage.OrderBy(model => model.Key, StringComparer.Ordinal).Take(MostModels).Select(model =>
                Row(model.Key, model.Value)
            )}</tbody></table></div>

            """;

    private static Html Row(string name, ModelUsage usage) =>
        $"""
            <tr><th scope="row"><code>{Shortened.Line(name, 120)}</code></th>{Cell("input", usage.InputTokens)}{Cell(
                "cache written",
                usage.CacheCreationInputTokens
            )}{Cell("cache read", usage.CacheReadInputTokens)}{Cell("output", usage.OutputTokens)}<td data-of="cost">{Amount.Cost(
                usage.CostUsd
            )}</td></tr>

            """;

    private static Html Cell(string of, long tokens) => $"""<td data-of="{of}">{Amount.Number(tokens)}</td>""";
}
