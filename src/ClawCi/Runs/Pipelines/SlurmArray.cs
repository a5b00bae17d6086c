namespace ClawCi.Runs.Pipelines;

/// <summary>A batch script for an array of Slurm's. slurm.schedmd.com/sbatch.html.</summary>
internal static class SlurmArray
{
    private static readonly string Again = string.Join(" | ", ShardExits.Retried);

    // The trap keeps bash waiting for the result of what Slurm ends: it sends the signal to every process of an element.
    public static string Write(ShardedRun run) =>
        $$"""
            #!/bin/bash
            # {{run.Title("slurm")}} In the checkout:
            #   id=$(sbatch --parsable FILE)
            #   sbatch --dependency=afterany:"$id" --wrap 'claw-ci merge {{ShardedRun.Parts}}/* --out {{ShardedRun.Joined}}'
            # Nodes need Docker, claw-ci on the PATH, the checkout on a file system that they share, and the model's key in the environment.
            # --max-cost-usd and --timeout bound each shard by itself. `--array=1-{{run.Shards}}%4` runs four at once.
            #SBATCH --job-name=claw-ci
            #SBATCH --array=1-{{run.Shards}}
            #SBATCH --requeue
            #SBATCH --open-mode=append
            #SBATCH --output=claw-ci-%A_%a.log
            set -u
            trap : TERM INT
            out="{{ShardedRun.Parts}}/$SLURM_ARRAY_TASK_ID"
            run() { claw-ci run --out="$out" "$1" {{Words(run)}}; }
            again() { # what has ended is kept; a killed run goes on where it was, and begins anew what another node has
              if [ -e "$out/resume.json" ]; then
                claw-ci resume "$out"
                local status=$?
                [ "$status" = {{Outcomes.UsageErrorExitCode}} ] || return "$status" # refused, and nothing was touched
              fi
              run --only-retryable
            }
            if [ "${SLURM_RESTART_COUNT:-0}" = 0 ]; then run --force; else again; fi
            status=$?
            case $status in
              {{Again}}) # the model or Docker was away
                if [ "${SLURM_RESTART_COUNT:-0}" -lt {{ShardExits.Retries}} ]; then
                  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
                fi
                ;;
            esac
            exit "$status"

            """;

    private static string Words(ShardedRun run) => Quoted.Shell(run.Words("auto"));
}
