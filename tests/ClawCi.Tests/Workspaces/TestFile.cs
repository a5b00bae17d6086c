using System.Text;
using ClawCi.ChangeSets;

namespace ClawCi.Tests.Workspaces;

/// <summary>A file of a tree in a test. Names and contents are Latin-1 strings: one character a byte.</summary>
internal sealed record TestFile(FileKind Kind, string Content)
{
    public static TestFile Text(string content) => new(FileKind.File, content);

    public static TestFile Link(string target) => new(FileKind.Symlink, target);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public override string ToString() => $"{Kind} {ChangePath.Display(Bytes(Content))}";
}
