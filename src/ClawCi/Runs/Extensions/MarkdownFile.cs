using ClawCi.Configuration;

namespace ClawCi.Runs.Extensions;

/// <summary>A Markdown file with front matter: YAML between two lines of <c>---</c>, as other harnesses have it too.</summary>
/// <param name="Front">Null when there is none.</param>
/// <param name="Body">What follows the front matter.</param>
/// <param name="BodyLine">The line it begins on, from 1.</param>
internal sealed record MarkdownFile(SourceFile File, SourceMapping? Front, string Body, int BodyLine)
{
    private const string Fence = "---";

    /// <exception cref="UserErrorException">The front matter does not end, or is no mapping.</exception>
    public static MarkdownFile Read(SourceFile file)
    {
        var lines = file.Text.ReplaceLineEndings("\n").Split('\n');
        if (lines[0].TrimEnd() != Fence)
            return new(file, null, file.Text, 1);
        var end = Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence);
        if (end < 0)
            throw new UserErrorException([new(file.Name, 1, 1, "the front matter is not closed by a line of `---`")]);
        var body = string.Join('\n', lines[(end + 1)..]);
        // An empty line in place of the first keeps every place what it is in the file.
        var yaml = "\n" + string.Join('\n', lines[1..end]);
        if (yaml.Trim().Length == 0)
            return new(file, null, body, end + 2);
        var errors = new SourceErrors(file.Name);
        var root = SourceTree.Read(file with { Text = yaml }, errors);
        if (root is not (null or SourceMapping))
            errors.Add(root.Place, $"the front matter must be keys and values, not {root.Describe()}");
        errors.ThrowIfAny();
        return new(file, (SourceMapping?)root, body, end + 2);
    }

    /// <summary>A key's text, which may look like a number or boolean; null when it is not there.</summary>
    public string? Text(string key, SourceErrors errors)
    {
        if (Front?[key] is not { } entry)
            return null;
        if (entry.Value is SourceScalar { Kind: not ScalarKind.Null } scalar && scalar.Text.Trim().Length > 0)
            return scalar.Text.Trim();
        errors.Add(entry.Place, $"{SourceNode.Quote(key)} must be some text, not {entry.Value.Describe()}");
        return null;
    }

    /// <summary>A key's list, or its text taken apart at the commas outside of parentheses; null when it is not there.</summary>
    public IReadOnlyList<SourceScalar>? List(string key, SourceErrors errors)
    {
        if (Front?[key] is not { } entry)
            return null;
        switch (entry.Value)
        {
            case SourceSequence list when list.Items.All(item => item is SourceScalar):
                return [.. list.Items.Cast<SourceScalar>()];
            case SourceScalar scalar:
                return [.. Apart(scalar.Text).Select(text => scalar with { Text = text })];
            default:
                errors.Add(
                    entry.Place,
                    $"{SourceNode.Quote(key)} must be a list of texts, not {entry.Value.Describe()}"
                );
                return null;
        }
    }

    private static IEnumerable<string> Apart(string text)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ',';
            depth += c switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (i < text.Length && (c != ',' || depth > 0))
                continue;
            if (text[start..i].Trim() is { Length: > 0 } item)
                yield return item;
            start = i + 1;
        }
    }
}
