using ClawCi.Benchmarks;

// Each prints its figure, what it is compared with in the same run, and the bound that the project promises.
string[] chosen =
    args.Length > 0
        ? args
        :
        [
            "run",
            "start",
            "call",
            "many",
            "batch",
            "mcp",
            "workspace",
            "overview",
            "egress",
            "sse",
            "turns",
            "policy",
            "transcript",
            "reports",
            "telemetry",
        ];
await using var bench = await Bench.CreateAsync();
var kept = true;
foreach (var name in chosen)
{
    kept &= name switch
    {
        "run" => await FiftyTurns.RunAsync(bench),
        "start" => await FirstRequest.RunAsync(bench),
        "call" => await ToolCalls.RunAsync(bench),
        "many" => await ManySandboxes.RunAsync(bench),
        "batch" => await Batches.RunAsync(bench),
        "mcp" => await McpStarts.RunAsync(bench),
        "workspace" => await LargeWorkspace.RunAsync(bench),
        "overview" => Overviews.Run(bench),
        "egress" => await Egress.RunAsync(bench),
        "sse" => await EventStreams.RunAsync(),
        "turns" => await LongConversations.RunAsync(),
        "policy" => PolicyDecisions.Run(),
        "transcript" => await Transcripts.RunAsync(bench),
        "reports" => await Reports.RunAsync(bench),
        "telemetry" => await TelemetryCost.RunAsync(bench),
        _ => throw new ArgumentException(
            $"no benchmark is named {name}: run, start, call, many, batch, mcp, workspace, overview, egress, sse, turns, policy, transcript, reports, telemetry"
        ),
    };
}
return kept ? 0 : 1;
