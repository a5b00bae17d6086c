using ClawCi.Permissions;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Tests.Configuration;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class ValidationTests
{
    [Fact]
    public void Each_bad_file_gets_its_mistakes_with_their_places() =>
        Golden.Matches(string.Concat(Corpus.Files("bad").Select(file => $"{Mistakes(file)}\n\n")));

    [Fact]
    public void Each_good_file_passes()
    {
        var examples = Directory.EnumerateFiles(
            Path.Combine(Corpus.Repository, "examples"),
            "*.yaml",
            SearchOption.AllDirectories
        );

        Assert.All([.. Corpus.Files("good"), .. examples], file => Validation.Check(file));
        Assert.Contains(examples, file => file.EndsWith("task.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public void Warnings_name_the_rule_that_does_not_do_what_it_seems_to()
    {
        using var directory = new TempDirectory();
        var policy = directory.Write(
            "policy.yaml",
            """
            version: 1
            rules:
              - { id: keep-docs, deny: Edit, paths: ["docs/**"] }
              - { id: no-secrets, deny: read_file, paths: ["secrets/**"] }
              - { id: no-git, deny: bash, command: [git] }
              - { id: status, allow: bash, command: [git, status] }
              - { id: docs, allow: [edit_file, write_file], paths: ["docs/**"] }
              - { id: ls, allow: bash, command: [ls] }
            """
        );
        var readOnly = directory.Write(
            "read-only.yaml",
            "version: 1\nmode: read-only\nrules:\n  - { id: docs, deny: Edit, paths: [a] }\n  - { id: ls, allow: bash, command: [ls] }\n"
        );
        var task = directory.Write(
            "task.yaml",
            PlannerFixture.Minimal + "permissions: { deny: [bash, Write], required-tools: [Bash] }\n"
        );

        Golden.Matches(
            string.Concat(
                    new[] { policy, readOnly, task }.SelectMany(Validation.Check).Select(warning => $"{warning}\n")
                )
                .Replace(directory.Path + "/", "", StringComparison.Ordinal)
        );
    }

    private static string Mistakes(string file)
    {
        try
        {
            Validation.Check(file);
            return $"{file}: NO MISTAKE FOUND";
        }
        catch (UserErrorException e)
        {
            return e.Message.Replace(Corpus.Root + "/", "", StringComparison.Ordinal);
        }
    }
}
