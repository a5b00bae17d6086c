using System.Reflection;

namespace ClawCi.Cli.Arguments;

/// <summary>Help or the version: goes to stdout, and is a success.</summary>
internal sealed record ShowText(string Text) : Verb
{
    public static string Version { get; } =
        typeof(ShowText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        await invocation.Output.WriteLineAsync(Text.TrimEnd());
        return 0;
    }
}
