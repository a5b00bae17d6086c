namespace ClawCi.Runs.Pipelines;

/// <summary>A child pipeline for GitLab: a parallel job, then one that joins. docs.gitlab.com/ci/yaml.</summary>
internal static class GitLabPipeline
{
    // By stages and not `needs`, of which a job may have 50. Rules, since a job without any does not run for a merge request.
    public static string Write(ShardedRun run) =>
        $$"""
            # {{run.Title("gitlab")}} For `trigger: include: artifact`.
            # Jobs need Docker: a runner that passes its socket, or the service docker:dind. CLAW_CI_IMAGE is the runner's image: a variable
            # of that name in the pipeline above goes before this one. --max-cost-usd and --timeout bound each shard by itself.
            stages: [run, merge]
            variables: { CLAW_CI_IMAGE: "{{ShardedRun.Image}}" }
            default:
              image: { name: "$CLAW_CI_IMAGE", entrypoint: [""] }

            claw-ci-shard:
              stage: run
              parallel: {{run.Shards}}
              rules: [{ when: on_success }]
              environment: { name: claw-run, action: prepare } # gives the model's key its scope
              retry: { max: {{ShardExits.Retries}}, exit_codes: [{{ShardExits.Retried.List()}}] } # the model or Docker was away
              script:
                - {{Quoted.Yaml(Command(run))}}
              artifacts: { when: always, paths: [{{ShardedRun.Parts}}/] }

            claw-ci-merge:
              stage: merge
              rules: [{ when: always }] # tasks that failed have results too; a shard without one is named
              script:
                - claw-ci merge {{ShardedRun.Parts}}/* --out {{ShardedRun.Joined}}
              artifacts:
                when: always
                paths: [{{ShardedRun.Joined}}/]
                reports: { junit: {{ShardedRun.Joined}}/junit.xml }

            """;

    // A job that is not parallel has no index.
    private static string Command(ShardedRun run) =>
        $$"""claw-ci run --out="{{ShardedRun.Parts}}/${CI_NODE_INDEX:-1}" --force {{Quoted.Shell(run.Words("auto"))}}""";
}
