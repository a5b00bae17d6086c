namespace ClawCi.Hooks;

/// <summary>The sandbox as hooks that run in it see it.</summary>
/// <param name="Workspace">The workspace's path there.</param>
/// <param name="Tools">The tools that run there too: only their input may a hook of the sandbox change.</param>
/// <param name="RunAsync">Runs a hook's command with JSON on its standard input. What comes back is the sandbox's word.</param>
internal sealed record HookSandbox(
    string Workspace,
    IReadOnlyCollection<string> Tools,
    Func<Hook, string, CancellationToken, Task<HookEnd>> RunAsync
);
