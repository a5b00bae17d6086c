using ClawCi.Cli.Verbs;

namespace ClawCi.Cli.Arguments;

/// <summary>Every verb, in the order in which help shows them.</summary>
internal static class VerbCatalog
{
    public const string Help = """
        claw-ci runs coding agents in CI: unattended, confined, bounded, and with an outcome that was verified.

          claw-ci [run] TASK       run a task file to completion
          claw-ci plan TASK        resolve everything, print it with each value's origin, touch nothing
          claw-ci validate FILE... check task, policy, settings and script files: file:line:col, what, did you mean
          claw-ci resume DIR       finish a run that was killed
          claw-ci report DIR       rebuild every report from what the run recorded
          claw-ci merge DIR...     join the results of shards; every task must have exactly one
          claw-ci replay DIR       run again against the recorded model; a difference is an error with a diff
          claw-ci publish DIR      deliver the patches of a finished run, with credentials the run never had
          claw-ci doctor [TASK]    Docker, image, model endpoint, credentials, MCP servers: ready, or what to do
          claw-ci init [DIR]       write a task file and a policy to begin with
          claw-ci auth ACTION      credentials: status, refresh, import, login
          claw-ci policy WHAT...   test a policy, explain what it decides, suggest rules from runs
          claw-ci transcript WHAT  check a transcript, or show it in another format
          claw-ci schema NAME      print a JSON Schema, of task files for example
          claw-ci sandbox check    try to break out of a sandbox in every way we know, against the Docker in use
          claw-ci clean [--list]   remove what killed runs left in Docker

        claw-ci VERB --help says more about a verb; claw-ci --version says which one this is.
        stdout carries results, stderr the log. Nothing prompts; standard input is read only where a file is named -.

        exit codes
            0  success                    12  policy-blocked         18  sandbox-unavailable
            1  internal-error             13  limit-exceeded         19  gate-blocked
            2  usage-error                14  timed-out              20  several tasks, not all successful
            3  invalid-input              15  invalid-output         21  replay-mismatch
            5  setup-failed               16  model-unavailable      22  apply-failed
           10  task-failed                17  auth-failed           130  interrupted (143 by SIGTERM)
           11  no-changes

        """;

    public static IReadOnlyList<VerbEntry> All { get; } =
    [
        new("run", typeof(RunVerb), RunVerb.Help, "Which task file?"),
        new("plan", typeof(PlanVerb), PlanVerb.Help, "Which task file?"),
        new("validate", typeof(ValidateVerb), ValidateVerb.Help, "Which files?"),
        new("resume", typeof(ResumeVerb), ResumeVerb.Help, "Which run? Name its directory."),
        new("report", typeof(ReportVerb), ReportVerb.Help, "Which run? Name its directory."),
        new("merge", typeof(MergeVerb), MergeVerb.Help, "Which shards? Name their directories."),
        new("replay", typeof(ReplayVerb), ReplayVerb.Help, "Which run? Name its directory."),
        new("publish", typeof(PublishVerb), PublishVerb.Help, "Which run? Name its directory."),
        new("doctor", typeof(DoctorVerb), DoctorVerb.Help, null),
        new("init", typeof(InitVerb), InitVerb.Help, null),
        new("auth", typeof(AuthVerb), AuthVerb.Help, "status, refresh, import or login?"),
        new("transcript", typeof(TranscriptVerb), TranscriptVerb.Help, "validate or convert?"),
        new("schema", typeof(SchemaVerb), SchemaVerb.Help, "Which schema?"),
        new(
            "sandbox",
            typeof(SandboxVerb),
            SandboxVerb.Help,
            "What about it? `claw-ci sandbox check` proves that it holds."
        ),
        new("policy", typeof(PolicyVerb), PolicyVerb.Help, "Which of test, explain and suggest?"),
        new("clean", typeof(CleanVerb), CleanVerb.Help, null),
        new("action", typeof(ActionVerb), ActionVerb.Help, null),
    ];

    public static VerbEntry Default => All[0];

    public static Type[] Types { get; } = [.. All.Select(verb => verb.Options)];

    public static IEnumerable<string> Names => All.Select(verb => verb.Name);

    public static VerbEntry? Find(string name) => All.FirstOrDefault(verb => verb.Name == name);
}
