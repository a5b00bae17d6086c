using System.Text;
using ClawCi.Artifacts;
using ClawCi.Artifacts.Diffs;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Artifacts.Diffs;

public sealed class DiffReaderTests
{
    [Fact]
    public void Every_kind_of_file_in_a_git_patch_is_read()
    {
        var files = DiffReader.Read(RunRecord.Read(SampleRun.FixtureDirectory()).Tasks[0].Patch);

        var text = new StringBuilder();
        foreach (var file in files)
        {
            text.Append(
                $"{file.Path} {file.Status} {file.OldMode}>{file.NewMode} binary={file.IsBinary} +{file.Additions} -{file.Deletions}\n"
            );
            foreach (var hunk in file.Hunks)
            {
                text.Append($"  @@ {hunk.Heading}\n");
                foreach (var line in hunk.Lines)
                    text.Append(
                        $"  {line.Kind, -7} {line.Old, 3} {line.New, 3} |{line.Text.Replace("\r", "\\r", StringComparison.Ordinal)}\n"
                    );
            }
        }
        Golden.Matches(text.ToString());
    }

    [Fact]
    public void Content_that_looks_like_a_patch_is_content()
    {
        var file = Assert.Single(
            Read(
                """
                diff --git a/x b/x
                index 1..2 100644
                --- a/x
                +++ b/x
                @@ -1,2 +1,3 @@
                 diff --git a/evil b/evil
                --- a/evil
                +++ b/evil
                +GIT binary patch

                """
            )
        );

        Assert.Equal(("x", 2, 1, false), (file.Path, file.Additions, file.Deletions, file.IsBinary));
    }

    [Theory]
    [InlineData("diff --git a/a b b/a b\nold mode 100644\nnew mode 100755\n", "a b")]
    [InlineData(
        "diff --git \"a/t\\tb\\\"\\\\\\303\\244\" \"b/t\\tb\\\"\\\\\\303\\244\"\nnew file mode 100644\n",
        "t\\x09b\"\\\\ä"
    )]
    [InlineData("diff --git a/a b b/a b\n--- a/a b\t\n+++ /dev/null\n", "a b")]
    public void A_path_is_read_in_every_spelling_of_gits(string patch, string path) =>
        Assert.Equal(path, Assert.Single(Read(patch)).Path, ignoreCase: true);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("diff --git ")]
    [InlineData("diff --git \"")]
    [InlineData("diff --git \"a/\\")]
    [InlineData("diff --git a/x b/x\n@@ -1")]
    [InlineData("diff --git a/x b/x\n@@ -1,99999999999999 +,, @@\n+")]
    [InlineData("diff --git a/x b/x\n--- \n+++ \"\n@@ -a,b +c @@\n")]
    public void A_torn_patch_does_not_end_the_report(string patch) => Assert.InRange(Read(patch).Count, 0, 1);

    [Fact]
    public void Bytes_of_another_encoding_are_shown_escaped()
    {
        byte[] patch = [.. "diff --git a/x b/x\n@@ -1 +1 @@\n-gr"u8, 0xFC, .. "n\n+gr\u00FCn\n"u8];

        var lines = Assert.Single(DiffReader.Read(patch)).Hunks.Single().Lines;

        Assert.Equal([@"gr\xFCn", "grün"], lines.Select(line => line.Text));
    }

    private static IReadOnlyList<DiffFile> Read(string patch) => DiffReader.Read(Encoding.UTF8.GetBytes(patch));
}
