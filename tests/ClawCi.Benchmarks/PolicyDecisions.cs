using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Permissions;

namespace ClawCi.Benchmarks;

/// <summary>Decisions under a policy of a hundred rules.</summary>
internal static class PolicyDecisions
{
    private const int Decisions = 20_000;

    public static bool Run()
    {
        var rules = Enumerable
            .Range(0, 78)
            .Select(i => $"  - {{ deny: bash, command: [tool{i}, [push, remote, send]] }}\n")
            .Append("  - { deny: bash, command: [git, [push, remote]] }\n  - { deny: bash, command: [rm, -rf] }\n")
            .Concat(
                Enumerable.Range(0, 17).Select(i => $"  - {{ allow: bash, command: [program{i}, [build, test]] }}\n")
            )
            .Append(
                "  - { allow: bash, command: [dotnet, [build, test]] }\n  - { allow: bash, command: [[tail, head]] }\n  - { deny: edit_file, paths: [\"gen/**\"] }\n"
            );
        var policy = PermissionPolicy.Alone(
            Policy.Read(
                SourceFile.From("policy.yaml", Encoding.UTF8.GetBytes("version: 1\nrules:\n" + string.Concat(rules)))
            ),
            "/workspace"
        );
        var typical = Median(policy, "cd src && dotnet test --no-build 2>&1 | tail -n 20");
        var small = Median(policy, "dotnet build");
        Console.WriteLine($"     a decision on one simple command under the same rules: {small:0.0} µs");
        return Bench.Report("decision on a typical line under 100 rules", typical, 20, "µs");
    }

    private static double Median(PermissionPolicy policy, string line)
    {
        var input = JsonElement.Parse(JsonSerializer.Serialize(new Dictionary<string, string> { ["command"] = line }));
        if (!policy.Decide("bash", input).Allowed)
            throw new InvalidOperationException("the line is denied");
        var times = new List<double>();
        for (var i = 0; i < Decisions * 2; i++)
        {
            var started = Stopwatch.GetTimestamp();
            policy.Decide("bash", input);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        // The first half warms up the compiler.
        return Bench.Median(times.Skip(Decisions));
    }
}
