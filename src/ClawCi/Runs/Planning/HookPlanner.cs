using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Hooks;
using ClawCi.Permissions;

namespace ClawCi.Runs.Planning;

/// <summary>Collects the hooks of the files that may have some, in their order.</summary>
internal static class HookPlanner
{
    public static IReadOnlyList<Hook> Of<T>(SourceDocument<T> document, IReadOnlyList<HookSection>? sections) =>
        [.. (sections ?? []).Select((section, i) => Of(document, section, i))];

    /// <summary>For the plan: every hook with what it runs.</summary>
    public static void Note(IReadOnlyList<Hook> hooks, Origins origins)
    {
        for (var i = 0; i < hooks.Count; i++)
        {
            var hook = hooks[i];
            var where = hook.Place == HookPlace.Sandbox ? " in the sandbox" : "";
            var given = hook.Variables.Count == 0 ? "" : $" with {string.Join(", ", hook.Variables)}";
            origins.Add(
                $"hooks.{i + 1}",
                $"{Words(hook)}{where}{given}: {hook.Run.Trim().ReplaceLineEndings("; ")}",
                hook.Source
            );
        }
    }

    /// <summary>When it runs: <c>pre-tool-use bash</c>.</summary>
    public static string Words(Hook hook) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(hook.Event.ToString())
        + (hook.Tools is null ? "" : $" {string.Join('|', hook.Tools)}");

    private static Hook Of<T>(SourceDocument<T> document, HookSection section, int index) =>
        new(
            section.Event,
            section.Event is HookEvent.PreToolUse or HookEvent.PostToolUse
                ? HookReader.Tools(section.Matcher, out _)
                : null,
            section.Run,
            // What lies beside a file of the base commit is the pull request's.
            document.File.IsFromBaseCommit
                ? "/"
                : Path.GetDirectoryName(Path.GetFullPath(document.File.Name))!,
            section.Timeout?.Value ?? TimeSpan.FromMinutes(1),
            document.SourceOf("hooks", index)
        )
        {
            Place = section.RunIn ?? HookPlace.Host,
            Variables = section.Env ?? [],
        };
}
