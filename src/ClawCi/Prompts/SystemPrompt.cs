using System.Text;

namespace ClawCi.Prompts;

/// <summary>What the model is told before the task. The same inputs give the same bytes, so that the cache holds.</summary>
internal static class SystemPrompt
{
    private static readonly string Template = Read();

    /// <param name="workspace">Path of the workspace in the container.</param>
    /// <param name="checks">The commands that judge the result.</param>
    /// <param name="files">Context files of the workspace, in order.</param>
    /// <param name="protectedPaths">Globs of what the patch may not touch.</param>
    /// <param name="network">Hosts and bundles that the container reaches.</param>
    /// <param name="asksForAnswer">Whether the task asks for a structured answer.</param>
    public static string Build(
        string workspace,
        IReadOnlyList<string> checks,
        IReadOnlyList<ContextFile> files,
        IReadOnlyList<string> protectedPaths,
        IReadOnlyList<string> network,
        bool asksForAnswer
    )
    {
        var text = new StringBuilder(Template)
            .Replace("{network}", Network(network))
            .Replace("{workspace}", workspace)
            .Replace("{checks}", Describe(checks));
        if (protectedPaths.Count > 0)
        {
            text.Append("\n# Protected paths\nChanges to these paths are refused, so leave them as they are: ")
                .AppendJoin(", ", protectedPaths)
                .Append('\n');
        }
        if (asksForAnswer)
            text.Append(
                "\n# Answer\nThe task asks for a structured answer: hand it in with structured_output, whose input is the answer. "
                    + "Without one that fits the job has failed, whatever else you did.\n"
            );
        foreach (var file in files)
            text.Append($"\n# {file.Name}, from the workspace\n{file.Text.TrimEnd()}\n");
        return text.ToString();
    }

    private static string Describe(IReadOnlyList<string> checks) =>
        checks.Count == 0
            ? "it is reviewed"
            : $"these checks run on it in a fresh container: {string.Join("; ", checks.Select(check => $"`{check}`"))}";

    private static string Network(IReadOnlyList<string> hosts) =>
        hosts.Count == 0
            ? "without network"
            : $"that reaches, through the proxy in its environment, only: {string.Join(", ", hosts)}";

    private static string Read()
    {
        using var stream = typeof(SystemPrompt).Assembly.GetManifestResourceStream("system.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
