using System.Security.Cryptography;
using System.Text;
using ClawCi.Git;
using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves where a task works. Nothing is cloned yet.</summary>
internal sealed class TargetPlan(TaskVariant variant, RunRequest request, Origins origins)
{
    /// <returns>Null for the run's own workspace.</returns>
    /// <exception cref="UserErrorException">It is not there, or its secret was not given.</exception>
    public Target? Resolve()
    {
        if (variant.Target is not { } target)
            return null;
        var section = target.Section;
        Note(target, "repository", section.Repository);
        Note(target, "ref", section.Ref);
        Note(target, "path", target.Path.Length == 0 ? null : target.Path);
        Note(target, "token", section.Token);
        if (section.Token is { } token && !request.Secrets.Contains(token))
            throw Error(target, "token", RunRequest.NotGiven(token));
        return target.Address is { } address ? Cloned(target, address) : Local(target);
    }

    /// <summary>What stands for it in templates.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Values(TaskTarget target) =>
        [
            new("target.repository", target.Section.Repository),
            new("target.ref", target.Section.Ref ?? ""),
            new("target.path", target.Path),
        ];

    private Target Local(TaskTarget target)
    {
        var path = Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(target.Section.Repository, Path.GetFullPath(request.Workspace))
        );
        if (RequestCheck.WorkspaceProblem(path) is { } problem)
            throw Error(target, "repository", $"{path}: {problem}");
        if (target.Section.Ref is not null)
            return Cloned(target, new RepositoryAddress(new Uri(path)));
        if (IsBare(path))
            throw Error(
                target,
                "repository",
                $"{path} is a repository without files: say of which `ref` a clone is made"
            );
        var local = new Target(path, target.Path, null);
        return local.Problem() is { } wrong ? throw Error(target, "path", wrong) : local;
    }

    private Target Cloned(TaskTarget target, RepositoryAddress address)
    {
        var section = target.Section;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{address}\n{section.Ref}"));
        var name = string.Concat(target.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
        var root = Path.Combine(
            Path.GetFullPath(request.OutDirectory),
            Target.DirectoryName,
            $"{name[..Math.Min(name.Length, 60)]}-{Convert.ToHexStringLower(hash)[..8]}"
        );
        return new(
            root,
            target.Path,
            new(address, section.Ref, section.Token, section.User ?? TargetSection.DefaultUser)
        );
    }

    private static bool IsBare(string path) =>
        !Path.Exists(Path.Combine(path, ".git"))
        && File.Exists(Path.Combine(path, "HEAD"))
        && Directory.Exists(Path.Combine(path, "objects"))
        && Directory.Exists(Path.Combine(path, "refs"));

    private void Note(TaskTarget target, string key, string? value)
    {
        if (value is not null)
            origins.Add($"target.{key}", value, variant.Source.Document.SourceOf("targets", target.Index, key));
    }

    private UserErrorException Error(TaskTarget target, string key, string message)
    {
        var document = variant.Source.Document;
        var place = document.PlaceOf("targets", target.Index, key);
        return new([new(document.File.Name, place.Line, place.Column, message)]);
    }
}
