using ClawCi.Permissions;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Permissions;

public sealed class PolicyLayerProperties
{
    private static readonly string[] Rules =
    [
        "- deny: bash",
        "- { deny: bash, command: [git, push] }",
        "- { deny: bash, command: [git] }",
        "- { allow: bash, command: [git, [status, push]] }",
        "- { allow: bash, command: [ls] }",
        "- allow: bash",
        "- { allow: [edit_file, write_file], paths: [\"src/**\"] }",
        "- { deny: edit_file, paths: [\"src/gen/**\"] }",
        "- deny: read_file",
        "- { allow: Read, paths: [\"**\"] }",
        "- deny: Bash(ls:*)",
        "- { deny: bash, command: [[/usr/bin/git, ls], push] }",
        "- { deny: write_file, paths: [\"src/**\"] }",
    ];

    private static readonly (string Tool, string Argument)[] Calls =
    [
        ("bash", "git push"),
        ("bash", "git status"),
        ("bash", "ls -l"),
        ("bash", "ls | cat"),
        ("bash", "rm x"),
        ("bash", "git p*"),
        ("bash", "/usr/bin/git push && ls > src/a"),
        ("bash", "$X push; git status"),
        ("bash", "(("),
        ("edit_file", "src/a"),
        ("edit_file", "src/gen/a"),
        ("write_file", "docs/a"),
        ("read_file", "a"),
        ("grep_search", "a"),
    ];

    private static readonly Gen<PolicyLayer> Layers = Gen.Int[0, Rules.Length - 1]
        .Array[0, 4]
        .Select(picks =>
            picks.Length == 0 ? new PolicyLayer([]) : PolicyText.Layer(string.Join('\n', picks.Select(i => Rules[i])))
        );

    private static readonly Gen<(string Tool, string Argument)> Call = Gen.Int[0, Calls.Length - 1]
        .Select(i => Calls[i]);

    [Fact]
    public void A_further_layer_never_allows_more() =>
        Gen.Select(Layers, Layers, Call)
            .Sample(
                (layer, further, call) =>
                    !Allows(call, layer, further) || (Allows(call, layer) && Allows(call, further))
            );

    [Fact]
    public void A_call_passes_exactly_when_each_layer_alone_passes_it() =>
        Gen.Select(Layers, Layers, Call)
            .Sample((a, b, call) => Allows(call, a, b) == (Allows(call, a) && Allows(call, b)));

    [Fact]
    public void The_order_of_rules_and_layers_is_irrelevant() =>
        Gen.Select(Layers, Layers, Call)
            .Sample(
                (a, b, call) =>
                    Allows(call, a, b) == Allows(call, b, a)
                    && Allows(call, a) == Allows(call, new PolicyLayer([.. a.Rules.Reverse()]))
            );

    [Fact]
    public void A_deny_that_matches_wins_whatever_else_is_said() =>
        Gen.Select(Layers, Call)
            .Sample(
                (layer, call) =>
                {
                    var denies = layer.Rules.Where(rule => rule.Effect == RuleEffect.Deny).ToList();
                    return Allows(call, new PolicyLayer(denies)) || !Allows(call, layer);
                }
            );

    [Fact]
    public void The_rule_that_denies_is_the_first_of_the_surest_matches_of_all_rules() =>
        Gen.Select(Layers, Call)
            .Sample(
                (layer, call) =>
                {
                    var subject =
                        call.Tool == "bash"
                            ? PolicySubject.OfLine(call.Argument, "/workspace")
                            : PolicySubject.OfPath(call.Tool, call.Argument, "/workspace");
                    var first = layer
                        .Matches(subject)
                        .Where(match => match.Rule.Effect == RuleEffect.Deny)
                        .MinBy(match => match.Kind);
                    return first is null || layer.Denies(subject, out _)?.RuleId == first.Rule.Id;
                }
            );

    [Fact]
    public void A_lower_mode_never_allows_more() =>
        Gen.Select(Layers, Call)
            .Sample(
                (layer, call) =>
                    Enum.GetValues<PermissionMode>()
                        .Select(mode => Allows(call, mode, layer))
                        .Aggregate(
                            (monotone: true, last: false),
                            (state, allowed) => (state.monotone && (allowed || !state.last), allowed)
                        )
                        .monotone
            );

    private static bool Allows((string Tool, string Argument) call, params PolicyLayer[] layers) =>
        Allows(call, PermissionMode.WorkspaceWrite, layers);

    private static bool Allows((string Tool, string Argument) call, PermissionMode mode, params PolicyLayer[] layers) =>
        new PermissionPolicy(mode, "built-in", layers, [], "/workspace")
            .Decide(call.Tool, PolicyText.Input(call.Tool == "bash" ? "command" : "path", call.Argument))
            .Allowed;
}
