using ClawCi.Models.Scripted;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models.Scripted;

public sealed class ScriptReaderTests
{
    [Fact]
    public void Every_mistake_is_reported_with_its_place() =>
        Golden.Matches(
            Mistakes(
                """
                version: 1
                model: claude-sonet-4-5
                replies:
                  - txt: hi
                  - { text: hi, status: 529 }
                  - { text: hi, retry-after: 5, body: no }
                  - { malformed: html, chunk-bytes: 3 }
                  - { malformed: pdf }
                  - { stall: sometimes }
                  - { status: 200 }
                  - { text: hi, repeat: never }
                  - { text: hi, repeat: 0 }
                  - { text: hi, repeat: forever }
                  - tool-uses:
                      - { input: {} }
                      - { name: bash, input: ls }
                      - { name: bash, input: {}, input-json: "{" }
                  - { text: hi, expect: { last-mesage-contains: x } }
                  - { text: hi, usage: { input-tokens: -1 } }
                  - { expect: { tools: [bash] } }
                  - { text: hi, delay: soon }
                """
            )
        );

    [Theory]
    [InlineData("version: 1\nreplies: []\n", "`replies` is empty")]
    [InlineData("version: 1\n", "the file needs the key `replies`")]
    [InlineData("version: 2\nreplies: [ { text: hi } ]\n", "`version` must be ")]
    [InlineData("replies: [ { text: hi } ]\n", "the file needs the key `version`")]
    [InlineData("version: 1\nreplies: hi\n", "`replies` must be a list")]
    [InlineData("version: 1\nreplies: [ hi ]\n", "an item of `replies` must be a mapping")]
    public void A_script_that_is_none_is_refused(string script, string message) =>
        Assert.Contains(message, Mistakes(script));

    [Fact]
    public void Json_is_read_like_yaml()
    {
        using var directory = new TempDirectory();
        var path = directory.Write("script.json", """{"version":1,"replies":[{"text":"hi","repeat":"forever"}]}""");
        Assert.Equal(int.MaxValue, ScriptReader.Read(path).Replies.Single().Times);
    }

    private static string Mistakes(string script)
    {
        using var directory = new TempDirectory();
        var path = directory.Write("script.yaml", script);
        var error = Assert.Throws<UserErrorException>(() => ScriptReader.Read(path));
        return error.Message.Replace(path, "script.yaml") + "\n";
    }
}
