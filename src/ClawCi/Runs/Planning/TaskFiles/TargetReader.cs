using ClawCi.Configuration;
using ClawCi.Git;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>Reads <c>targets</c> from the tree of their file, every mistake with its place.</summary>
internal sealed class TargetReader(SourceErrors errors)
{
    /// <summary>Empty without any; wrong shapes are said elsewhere.</summary>
    /// <param name="matrix">Of which each target gets all combinations.</param>
    public IReadOnlyList<TaskTarget> Read(SourceNode? node, Matrix matrix)
    {
        if (node is not SourceSequence list)
            return [];
        if (list.Items.Count == 0)
            errors.Add(list.Place, "`targets` is empty, and so there is nothing to do");
        if (!errors.Any && list.Items.Count * (long)matrix.Combinations().Count > MatrixReader.MostTasks)
            errors.Add(list.Place, $"`targets` and `matrix` make more than {MatrixReader.MostTasks} tasks");
        List<TaskTarget> targets = [];
        foreach (var (index, item) in list.Items.OfType<SourceMapping>().Index())
        {
            if (Read(item, index) is not { } target)
                continue;
            if (targets.Exists(other => other.Identity == target.Identity))
                errors.Add(item.Place, "this target is in the list already");
            targets.Add(target);
        }
        return targets;
    }

    private TaskTarget? Read(SourceMapping item, int index)
    {
        if (Text(item, "repository") is not { } repository)
            return null;
        var address = default(RepositoryAddress);
        if (!RepositoryAddress.IsPath(repository.Text))
        {
            try
            {
                address = RepositoryAddress.Parse(repository.Text, "", "/");
            }
            catch (UserErrorException e)
            {
                errors.Add(repository.Place, $"`repository`: {e.Errors[0].Message}");
                return null;
            }
        }
        var (token, user) = (Text(item, "token"), Text(item, "user"));
        if (token is not null && address is null or { Url.IsFile: true })
            errors.Add(
                token!.Place,
                "`token` is for an https address: a directory is read as the user that claw-ci runs as"
            );
        if (user is not null && token is null)
            errors.Add(user.Place, "`user` needs the `token` that it is the user of");
        var parts = (Text(item, "path")?.Text ?? "").Split('/').Where(part => part is not ("" or "."));
        return new(
            new()
            {
                Repository = repository.Text,
                Ref = Text(item, "ref")?.Text,
                Token = token?.Text,
                User = user?.Text,
            },
            index,
            string.Join('/', parts),
            address
        );
    }

    private static SourceScalar? Text(SourceMapping item, string key) =>
        item[key]?.Value is SourceScalar { Kind: ScalarKind.Text } scalar && scalar.Text.Trim().Length > 0
            ? scalar
            : null;
}
