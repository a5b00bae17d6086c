namespace ClawCi.Runs.Pipelines;

/// <summary>An Indexed Job for Kubernetes 1.29 or newer. kubernetes.io/docs/concepts/workloads/controllers/job.</summary>
internal static class KubernetesJob
{
    private const string Container = "claw-ci";

    public static string Write(ShardedRun run) =>
        $$"""
            # {{run.Title("kubernetes")}} Change what is marked REPLACE, then: kubectl create -f FILE
            # When the Job has ended, join the results where the claim is mounted, in the directory of the Job's name:
            #   claw-ci merge {{ShardedRun.Parts}}/JOB/* --out {{ShardedRun.Joined}}
            # --max-cost-usd and --timeout bound each shard by itself. Needs Kubernetes 1.29.
            apiVersion: batch/v1
            kind: Job
            metadata:
              generateName: claw-ci-
            spec:
              completionMode: Indexed
              completions: {{run.Shards}}
              parallelism: {{run.Shards}} # fewer, to bound how many run at once
              backoffLimitPerIndex: {{ShardExits.Retries}}
              podFailurePolicy: # the first rule that fits; by exit code, see docs/formats/outcomes.md
                rules:
                  - action: Ignore # the node was drained, or the pod had to make room: again, and not counted
                    onPodConditions: [{ type: DisruptionTarget, status: "True" }]
                  - action: Ignore # ended from outside
                    onExitCodes: { containerName: {{Container}}, operator: In, values: [{{ShardExits.Interrupted.List()}}] }
                  - action: FailIndex # another try would cost the same and end the same; other shards go on
                    onExitCodes: { containerName: {{Container}}, operator: In, values: [{{ShardExits.Final.List()}}] }
                  - action: Count # the model or Docker was away; so are codes that are not ours, such as 137
                    onExitCodes: { containerName: {{Container}}, operator: In, values: [{{ShardExits.Retried.List()}}] }
              template:
                spec:
                  restartPolicy: Never
                  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 30 # claw-ci needs five to write its result
                  containers:
                    - name: {{Container}}
                      image: "{{ShardedRun.Image}}" # REPLACE
                      workingDir: /workspace
                      args:
            {{Arguments(run)}}
                      env:
                        - { name: JOB, valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } }
                        - name: ANTHROPIC_API_KEY
                          valueFrom: { secretKeyRef: { name: claw-ci-model, key: api-key } } # REPLACE: a Secret with the model's key. So for each --secret
                      volumeMounts:
                        - { name: workspace, mountPath: /workspace }
                        - { name: shards, mountPath: /{{ShardedRun.Parts}} }
                        - { name: docker, mountPath: /var/run/docker.sock }
                  volumes:
                    - name: workspace
                      persistentVolumeClaim: { claimName: claw-ci-workspace } # REPLACE: a claim that holds the checkout
                    - name: shards
                      persistentVolumeClaim: { claimName: {{ShardedRun.Parts}} } # REPLACE: a claim for the results; ReadWriteMany on more nodes than one
                    # Whoever may use this socket is root on the node, and nodes with containerd alone have none. Give such Jobs nodes of
                    # their own; or leave this volume out and set DOCKER_HOST to a daemon elsewhere or in a sidecar: the checkout is sent there.
                    - name: docker
                      hostPath: { path: /var/run/docker.sock, type: Socket } # REPLACE, or leave out

            """;

    private static string Arguments(ShardedRun run)
    {
        // Kubernetes fills in $(NAME), and makes one $ of two.
        var literal = run.Words($"auto/{run.Shards}").Select(word => word.Replace("$", "$$", StringComparison.Ordinal));
        IEnumerable<string> words =
        [
            "run",
            $"--out=/{ShardedRun.Parts}/$(JOB)/$(JOB_COMPLETION_INDEX)",
            "--only-retryable", // a pod that is replaced keeps what has ended for good; no other Job has this directory
            .. literal,
        ];
        return string.Join('\n', words.Select(word => $"            - {Quoted.Yaml(word)}"));
    }
}
