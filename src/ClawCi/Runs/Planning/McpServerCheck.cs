using ClawCi.Configuration;
using ClawCi.Permissions;

namespace ClawCi.Runs.Planning;

/// <summary>What is wrong with the <c>mcp-servers</c> of a file beyond their shape, each mistake with its place.</summary>
internal static class McpServerCheck
{
    public static void Check(SourceNode? node, SourceErrors errors)
    {
        if (node is not SourceMapping servers)
            return;
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (var server in servers.Entries)
        {
            if (!names.Add(server.Key))
                errors.Add(server.Place, $"another server is called {SourceNode.Quote(server.Key)}, but for its case");
            if (server.Value is not SourceMapping section)
                continue;
            if (section["command"]?.Value is SourceSequence { Items.Count: 0 } nothing)
                errors.Add(nothing.Place, "`command` is empty");
            NetworkReader.Check(section["network"]?.Value, mayBePrivate: false, errors);
            foreach (var header in (section["headers"]?.Value as SourceMapping)?.Entries ?? [])
            {
                if (header.Value is SourceScalar value && value.Text.Any(char.IsControl))
                    errors.Add(value.Place, $"the header {SourceNode.Quote(header.Key)} must be one line");
                if (header.Key.Equals("authorization", StringComparison.OrdinalIgnoreCase))
                    errors.Add(header.Place, "a credential does not belong into a file. Name a secret as `bearer`");
            }
        }
    }
}
