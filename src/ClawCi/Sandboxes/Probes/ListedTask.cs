using System.Text;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes.Probes;

/// <summary>An agent's sandbox with an allow-list, from which the one host that is listed was reached.</summary>
internal sealed record ListedTask(Sandbox Agent, ListedHost Host)
{
    /// <exception cref="SandboxException">What is allowed does not get through, so that no refusal would prove anything.</exception>
    public static async Task<ListedTask> StartAsync(ProbeGround ground, ListedHost host, CancellationToken ct)
    {
        var spec = ProbeGround.Spec(ground.Request.Image) with { Network = host.Access };
        var agent = await ground.StartAgentAsync(spec, host.Egress);
        var listed = new ListedTask(agent, host);
        var reached = await listed.TalkAsync(
            [
                (listed.Connect(ListedHost.Name), Answers.Connected),
                (TlsHello.For(ListedHost.Name), Encoding.ASCII.GetBytes(ListedHost.Greeting)),
            ],
            ct
        );
        return reached.Verdict == ProbeVerdict.Holds
            ? listed
            : throw new SandboxException(
                SandboxFailure.Daemon,
                $"A host on the list was not reached: {reached.Detail}."
            );
    }

    /// <summary>Asks for a way to this name at the port where somebody listens.</summary>
    public byte[] Connect(string name) => Connect(name, Host.Port);

    public static byte[] Connect(string name, int port) =>
        Encoding.ASCII.GetBytes($"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n");

    /// <param name="turns">What is said to the way out, and how its answer must begin.</param>
    public Task<ProbeFinding> TalkAsync(
        IEnumerable<(byte[] Said, ReadOnlyMemory<byte> Answer)> turns,
        CancellationToken ct
    ) =>
        Agent.ProbeAsync(
            [
                "talk",
                $"{ProxyVariables.Port}",
                .. turns.SelectMany(turn =>
                    (string[])[Convert.ToBase64String(turn.Said), Convert.ToBase64String(turn.Answer.Span)]
                ),
            ],
            ct
        );
}
