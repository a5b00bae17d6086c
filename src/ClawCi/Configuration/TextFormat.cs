using System.Globalization;
using System.Text.RegularExpressions;
using ClawCi.Shared;

namespace ClawCi.Configuration;

/// <summary>Kinds of text that a file may be asked for.</summary>
internal enum TextFormat
{
    /// <summary>Anything but white space alone.</summary>
    NotEmpty,

    /// <summary>One line, at most 100 characters.</summary>
    Name,

    /// <summary>The name of a check or a rule, which becomes a file name too.</summary>
    Id,

    /// <summary><c>provider/name</c>.</summary>
    Model,

    /// <summary>A container image.</summary>
    Image,

    /// <summary>The name of an environment variable.</summary>
    Variable,

    /// <summary>An absolute path in the sandbox.</summary>
    SandboxPath,

    /// <summary><c>uid</c> or <c>uid:gid</c>, in numbers.</summary>
    User,

    /// <summary>A path pattern, relative to the workspace.</summary>
    Glob,

    /// <summary>A path relative to the workspace, inside it.</summary>
    WorkspacePath,

    /// <summary>A branch, a tag or a commit.</summary>
    Reference,

    /// <summary>The name of an MCP server.</summary>
    Server,

    /// <summary>The name of a task's input.</summary>
    Input,

    /// <summary>The name of an HTTP header.</summary>
    Header,

    /// <summary>Where an MCP server answers over HTTP.</summary>
    Url,

    /// <summary>A day, <c>2026-11-01</c>.</summary>
    Date,
}

/// <summary>The patterns behind <see cref="TextFormat"/>: ECMA 262 and .NET read them alike, so the schemas publish them.</summary>
internal static class TextFormats
{
    private static readonly Dictionary<TextFormat, (string Pattern, string Expected)> All = new()
    {
        [TextFormat.NotEmpty] = (@"[^ \t\r\n]", "some text"),
        [TextFormat.Name] = (@"^[^ \t\r\n]([^\r\n]{0,98}[^ \t\r\n])?$", "one line of at most 100 characters"),
        [TextFormat.Id] = (
            "^[a-z0-9][a-z0-9._-]{0,62}$",
            "an id: small letters, digits, `.`, `_` and `-`, at most 63, first a letter or digit"
        ),
        [TextFormat.Model] = (
            @"^[a-z]+(-[a-z]+)*/[^ \t\r\n][^\r\n]*$",
            "provider/name, such as `anthropic/claude-sonnet-4-5`"
        ),
        [TextFormat.Image] = (
            "^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,400}$",
            "an image, such as `debian:12` or `registry.example.com/team/image@sha256:…`"
        ),
        [TextFormat.Variable] = ("^[A-Za-z_][A-Za-z0-9_]*$", "the name of an environment variable"),
        [TextFormat.SandboxPath] = (
            @"^(/(?!\.\.?(/|$))[A-Za-z0-9._-]+)+$",
            "an absolute path in the sandbox, such as `/workspace`"
        ),
        [TextFormat.User] = ("^[0-9]{1,9}(:[0-9]{1,9})?$", "`uid` or `uid:gid` in numbers"),
        [TextFormat.Glob] = (@"^[^/\r\n]", "a path pattern relative to the workspace, such as `src/**`"),
        [TextFormat.WorkspacePath] = (
            @"^(?!/)(?!(.*/)?\.\.(/|$))[^\r\n]+$",
            "a path inside the workspace, relative to it"
        ),
        [TextFormat.Reference] = (
            @"^(?![-/.])(?!.*(\.\.|//|@\{|/\.|\.lock(/|$)))[^ \t\r\n~^:?*\[\\]*[^ \t\r\n~^:?*\[\\/.]$",
            "a branch, a tag or a commit, such as `main`"
        ),
        [TextFormat.Server] = (
            "^(?=.{1,32}$)[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$",
            "a server's name: letters and digits, with single `-` or `_` between them, at most 32"
        ),
        [TextFormat.Input] = (
            MatrixSetting.KeyPattern,
            "an input's name: letters, digits, `_` and `-`, at most 64, first no digit"
        ),
        [TextFormat.Header] = ("^[A-Za-z0-9-]{1,64}$", "the name of an HTTP header"),
        [TextFormat.Url] = (@"^https?://[^ \t\r\n@#]+$", "a URL such as `https://mcp.example.com/mcp`"),
        [TextFormat.Date] = ("^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "a day such as `2026-11-01`"),
    };

    /// <summary>As the schemas publish it.</summary>
    public static string Pattern(TextFormat format) => All[format].Pattern;

    /// <summary>In words, for messages.</summary>
    public static string Expected(TextFormat format) => All[format].Expected;

    // `$` also matches before a last line feed in .NET, not in ECMA 262.
    public static bool Accepts(TextFormat format, string text) =>
        Regex.IsMatch(
            text,
            All[format].Pattern.Replace("$", @"\z", StringComparison.Ordinal),
            RegexOptions.CultureInvariant
        );

    /// <summary>What is wrong with a text of the right shape; null when nothing is.</summary>
    public static string? Problem(TextFormat format, string text) =>
        format switch
        {
            TextFormat.Glob => Glob.TryParse(text, out _, out var problem) ? null : problem,
            TextFormat.Date => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out _)
                ? null
                : "there is no such day",
            _ => null,
        };
}
