using System.Text;
using ClawCi.Configuration;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Configuration;

public sealed class StrictReaderTests
{
    private const string Everything = """
        name: a name
        count: 3
        price: 1.50
        strict: false
        timeout: 1h30m
        memory: 4Gi
        when: on-success
        paths: ["src/**"]
        env: { CI: "true", EMPTY: "" }
        steps:
          - run: |
              make	all
        deny: bash
        command: [git, [push, remote]]
        input: { a: [1, +2, .5, 007, true, ~, no, "x"] }
        """;

    private const string EverythingJson = """
        {
        	"name": "a name", "count":3, "price": 1.50, "strict": false, "timeout": "1h30m", "memory": "4Gi",
        	"when": "on-success", "paths": ["src/**"], "env": { "CI": "true", "EMPTY": "" },
        	"steps": [{ "run": "make\tall\n" }],
        	"deny": ["bash"],
        	"command": ["git", ["push", "remote"]],
        	"input": { "a": [1, 2, 0.5, 7, true, null, "no", "x"] }
        }
        """;

    [Theory]
    [InlineData(Everything)]
    [InlineData(EverythingJson)]
    public void A_whole_file_becomes_its_record(string text)
    {
        var file = Read(text).Value;

        Assert.Equal(
            ("a name", 3, 1.50m, false, SampleWord.OnSuccess),
            (file.Name, file.Count, file.Price, file.Strict, file.When)
        );
        Assert.Equal(TimeSpan.FromMinutes(90), file.Timeout?.Value);
        Assert.Equal(4L << 30, file.Memory?.Bytes);
        Assert.Equal(["src/**"], file.Paths);
        Assert.Equal("true", file.Env?["CI"]);
        Assert.Equal("make\tall\n", Assert.Single(file.Steps!).Run.TrimEnd('\n') + "\n");
        Assert.Equal(["bash"], file.Deny?.Items);
        Assert.Equal("git push|remote", file.Command?.ToString());
        Assert.Equal("""{"a":[1,2,0.5,7,true,null,"no","x"]}""", file.Input?.GetRawText());
    }

    [Fact]
    public void A_place_is_found_by_keys_and_indexes()
    {
        var document = Read("name: x\nsteps:\n  - run: a\n  - run: b\n");

        Assert.Equal(new Place(4, 5), document.PlaceOf("steps", 1, "run"));
        Assert.Equal(new Place(2, 1), document.PlaceOf("steps", 7));
        Assert.Equal("sample.yaml:4", document.SourceOf("steps", 1, "run"));
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_in_the_order_of_the_file() =>
        Golden.Matches(
            Errors(
                """
                nmae: x
                count: 11
                count: 3
                price: cheap
                strict: no
                timeout: 40
                memory: 4GB
                when: on-sucess
                matrix: {}
                paths: [/etc, 3]
                env: { "A B": x, CI: true }
                steps:
                  - run: " "
                  - {}
                  - build
                deny: []
                command: git push
                """
            )
        );

    [Theory]
    [InlineData("when: { a: b }", "1:7: `when` must be `on-success` or `never`, not a mapping")]
    [InlineData("count: 99999999999", "1:8: `count` must be between 1 and 10, not 99999999999")]
    [InlineData("count: 1.5", "1:8: `count` must be a whole number, not the number 1.5")]
    [InlineData("count:", "1:7: `count` has no value")]
    [InlineData("name: 1.10", "1:7: `name` must be text, not the number 1.10. Write \"1.10\".")]
    [InlineData("name: &a x", "1:7: anchors are not supported: `&a`")]
    [InlineData("name: *a", "1:7: aliases are not supported: `*a`. Write the value out.")]
    [InlineData("name: !!str x", "1:7: tags are not supported: `tag:yaml.org,2002:str`")]
    [InlineData("name: ! x", "1:7: tags are not supported: `!`")]
    [InlineData("<<: { name: x }", "1:1: merge keys are not supported. Write the values out.")]
    [InlineData("steps:\n\t- run: x", "2:1: a tab. YAML is indented with spaces.")]
    [InlineData("env:\n  A: x\n \tB: x", "3:2: a tab. YAML is indented with spaces.")]
    [InlineData("? [a]\n: b", "1:3: a key must be a word, this is a list")]
    [InlineData("- name: x", "1:1: the file must be a mapping, not a list")]
    [InlineData("just text", "1:1: the file must be a mapping, not the text `just text`")]
    [InlineData("name: x\n---\nname: y", "2:1: a second document in one file is not supported; use one file for each")]
    [InlineData("%YAML 1.1\n---\nname: y", "1:1: YAML directives are not supported")]
    [InlineData("", "1:1: the file is empty")]
    [InlineData("# nothing\n", "1:1: the file is empty")]
    [InlineData("price: .nan", "1:8: `.nan` is a number to YAML only. Write it in decimal, or in quotes as text.")]
    [InlineData("input: [0x1F]", "1:9: `0x1F` is a number to YAML only. Write it in decimal, or in quotes as text.")]
    [InlineData("deny: [a, 3]", "1:11: `deny` must be text or a list of texts; this is the number 3")]
    [InlineData("deny: []", "1:7: `deny` must be text or a list of texts, not an empty list")]
    [InlineData("timeout: 8d", "1:10: `timeout` must be a duration such as `90s`, `40m` or `1h30m`, not the text `8d`")]
    [InlineData("memory: 512", "1:9: `memory` must be a size such as `512Mi` or `4Gi`, not the number 512")]
    public void A_mistake_has_its_place_and_its_remedy(string text, string expected) =>
        Assert.Contains($"sample.yaml:{expected}", Errors(text).Split('\n'));

    [Fact]
    public void Nesting_has_an_end() =>
        Assert.Contains("nested more than 32 levels deep", Errors("input: " + new string('[', 500_000)));

    [Fact]
    public void A_file_of_nothing_but_mistakes_is_given_up_on()
    {
        var errors = Errors(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"key{i}: x\n"))).Split('\n');

