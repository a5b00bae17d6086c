using System.Text;
using System.Text.Json.Nodes;
using ClawCi.Publishing;
using ClawCi.Shared;
using Xunit;

namespace ClawCi.Tests.Publishing;

/// <summary>What is sent to GitHub, and what is read of its answers, compiled against the types of its published description.</summary>
public sealed class GitHubTypesTests
{
    private const string Reading = """
        import type { components, operations } from "@octokit/openapi-types";
        // Types that could not be found would be `any` and allow everything: this must be a mistake.
        // @ts-expect-error
        export const guard: operations["pulls/list"]["parameters"]["query"] = { nonsense: 1 };
        type Listed = components["schemas"]["pull-request-simple"];
        type Opened = components["schemas"]["pull-request"];
        export const read = (pull: Listed | Opened): [number, string, string, string, string | null, string, string, string, string] =>
          [pull.number, pull.html_url, pull.state, pull.created_at, pull.body, pull.head.ref, pull.head.sha, pull.head.repo.full_name, pull.base.ref];

        """;

    [Fact]
    public async Task Requests_and_answers_are_as_GitHub_describes_them()
    {
        await using var scene = await Scene.SetAsync();
        await using var platform = new GitHubStandIn(Path.Combine(scene.Root, "git"));
        scene.Platforms = [new(PlatformKind.GitHub, platform.Url, new Uri(platform.Url, "api/v3"), StandIn.Token)];
        scene.Plan = scene.Plan with { Repository = new(new Uri(platform.Url, "o/r.git")), MaxPerHour = 5 };
        await scene.TaskAsync("a", "echo a > src/a");
        await scene.PublishAsync();
        await scene.TaskAsync("a", "echo better > src/a", end => end with { Result = "Better." });
        await scene.PublishAsync();

        var code = new StringBuilder(Reading);
        foreach (var (index, (method, query, body)) in platform.Sent.Index())
        {
            var (type, value) = method switch
            {
                "GET" => ("""operations["pulls/list"]["parameters"]["query"]""", Query(query)),
                "POST" => (Body("pulls/create"), body!.ToJsonString()),
                _ => (Body("pulls/update"), body!.ToJsonString()),
            };
            code.Append($"export const sent{index}: {type} = {value};\n");
        }
        Assert.Equal(["GET", "PATCH", "POST"], platform.Sent.Select(sent => sent.Method).Distinct().Order());
        await File.WriteAllTextAsync(
            Path.Combine(scene.Root, "sent.ts"),
            code.ToString(),
            TestContext.Current.CancellationToken
        );
        await CompileAsync(scene);
    }

    private static string Body(string operation) =>
        $"""NonNullable<operations["{operation}"]["requestBody"]>["content"]["application/json"]""";

    private static string Query(IReadOnlyDictionary<string, string> query) =>
        new JsonObject(
            query.Select(pair =>
                KeyValuePair.Create(
                    pair.Key,
                    int.TryParse(pair.Value, out var number)
                        ? JsonValue.Create(number)
                        : (JsonNode?)JsonValue.Create(pair.Value)
                )
            )
        ).ToJsonString();

    private static async Task CompileAsync(Scene scene)
    {
        var packages = Path.GetFullPath(Path.Combine(Here(), "../../../artifacts/workflow-validators/node_modules"));
        Assert.True(Directory.Exists(packages), $"{packages} is not there: run eng/setup --tests");
        Directory.CreateSymbolicLink(Path.Combine(scene.Root, "node_modules"), packages);
        var end = await ProcessRunner.RunAsync(
            new ProcessRequest(
                "node",
                [
                    $"{packages}/typescript/bin/tsc",
                    "--noEmit",
                    "--strict",
                    "--skipLibCheck",
                    "--module",
                    "nodenext",
                    "sent.ts",
                ]
            )
            {
                WorkingDirectory = scene.Root,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            },
            TestContext.Current.CancellationToken
        );
        Assert.True(end.ExitCode == 0, end.OutputText);
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetDirectoryName(file)!;
}
