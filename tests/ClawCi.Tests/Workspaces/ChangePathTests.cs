using System.Text;
using ClawCi.ChangeSets;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class ChangePathTests
{
    [Theory]
    [InlineData("src/A b.cs", "src/A b.cs")]
    [InlineData("a\nb", @"a\x0ab")]
    [InlineData(@"a\x0ab", @"a\\x0ab")]
    [InlineData("\u001b[31m", @"\x1b[31m")]
    [InlineData("naïve/日本", "naïve/日本")]
    [InlineData("abc\u202etxt", @"abc\xe2\x80\xaetxt")]
    public void A_path_shows_on_one_line(string path, string shown) =>
        Assert.Equal(shown, ChangePath.Display(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void The_shown_form_loses_nothing() =>
        Gen.Byte.Array[1, 12].Sample(path => Assert.Equal(path, Undo(ChangePath.Display(path))));

    [Fact]
    public void The_order_is_that_of_a_depth_first_walk()
    {
        var paths = new[] { "a", "a/x", "a/y/z", "a-b", "a.b", "b" };
        var sorted = paths.Reverse().Select(Encoding.UTF8.GetBytes).ToList();
        sorted.Sort((a, b) => ChangePath.Compare(a, b));
        Assert.Equal(paths, sorted.Select(Encoding.UTF8.GetString));
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".GiT")]
    [InlineData("git~1")]
    [InlineData("GIT~1")]
    [InlineData(".git . .")]
    [InlineData(".git:x")]
    [InlineData("git~1::$INDEX_ALLOCATION")]
    [InlineData(".g\u200dit")]
    [InlineData("\ufeff.git")]
    [InlineData("x\\.git")]
    public void Spellings_of_git_are_known(string name) =>
        Assert.True(GitNames.IsGitDirectory(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void A_name_that_goes_on_with_malformed_text_is_read_as_git_does() =>
        Assert.True(GitNames.IsGitDirectory([.. ".git"u8, 0xff, (byte)'x']));

    [Theory]
    [InlineData(".gitignore")]
    [InlineData(".github")]
    [InlineData("git")]
    [InlineData("git~2")]
    [InlineData(".gitx")]
    [InlineData("a.git")]
    public void Other_names_are_not_git(string name) =>
        Assert.False(GitNames.IsGitDirectory(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData(".gitmodules", true)]
    [InlineData(".GITMODULES .", true)]
    [InlineData("gitmod~4", true)]
    [InlineData("gi7eba~1", true)]
    [InlineData("gi7eb~10", true)]
    [InlineData("gitmod~5", false)]
    [InlineData("gi7ebb~1", false)]
    [InlineData("modules", false)]
    [InlineData("a/.gitmodules/b", true)]
    public void Spellings_of_gitmodules_are_known(string name, bool expected) =>
        Assert.Equal(expected, GitNames.ForbidsSymlink(Encoding.UTF8.GetBytes(name)));

    private static byte[] Undo(string shown)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < shown.Length; i++)
        {
            if (shown[i] == '\\' && shown[i + 1] == '\\')
                bytes.Add((byte)shown[i++]);
            else if (shown[i] == '\\')
            {
                bytes.Add(Convert.ToByte(shown.Substring(i + 2, 2), 16));
                i += 3;
            }
            else
            {
                var rune = char.IsHighSurrogate(shown[i]) ? shown.Substring(i++, 2) : shown[i].ToString();
                bytes.AddRange(Encoding.UTF8.GetBytes(rune));
            }
        }
        return [.. bytes];
    }
}
