using System.Text.RegularExpressions;
using ClawCi.Configuration;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Settings;

/// <summary>
/// The <c>.mcp.json</c> of the workspace, which other harnesses start servers from. With <c>--trust-workspace</c> its servers are
/// those of every task, in the sandbox and optional: nobody asked for them by name.
/// </summary>
internal sealed partial class WorkspaceMcpFile
{
    private const string Name = ".mcp.json";

    private static readonly string[] Known = ["type", "command", "args", "env", "url", "headers"];

    private readonly List<string> _warnings = [];
    private readonly List<McpServerSource> _servers = [];
    private readonly string _workspace;
    private readonly SourceErrors _errors = new(Name);

    private WorkspaceMcpFile(string workspace) => _workspace = workspace;

    public IReadOnlyList<McpServerSource> Servers => _servers;

    /// <summary>What of the file does not count, for people.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <param name="trusted">Whether it counts; else it is only said that it does not.</param>
    /// <exception cref="UserErrorException">It counts, and it is wrong.</exception>
    public static WorkspaceMcpFile Read(string workspace, bool trusted)
    {
        var read = new WorkspaceMcpFile(Path.GetFullPath(workspace));
        try
        {
            var file = WorkspaceFile.Find(workspace, Name);
            if (file is not null && trusted)
                read.ReadServers(file);
            else if (file is not null)
                read.Ignored();
        }
        catch (Exception e) when (!trusted && e is IOException or UserErrorException)
        {
            read.Ignored();
        }
        catch (IOException e)
        {
            throw new UserErrorException(Name, $"the file cannot be read: {e.Message}");
        }
        return read;
    }

    private void Ignored() =>
        _warnings.Add(
            $"{Name} is ignored: the workspace may forbid and may not decide. --trust-workspace lets its MCP servers be used; better name those that the task is to have as `mcp-servers`."
        );

    private void ReadServers(SourceFile file)
    {
        var root = SourceTree.Read(file, _errors);
        if ((root as SourceMapping)?["mcpServers"]?.Value is SourceMapping servers)
        {
            foreach (var server in servers.Entries)
                Read(server);
        }
        else if (!_errors.Any)
        {
            _errors.Add(root?.Place ?? new(1, 1), "a mapping with the key `mcpServers` is expected");
        }
        _errors.ThrowIfAny();
    }

    private void Read(SourceEntry server)
    {
        if (!TextFormats.Accepts(TextFormat.Server, server.Key))
            _errors.Add(
                server.Place,
                $"{SourceNode.Quote(server.Key)} is not {TextFormats.Expected(TextFormat.Server)}"
            );
        if (server.Value is not SourceMapping given)
        {
            _errors.Add(server.Value.Place, $"a mapping is expected, not {server.Value.Describe()}");
            return;
        }
        if (given["type"]?.Value is SourceScalar { Text: not ("stdio" or "http" or "streamable-http") } type)
            _errors.Add(
                type.Place,
                $"the transport {SourceNode.Quote(type.Text)} is not supported; stdio and http are"
            );
        if (given["command"] is null == given["url"] is null)
            _errors.Add(server.Place, "one of `command` and `url` is needed");
        foreach (var key in given.Entries.Where(entry => !Known.Contains(entry.Key)))
            _warnings.Add(
                $"{Name}:{key.Place.Line}: `{SourceNode.Shorten(key.Key)}` of the server {server.Key} is not known here, and is ignored."
            );
        if (given["url"]?.Value is SourceScalar url && !TextFormats.Accepts(TextFormat.Url, url.Text))
            _errors.Add(url.Place, $"{SourceNode.Quote(url.Text)} is not {TextFormats.Expected(TextFormat.Url)}");
        List<string> secrets = [];
        var env = Map(given["env"], (key, text) => text == $"${{{key}}}" && Take(secrets, key));
        string? bearer = null;
        var headers = Map(
            given["headers"],
            (key, text) =>
                key.Equals("authorization", StringComparison.OrdinalIgnoreCase)
                && Bearer().Match(text) is { Success: true } match
                && (bearer = match.Groups[1].Value) is not null
        );
        foreach (var (header, value) in headers ?? [])
        {
            if (header.Equals("authorization", StringComparison.OrdinalIgnoreCase))
                _errors.Add(
                    given["headers"]!.Place,
                    "a credential does not belong into a file: `Bearer ${NAME}` takes the secret NAME"
                );
            if (!TextFormats.Accepts(TextFormat.Header, header) || value.Contains('\n', StringComparison.Ordinal))
                _errors.Add(given["headers"]!.Place, $"{SourceNode.Quote(header)} is no header of one line");
        }
        var program = given["command"] is { } named ? Text(named.Value) : null;
        IEnumerable<string> arguments = given["args"]?.Value switch
        {
            null => [],
            SourceSequence list => list.Items.Select(Text).OfType<string>(),
            var other => [Text(other)!],
        };
        var address = given["url"] is { } at ? Text(at.Value) : null;
        _servers.Add(
            new McpServerSource(
                server.Key,
                new McpServerSection
                {
                    Command = program is null ? null : [program, .. arguments],
                    Url = address,
                    Env = env,
                    Headers = headers,
                    Secrets = secrets.Count == 0 ? null : secrets,
                    Bearer = bearer,
                    Required = false,
                },
                _workspace,
                $"{Name}:{server.Place.Line}",
                message => new UserError(Name, server.Place.Line, server.Place.Column, message)
            )
        );
    }

    private static bool Take(List<string> secrets, string name)
    {
        secrets.Add(name);
        return true;
    }

    /// <param name="isSecret">Whether a value stands for a secret: then it is none of the map's.</param>
    private Dictionary<string, string>? Map(SourceEntry? entry, Func<string, string, bool> isSecret)
    {
        if (entry is null)
            return null;
        if (entry.Value is not SourceMapping map)
        {
            _errors.Add(entry.Value.Place, $"a mapping is expected, not {entry.Value.Describe()}");
            return null;
        }
        Dictionary<string, string> values = [];
        foreach (var (key, _, value) in map.Entries)
        {
            if (value is SourceScalar scalar && isSecret(key, scalar.Text))
                continue;
            if (Text(value) is { } text)
                values[key] = text;
        }
        return values;
    }

    /// <returns>Null when it is none, or is to be filled in.</returns>
    private string? Text(SourceNode node)
    {
        if (node is not SourceScalar { Kind: not ScalarKind.Null } scalar)
            _errors.Add(node.Place, $"a text is expected, not {node.Describe()}");
        else if (scalar.Text.AsSpan().ContainsAny('\0', '\r'))
            _errors.Add(scalar.Place, "a text with control characters");
        else if (scalar.Text.Contains("${", StringComparison.Ordinal))
            _errors.Add(
                scalar.Place,
                $"{SourceNode.Quote(scalar.Text)}: nothing of this machine's environment is filled in here. A secret NAME that `--secret NAME` gives is had by `\"NAME\": \"${{NAME}}\"` "
                    + "in `env` and by the header `\"Authorization\": \"Bearer ${NAME}\"`; for all else name the server as `mcp-servers`"
            );
        else
            return scalar.Text;
        return null;
    }

    [GeneratedRegex(@"^Bearer \$\{([A-Za-z_][A-Za-z0-9_]*)\}\z")]
    private static partial Regex Bearer();
}