        Assert.Equal(101, errors.Length);
        Assert.Equal("sample.yaml: there are more mistakes than these 100", errors[^1]);
    }

    [Fact]
    public void JSON_keeps_its_own_escapes()
    {
        var file = Read("""{"name": "\ud83d\ude00 \/ \u00e9 \" \\ \b", "input": {}}""").Value;

        Assert.Equal("😀 / é \" \\ \b", file.Name);
    }

    [Theory]
    [InlineData(
        new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0 },
        "f:2:2: byte 0x00 is a control character. Is this a text file?"
    )]
    [InlineData(new byte[] { (byte)'a', 0xC3, 0x28 }, "f:1:2: byte 0xC3 is not UTF-8. Is this a text file?")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "f: the file is UTF-16. Save it as UTF-8.")]
    public void A_binary_file_is_refused_at_its_first_odd_byte(byte[] bytes, string expected) =>
        Assert.Equal(expected, Assert.Throws<UserErrorException>(() => SourceFile.From("f", bytes)).Message);

    [Fact]
    public void A_file_that_nobody_wrote_by_hand_is_refused()
    {
        using var directory = new TempDirectory();
        var path = directory.Write("big.yaml", new string('#', 10_000_000));

        var error = Assert.Throws<UserErrorException>(() => SourceFile.Read(path));

        Assert.Contains("larger than 1 MiB", error.Message);
    }

    [Fact]
    public void What_is_no_file_is_said()
    {
        using var directory = new TempDirectory();

        Assert.EndsWith(": no such file", Error(directory["missing.yaml"]));
        Assert.EndsWith(": no such file", Error(directory["missing/x.yaml"]));
        Assert.EndsWith(": this is a directory, a file is needed", Error(directory.Path));

        static string Error(string path) => Assert.Throws<UserErrorException>(() => SourceFile.Read(path)).Message;
    }

    internal static SourceDocument<SampleFile> Read(string text) =>
        StrictReader.Read(SourceFile.From("sample.yaml", Encoding.UTF8.GetBytes(text)), SampleJson.Default.SampleFile);

    private static string Errors(string text) => Assert.Throws<UserErrorException>(() => Read(text)).Message;
}
