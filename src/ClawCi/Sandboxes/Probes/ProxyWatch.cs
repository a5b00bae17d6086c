using System.Text;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes.Probes;

/// <summary>Attempts to reach more than an allow-list allows. They count only where what is allowed got through.</summary>
internal static class ProxyWatch
{
    private const string Another = "another.test";

    public static Task<ProbeFinding> HostAsync(ProbeGround ground, CancellationToken ct) =>
        RefusedAsync(
            ground,
            ct,
            ("network", ListedTask.Connect(Another, 443)),
            ("network", ListedTask.Connect($"{Another}.{ListedHost.Name}", 443)),
            ("network", Get(Another))
        );

    public static Task<ProbeFinding> AddressAsync(ProbeGround ground, CancellationToken ct) =>
        RefusedAsync(
            ground,
            ct,
            ("network", ListedTask.Connect("1.1.1.1", 443)),
            // 127.0.0.1 as resolvers take it, and names that are none.
            ("http", ListedTask.Connect("2130706433", 443)),
            ("http", ListedTask.Connect("0x7f.1", 443)),
            ("http", ListedTask.Connect("[::1]", 443))
        );

    public static Task<ProbeFinding> MetadataAsync(ProbeGround ground, CancellationToken ct) =>
        RefusedAsync(
            ground,
            ct,
            ("network", Get("169.254.169.254")),
            ("network", Get("metadata.google.internal")),
            ("address", Get(ListedHost.Metadata))
        );

    public static async Task<ProbeFinding> PrivateAsync(ProbeGround ground, CancellationToken ct) =>
        await RefusedAsync(
            ground,
            ct,
            ("address", ListedTask.Connect(ListedHost.Private, 443)),
            ("address", (await ground.ListedAsync()).Connect(ListedHost.Loopback))
        );

    public static Task<ProbeFinding> PortAsync(ProbeGround ground, CancellationToken ct) =>
        RefusedAsync(ground, ct, ("network", ListedTask.Connect(ListedHost.Name, 22)));

    public static Task<ProbeFinding> ServerNameAsync(ProbeGround ground, CancellationToken ct) =>
        AlertedAsync(ground, TlsHello.For(Another), ct);

    public static Task<ProbeFinding> NotTlsAsync(ProbeGround ground, CancellationToken ct) =>
        AlertedAsync(ground, "SSH-2.0-claw\r\n"u8.ToArray(), ct);

    public static async Task<ProbeFinding> PastAsync(ProbeGround ground, CancellationToken ct)
    {
        var listed = await ground.ListedAsync();
        string[][] attempts =
        [
            ["interfaces"],
            ["connect", "1.1.1.1:443", $"127.0.0.1:{listed.Host.Port}"],
            ["send", "8.8.8.8:53"],
            ["raw-socket"],
        ];
        foreach (var words in attempts)
        {
            var finding = await listed.Agent.ProbeAsync(words, ct);
            if (finding.Verdict != ProbeVerdict.Holds)
                return finding with { Detail = $"{words[0]}: {finding.Detail}" };
        }
        return ProbeFinding.Holds("only the loopback, and nobody of the machine's on it");
    }

    private static byte[] Get(string host) =>
        Encoding.ASCII.GetBytes($"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");

    private static async Task<ProbeFinding> RefusedAsync(
        ProbeGround ground,
        CancellationToken ct,
        params (string Rule, byte[] Request)[] attempts
    )
    {
        var listed = await ground.ListedAsync();
        foreach (var (rule, request) in attempts)
        {
            var status = rule == "http" ? 400 : 403;
            var refusal = Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Refused by claw-ci, rule {rule}: ");
            var finding = await listed.TalkAsync([(request, refusal)], ct);
            if (finding.Verdict != ProbeVerdict.Holds)
                return finding with
                {
                    Detail = $"{Encoding.ASCII.GetString(request).Split('\r')[0]}: {finding.Detail}",
                };
        }
        return ProbeFinding.Holds(
            $"the runner's proxy refused by rule {string.Join(", ", attempts.Select(attempt => attempt.Rule).Distinct())}"
        );
    }

    private static async Task<ProbeFinding> AlertedAsync(ProbeGround ground, byte[] said, CancellationToken ct)
    {
        var listed = await ground.ListedAsync();
        var finding = await listed.TalkAsync(
            [(listed.Connect(ListedHost.Name), Answers.Connected), (said, Answers.Alert)],
            ct
        );
        return finding.Verdict == ProbeVerdict.Holds
            ? ProbeFinding.Holds("the runner's proxy ended the connection with an alert")
            : finding;
    }
}
