using System.Text;

namespace ClawCi.Configuration;

/// <summary>A Markdown file that begins with YAML between two lines of <c>---</c>, and its text after them.</summary>
internal sealed record FrontMatter(SourceMapping Keys, string Text)
{
    private const string Fence = "---";

    /// <exception cref="UserErrorException">It has none, or none that can be read.</exception>
    public static FrontMatter Read(SourceFile file)
    {
        var lines = file.Text.ReplaceLineEndings("\n").Split('\n');
        var end = Array.IndexOf(lines, Fence, 1);
        if (lines[0].TrimEnd() != Fence || end < 0)
            throw new UserErrorException([new(file.Name, 1, 1, "does not begin with keys between two lines of `---`")]);
        var errors = new SourceErrors(file.Name);
        // Behind an empty line, so that places are those of the file.
        var yaml = Encoding.UTF8.GetBytes("\n" + string.Join('\n', lines[1..end]) + "\n");
        var root = SourceTree.Read(SourceFile.From(file.Name, yaml), errors);
        errors.ThrowIfAny();
        return root is SourceMapping keys
            ? new(keys, string.Join('\n', lines[(end + 1)..]).Trim())
            : throw new UserErrorException([new(file.Name, 1, 1, "holds no keys between its lines of `---`")]);
    }

    /// <summary>The value of a key that is one text; null when it is not there, or is something else.</summary>
    public string? this[string key] =>
        Keys[key]?.Value is SourceScalar { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    /// <summary>The words of a key: a list, or a text with commas. Null when it is not there.</summary>
    public IReadOnlyList<string>? Words(string key) =>
        Keys[key]?.Value switch
        {
            SourceSequence list => [.. list.Items.OfType<SourceScalar>().Select(item => item.Text.Trim())],
            SourceScalar { Kind: not ScalarKind.Null } text => text.Text.Split(
                ',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            ),
            _ => null,
        };
}
