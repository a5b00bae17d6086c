using System.Text.Json;
using ClawCi.GitHub;
using Xunit;

namespace ClawCi.Tests.GitHub;

public sealed class InitiatorTests
{
    [Theory]
    [InlineData("push", "{}", null)]
    [InlineData("schedule", "", null)]
    [InlineData("workflow_dispatch", "{BOT}", null)]
    [InlineData("pull_request", "", "event")]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':{'full_name':'O/R'}}},HERE,ANN}", null)]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':{'full_name':'eve/r'}}},HERE,ANN}", "fork")]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':null}},HERE,ANN}", "fork")]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':{'full_name':'o/r'}}},ANN}", "fork")]
    [InlineData(
        "pull_request_target",
        "{'action':'labeled','pull_request':{'head':{'repo':{'full_name':'eve/r'}}},HERE,ANN}",
        "fork"
    )]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':{'full_name':'o/r'}}},HERE,BOT}", "bot")]
    [InlineData("workflow_run", "{'workflow_run':{'head_repository':{'full_name':'eve/r'}},HERE,ANN}", "fork")]
    [InlineData(
        "workflow_run",
        "{'workflow_run':{'event':'push','head_repository':{'full_name':'o/r'}},HERE,ANN}",
        null
    )]
    [InlineData(
        "workflow_run",
        "{'workflow_run':{'event':'pull_request','head_repository':{'full_name':'o/r'}},HERE,ANN}",
        null
    )]
    [InlineData(
        "workflow_run",
        "{'workflow_run':{'event':'issue_comment','head_repository':{'full_name':'o/r'}},HERE,ANN}",
        "outsider"
    )]
    [InlineData(
        "workflow_run",
        "{'workflow_run':{'event':'workflow_run','head_repository':{'full_name':'o/r'}},HERE,ANN}",
        "outsider"
    )]
    [InlineData("workflow_run", "{'workflow_run':{'head_repository':{'full_name':'o/r'}},HERE,ANN}", "outsider")]
    [InlineData("issue_comment", "{'comment':{'author_association':'MEMBER'},HERE,ANN}", null)]
    [InlineData(
        "issue_comment",
        "{'comment':{'author_association':'CONTRIBUTOR'},'issue':{'author_association':'OWNER'},HERE,ANN}",
        "outsider"
    )]
    [InlineData("issue_comment", "{'action':'labeled','comment':{},HERE,ANN}", "outsider")]
    [InlineData(
        "pull_request_review",
        "{'review':{'author_association':'NONE'},'pull_request':{'head':{'repo':{'full_name':'o/r'}}},HERE,ANN}",
        "outsider"
    )]
    [InlineData(
        "pull_request_review_comment",
        "{'comment':{'author_association':'OWNER'},'pull_request':{'head':{'repo':{'full_name':'eve/r'}}},HERE,ANN}",
        "fork"
    )]
    [InlineData(
        "issues",
        "{'action':'labeled','issue':{'user':{'login':'eve'},'author_association':'NONE'},HERE,ANN}",
        null
    )]
    [InlineData(
        "issues",
        "{'action':'labeled','issue':{'user':{'login':'Ann'},'author_association':'NONE'},HERE,ANN}",
        "outsider"
    )]
    [InlineData(
        "issues",
        "{'action':'assigned','issue':{'user':{'login':'ann'},'author_association':'OWNER'},HERE,ANN}",
        null
    )]
    [InlineData("issues", "{'action':'labeled','issue':{'author_association':'NONE'},HERE,ANN}", "outsider")]
    [InlineData("issues", "{'action':'opened','issue':{'author_association':'NONE'},HERE,ANN}", "outsider")]
    [InlineData("issues", "{'action':'opened','issue':{'author_association':'OWNER'},HERE,ANN}", null)]
    [InlineData("something_new", "{HERE,ANN}", "outsider")]
    public void Who_set_a_workflow_off_decides_whether_it_runs(string name, string payload, string? reason) =>
        Assert.Equal(reason, Initiator.Objection(name, Parse(payload), [])?.Reason);

    [Theory]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':{'full_name':'eve/r'}}},HERE,ANN}", "forks")]
    [InlineData("pull_request", "{'pull_request':{'head':{'repo':{'full_name':'o/r'}}},HERE,BOT}", "bots")]
    [InlineData("issue_comment", "{'comment':{'author_association':'NONE'},HERE,ANN}", "anyone")]
    public void Each_objection_has_an_input_that_lifts_it_and_names_it(string name, string payload, string word)
    {
        Assert.Contains(
            $"allow: {word}",
            Initiator.Objection(name, Parse(payload), [])!.Value.Message,
            StringComparison.Ordinal
        );
        foreach (var other in Initiator.Words)
            Assert.Equal(other == word, Initiator.Objection(name, Parse(payload), [other]) is null);
    }

    private static JsonElement Parse(string payload) =>
        payload.Length == 0
            ? default
            : JsonElement.Parse(
                payload
                    .Replace("HERE", "'repository':{'full_name':'o/r'}", StringComparison.Ordinal)
                    .Replace("ANN", "'sender':{'login':'ann','type':'User'}", StringComparison.Ordinal)
                    .Replace("BOT", "'sender':{'login':'dependabot[bot]','type':'Bot'}", StringComparison.Ordinal)
                    .Replace('\'', '"')
            );
}
