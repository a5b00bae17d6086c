using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Hooks;
using ClawCi.Permissions;

namespace ClawCi.Runs.Planning;

/// <summary>Collects the hooks of the files that may have some, in their order.</summary>
internal static class HookPlanner
{
    /// <exception cref="UserErrorException">A matcher names no tool.</exception>
    public static IReadOnlyList<Hook> Of<T>(SourceDocument<T> document, IReadOnlyList<HookSection>? sections) =>
        [.. (sections ?? []).Select((section, i) => Of(document, section, i))];

    /// <summary>For the plan: every hook with what it runs.</summary>
    public static void Note(IReadOnlyList<Hook> hooks, Origins origins)
    {
        for (var i = 0; i < hooks.Count; i++)
        {
            var hook = hooks[i];
            var moment = JsonNamingPolicy.KebabCaseLower.ConvertName(hook.Event.ToString());
            var tools = hook.Tools is null ? "" : $" {string.Join('|', hook.Tools)}";
            origins.Add($"hooks.{i + 1}", $"{moment}{tools}: {hook.Run.Trim().ReplaceLineEndings("; ")}", hook.Source);
        }
    }

    private static Hook Of<T>(SourceDocument<T> document, HookSection section, int index)
    {
        List<string>? tools = null;
        foreach (var name in (section.Matcher ?? "*").Split('|', ',').Select(name => name.Trim()))
        {
            if (name is "*" or ".*")
                return Make(document, section, index, null);
            if (ToolNames.ForRule(name) is not { Count: > 0 } own)
            {
                var place = document.PlaceOf("hooks", index, "matcher");
                throw new UserErrorException([
                    new(
                        document.File.Name,
                        place.Line,
                        place.Column,
                        $"there is no tool {SourceNode.Quote(name)}{DidYouMean.Suffix(name, ToolNames.All)}"
                    ),
                ]);
            }
            (tools ??= []).AddRange(own);
        }
        return Make(document, section, index, tools);
    }

    private static Hook Make<T>(
        SourceDocument<T> document,
        HookSection section,
        int index,
        IReadOnlyList<string>? tools
    ) =>
        new(
            section.Event,
            section.Event is HookEvent.PreToolUse or HookEvent.PostToolUse ? tools : null,
            section.Run,
            // What lies beside a file of the base commit is the pull request's.
            document.File.IsFromBaseCommit
                ? "/"
                : Path.GetDirectoryName(Path.GetFullPath(document.File.Name))!,
            section.Timeout?.Value ?? TimeSpan.FromMinutes(1),
            document.SourceOf("hooks", index)
        );
}
