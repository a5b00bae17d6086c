using System.Security.Cryptography;
using System.Text;
using ClawCi.Hooks;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Resume;

/// <summary>Of what a task's plan was made of; SHA-256, lower-case hex.</summary>
internal sealed record PlanHashes(string Task, string Policy, string Plan, string Hooks)
{
    public static PlanHashes Of(PlannedTask task) =>
        new(task.TaskHash, task.PolicyHash, task.PlanHash, Hash(string.Join('\n', task.Hooks.Select(Words))));

    /// <summary>What is not what it was, in words; null when nothing is.</summary>
    public string? DifferenceTo(PlanHashes now) =>
        Task != now.Task ? "its task file"
        : Policy != now.Policy ? "its policy"
        : Plan != now.Plan ? "what was resolved from settings, environment and files"
        : Hooks != now.Hooks ? "its hooks"
        : null;

    private static string Words(Hook hook) =>
        $"{hook.Event} {string.Join(',', hook.Tools ?? ["*"])} {hook.Run} {hook.Directory} {hook.Timeout} {hook.Place} {string.Join(',', hook.Variables)}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
