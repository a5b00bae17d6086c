using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Writes a task file and a policy to begin with.</summary>
[Verb("init")]
internal sealed record InitVerb : Verb
{
    public const string Help = """
        claw-ci init [DIR]     write task.yaml and policy.yaml, commented, to begin with; the current directory by default

        Nothing that is there is overwritten.
        """;

    private static readonly string[] Files = ["task.yaml", "policy.yaml"];

    [Value(0)]
    public string? Directory { get; init; }

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var directory = Directory ?? "";
        var whole = Path.GetFullPath(directory, Environment.CurrentDirectory);
        var paths = Files.ToDictionary(name => name, name => Path.Combine(directory, name));
        if (paths.Values.FirstOrDefault(Exists) is { } there)
            throw new UserErrorException(there, "it is there already, and init overwrites nothing");
        try
        {
            System.IO.Directory.CreateDirectory(whole);
            foreach (var (name, path) in paths)
            {
                // New, or not at all: no symbolic link is written through.
                await using var file = new FileStream(path, FileMode.CreateNew);
                await Template(name).CopyToAsync(file, invocation.Interruption.Token);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(whole, e.Message);
        }
        foreach (var path in paths.Values)
            Ownership.Give(path, whole);
        var (task, policy) = (paths[Files[0]], paths[Files[1]]);
        await invocation.Output.WriteLineAsync(
            $"""
            Written: {task}, {policy}
            Say in {task} what is to be done, in which image, and which checks have to be green. Then:
              claw-ci doctor {task} --policy {policy}    is everything here that it needs?
              claw-ci plan {task} --policy {policy}      what will happen, and what it may cost
              claw-ci {task} --policy {policy}           do it
            """
        );
        return 0;
    }

    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static Stream Template(string name) => typeof(InitVerb).Assembly.GetManifestResourceStream(name)!;
}
