using ClawCi.Configuration;

namespace ClawCi.Runs.Planning;

/// <summary>An MCP server as a file has it.</summary>
/// <param name="Directory">Where it runs when that is the host: the file's directory.</param>
/// <param name="Error">Makes a mistake of it one with its place.</param>
internal sealed record McpServerSource(
    string Name,
    McpServerSection Section,
    string Directory,
    string Source,
    Func<string, UserError> Error
)
{
    public static IEnumerable<McpServerSource> Of<T>(
        SourceDocument<T> document,
        IReadOnlyDictionary<string, McpServerSection>? servers
    ) =>
        (servers ?? new Dictionary<string, McpServerSection>()).Select(pair =>
        {
            var place = document.PlaceOf("mcp-servers", pair.Key);
            return new McpServerSource(
                pair.Key,
                pair.Value,
                // What lies beside a file of the base commit is the pull request's.
                document.File.IsFromBaseCommit
                    ? "/"
                    : Path.GetDirectoryName(Path.GetFullPath(document.File.Name))!,
                document.SourceOf("mcp-servers", pair.Key),
                message => new UserError(document.File.Name, place.Line, place.Column, message)
            );
        });
}
