using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Patches;
using ClawCi.Configuration;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Runs.Continuing;

/// <summary>
/// Reads a <c>session.json</c> and the patch that belongs to it. A program wrote the file, and much in it are a model's words: it is
/// read strictly, and what it says is data for the model and the sandbox, never a setting.
/// </summary>
internal static partial class SessionReader
{
    private const int MaxPatchBytes = 64 << 20;
    private const int MaxDepth = 64;

    private static readonly JsonTypeInfo<SessionFile> Type =
        (JsonTypeInfo<SessionFile>)
            new JsonSerializerOptions(SessionJson.Indented.Options)
            {
                TypeInfoResolver = SessionJson.Indented.WithAddedModifier(RequireWhatHasNoNull),
                UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
                RespectNullableAnnotations = true,
                AllowDuplicateProperties = false,
                MaxDepth = MaxDepth,
            }.GetTypeInfo(typeof(SessionFile));

    /// <exception cref="UserErrorException">It is no session, or its patch cannot be had.</exception>
    public static EarlierSession Read(string path) => Read(SourceFile.Read(path, SessionFile.MaxBytes));

    /// <inheritdoc cref="Read(string)"/>
    public static EarlierSession Read(SourceFile source)
    {
        var session = Parse(source);
        var patch = PatchOf(session, source.Name);
        try
        {
            return new(
                source.Name,
                source.Sha256,
                session,
                patch,
                [.. PatchReader.Read(patch).Select(file => file.DisplayPath)]
            );
        }
        catch (ChangeSetException e)
        {
            throw new UserErrorException(source.Name, $"its patch is none of claw-ci's: {e.Message}");
        }
    }

    /// <summary>Whether a file says of itself, before anything else, that it is a session.</summary>
    public static bool IsSession(SourceFile source) => Beginning().IsMatch(source.Text);

    private static SessionFile Parse(SourceFile source)
    {
        try
        {
            var session = JsonSerializer.Deserialize(source.Text, Type)!;
            var wrong =
                session.Schema != SessionFile.CurrentSchema
                    ? $"`schema` is {SourceNode.Quote(session.Schema)}; this version reads {SessionFile.CurrentSchema}"
                : session.Messages.SelectMany(message => message.Content).FirstOrDefault(IsForeign) is { } block
                    ? $"`messages` hold a {block.GetType().Name}; a session has texts, tool uses and tool results"
                : null;
            wrong ??= new (string Field, string? Word)[]
            {
                ("run_id", session.RunId),
                ("task_id", session.TaskId),
                ("outcome", session.Outcome),
                ("reason", session.Reason),
                ("base_commit", session.BaseCommit),
            }
                .Where(field => field.Word is not null && !Word().IsMatch(field.Word))
                .Select(field => $"`{field.Field}` must be one word, not {SourceNode.Quote(field.Word!)}")
                .FirstOrDefault();
            return wrong is null ? session : throw new UserErrorException(source.Name, wrong);
        }
        catch (JsonException e)
        {
            throw new UserErrorException([new(source.Name, (int?)e.LineNumber + 1, Column(source.Text, e), Words(e))]);
        }
    }

    /// <summary>A null is left out when it is written, and nothing else is.</summary>
    private static void RequireWhatHasNoNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            property.IsRequired = property.AssociatedParameter is not null && !property.IsGetNullable;
    }

    private static bool IsForeign(ContentBlock block) =>
        block
            is not (
                TextBlock
                or ToolUseBlock { Input.ValueKind: JsonValueKind.Object }
                or ToolResultBlock { Media: [] }
            );

    private static byte[] PatchOf(SessionFile session, string name)
    {
        if (session.Patch is not { } patch)
            return session.FilesChanged.Count == 0
                ? []
                : throw new UserErrorException(
                    name,
                    $"the patch of run {session.RunId} was withheld, because a gate objected ({session.Reason}): there is nothing to go on with. Begin anew "
                        + "without --session."
                );
        var bytes = patch.Text is { } text ? Encoding.UTF8.GetBytes(text) : Beside(patch, name);
        if (bytes.Length == patch.Bytes && Convert.ToHexStringLower(SHA256.HashData(bytes)) == patch.Sha256)
            return bytes;
        throw new UserErrorException(
            name,
            patch.Text is null
                ? $"{TaskDirectory.PatchName} beside it is another one: {bytes.Length} bytes, and not those that the session names by `patch.sha256`"
                : "`patch.text` is not what `patch.sha256` says: the file was edited"
        );
    }

    /// <summary>The name in the session is no path to follow: the file has one name and is in one place.</summary>
    private static byte[] Beside(SessionPatch patch, string name)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(name))!, TaskDirectory.PatchName);
        if (patch.Bytes is < 0 or > MaxPatchBytes)
            throw new UserErrorException(name, $"its patch has {patch.Bytes} bytes, and {MaxPatchBytes} may be");
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Math.Min(file.Length, MaxPatchBytes)];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                name,
                $"its patch is too long to be in it, and {path} cannot be read: {e.Message} Copy {TaskDirectory.PatchName} of that run beside it."
            );
        }
    }

    /// <summary>What is said to the model in the runner's own name.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex Word();

    [GeneratedRegex("""^\s*\{\s*"schema"\s*:\s*"claw-ci\.session/""")]
    private static partial Regex Beginning();

    /// <summary>In characters, of the line that the parser counts in bytes.</summary>
    private static int? Column(string text, JsonException e)
    {
        if (e is not { LineNumber: { } line, BytePositionInLine: { } position })
            return null;
        var bytes = Encoding.UTF8.GetBytes(text.Split('\n').ElementAtOrDefault((int)line) ?? "");
        return Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)Math.Min(position, bytes.Length))) + 1;
    }

    /// <summary>Without the parser's own place and with the field's.</summary>
    private static string Words(JsonException e)
    {
        var end = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = end < 0 ? e.Message : e.Message[..end];
        const string Lacks = "missing required properties including: ";
        // The parser speaks of types of this program.
        if (text.Contains("could not be mapped", StringComparison.Ordinal))
            text = "a session has no such field";
        else if (text.Contains("null", StringComparison.Ordinal))
            text = "it may not be null";
        else if (text.Contains("could not be converted", StringComparison.Ordinal))
            text = "the value is of another type than a session's";
        else if (text.IndexOf(Lacks, StringComparison.Ordinal) is >= 0 and var at)
            text = $"it lacks {text[(at + Lacks.Length)..]}";
        return e.Path is { Length: > 2 } path ? $"`{path[2..]}`: {text}" : text;
    }
}
