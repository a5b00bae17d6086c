using ClawCi.Configuration;

namespace ClawCi.Permissions;

/// <summary>Finds what is wrong with <c>hooks</c> beyond their shape, each mistake with its place.</summary>
internal static class HookReader
{
    public static void Check(SourceNode? node, SourceErrors errors)
    {
        foreach (var hook in (node as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
            Check(hook, errors);
    }

    /// <summary>Own names of the tools that a matcher is about; null is all.</summary>
    /// <param name="unknown">A name in it that is no tool's.</param>
    public static IReadOnlyList<string>? Tools(string? matcher, out string? unknown)
    {
        unknown = null;
        List<string> tools = [];
        foreach (var name in (matcher ?? "*").Split('|', ',').Select(name => name.Trim()))
        {
            if (name is "*" or ".*")
                return null;
            if (ToolNames.ForRule(name) is { Count: > 0 } own)
                tools.AddRange(own);
            else
                unknown ??= name;
        }
        return tools;
    }

    private static void Check(SourceMapping hook, SourceErrors errors)
    {
        if (hook["matcher"]?.Value is SourceScalar matcher)
        {
            Tools(matcher.Text, out var unknown);
            if (unknown is not null)
                errors.Add(
                    matcher.Place,
                    $"there is no tool {SourceNode.Quote(unknown)}{DidYouMean.Suffix(unknown, ToolNames.All)}"
                );
        }
        var inSandbox = hook["run-in"]?.Value is SourceScalar { Text: "sandbox" };
        if (inSandbox && hook["event"]?.Value is SourceScalar { Text: "session-end" } moment)
            errors.Add(moment.Place, "at `session-end` the sandbox is gone; such a hook runs on the host");
        if (hook["env"] is not { } env)
            return;
        if (inSandbox)
            errors.Add(
                env.Place,
                "`env` belongs to hooks of the host: what a command in the sandbox is given, the agent can read there"
            );
        foreach (var name in (env.Value as SourceSequence)?.Items.OfType<SourceScalar>() ?? [])
        {
            if (CredentialVariables.IsOurs(name.Text))
                errors.Add(
                    name.Place,
                    $"{SourceNode.Quote(name.Text)} is a credential or setting of claw-ci's own, which no hook gets. Give the hook a key of its own under another name."
                );
        }
    }
}
