namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Which hosts the containers asked for, and which of them the rules refused.</summary>
internal static class NetworkView
{
    public static Html Of(TaskRecord task, int most)
    {
        var rows = task
            .Digest.Network.OrderBy(use => use.IsDenied ? 0 : 1)
            .ThenBy(use => use.Host, StringComparer.Ordinal)
            .Select(Row);
        return $"""
            <div class="wide"><table class="rows"><thead><tr><th scope="col">host</th><th scope="col">decision</th><th scope="col">by</th><th scope="col">connections</th><th scope="col">traffic</th></tr></thead>
            <tbody>{Fitting.Of(rows, most, LeftOut, task.Digest.NetworkDropped)}</tbody></table></div>
            <p class="meta">Hosts are allowed in the task's <code>sandbox.network.allow</code>, as far as the policy lets it.</p>

            """;

        Html LeftOut(int count) =>
            $"""<tr><td colspan="5">{Amount.Count(count, "more connection")}: see <code>{task.TranscriptPath}</code></td></tr>""";
    }

    private static Html Row(NetworkUse use) =>
        $"""
            <tr><th scope="row"><code>{Shortened.Line(use.Address, 200)}</code></th><td><span class="tag {(
                use.IsDenied ? "bad" : "good"
            )}">{(use.IsDenied ? "✗ denied" : "✓ allowed")}</span></td><td data-of="by"><code>{Shortened.Line(
                use.Rule,
                100
            )}</code>, {Shortened.Line(use.Purpose, 40)}{Reason(use)}</td><td data-of="connections">{use.Count}</td><td data-of="traffic">{Amount.Bytes(
                use.BytesUp
            )} up, {Amount.Bytes(use.BytesDown)} down</td></tr>

            """;

    private static Html Reason(NetworkUse use) =>
        use.Reason is { Length: > 0 } reason ? $"<br>{Shortened.Line(reason, 300)}" : Html.Empty;
}
