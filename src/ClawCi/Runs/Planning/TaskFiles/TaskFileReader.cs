using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Tools;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>Reads a task file and the files that it names.</summary>
internal static class TaskFileReader
{
    /// <summary>Where the container has, or gets, something of its own.</summary>
    private static readonly string[] Taken = ["/proc", "/sys", "/dev", "/tmp", "/etc", "/usr", "/bin", "/sbin", "/lib"];

    /// <param name="read">Reads the file that this one names.</param>
    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static TaskSource Read(SourceFile file, Func<string, SourceFile> read)
    {
        string? prompt = null;
        ResponseSchema? response = null;
        var matrix = Matrix.None;
        IReadOnlyList<TaskInput> inputs = [];
        IReadOnlyList<TaskTarget> targets = [];
        var document = StrictReader.Read(
            file,
            TaskFileJson.Default.TaskFile,
            (root, errors) =>
            {
                matrix =
                    new MatrixReader(errors).Read((root["strategy"]?.Value as SourceMapping)?["matrix"]?.Value)
                    ?? matrix;
                inputs = new InputReader(errors).Read(root["inputs"]?.Value);
                targets = new TargetReader(errors).Read(root["targets"]?.Value, matrix);
                string[] names =
                [
                    Template.RunId,
                    .. matrix.Names.Select(name => $"matrix.{name}"),
                    .. targets.Take(1).SelectMany(TargetPlan.Values).Select(value => value.Key),
                    .. inputs.Select(input => InputValue.Key(input.Name)),
                ];
                prompt = Prompt(root, file.Name, names, read, errors);
                response = Response(root["response"]?.Value as SourceMapping, file.Name, read, errors);
                CheckTemplates(root["description"]?.Value, names, errors);
                CheckDescription(root["description"]?.Value, inputs, errors);
                CheckPermissions(root["permissions"]?.Value as SourceMapping, errors);
                McpServerCheck.Check(root["mcp-servers"]?.Value, errors);
                CheckSandbox(root["sandbox"]?.Value as SourceMapping, errors);
                CheckVerify(root["verify"]?.Value as SourceMapping, errors);
            }
        );
        return new(document, prompt!, response)
        {
            Matrix = matrix,
            Targets = targets,
            Declared = inputs,
        };
    }

    private static string? Prompt(
        SourceMapping root,
        string path,
        IReadOnlyList<string> names,
        Func<string, SourceFile> read,
        SourceErrors errors
    )
    {
        var (prompt, file) = (root["prompt"], root["prompt-file"]);
        if (prompt is not null)
            CheckTemplates(prompt.Value, names, errors);
        return
            prompt is null && file?.Value is SourceScalar { Kind: ScalarKind.Text } name && name.Text.Trim().Length > 0
            ? PromptFile(name, path, names, read, errors)
            : (prompt?.Value as SourceScalar)?.Text;
    }

    private static string? PromptFile(
        SourceScalar name,
        string path,
        IReadOnlyList<string> names,
        Func<string, SourceFile> read,
        SourceErrors errors
    )
    {
        try
        {
            var text = read(TaskSource.Resolve(path, name.Text)).Text;
            if (text.Trim().Length == 0)
                errors.Add(name.Place, $"`prompt-file`: {name.Text} is empty");
            foreach (var (index, message) in Template.Mistakes(text, names))
            {
                var line = text.AsSpan(0, index).Count('\n') + 1;
                errors.Add(name.Place, $"`prompt-file`: {name.Text}:{line}: {message}");
            }
            return text;
        }
        catch (UserErrorException e)
        {
            errors.Add(name.Place, $"`prompt-file`: {name.Text}: {e.Errors[0].Message}");
            return null;
        }
    }

    private static ResponseSchema? Response(
        SourceMapping? response,
        string path,
        Func<string, SourceFile> read,
        SourceErrors errors
    )
    {
        if (
            response?["json-schema"]?.Value is not SourceScalar { Kind: ScalarKind.Text } name
            || name.Text.Trim().Length == 0
        )
            return null;
        try
        {
            var schema = ResponseSchema.Parse(read(TaskSource.Resolve(path, name.Text)).Text, out var problem);
            if (problem is not null)
                errors.Add(name.Place, $"`json-schema`: {name.Text} {problem}");
            return schema;
        }
        catch (UserErrorException e)
        {
            errors.Add(name.Place, $"`json-schema`: {name.Text}: {e.Errors[0].Message}");
            return null;
        }
    }

    private static void CheckTemplates(SourceNode? node, IReadOnlyList<string> names, SourceErrors errors)
    {
        if (node is SourceScalar { Kind: ScalarKind.Text } scalar)
        {
            foreach (var (_, message) in Template.Mistakes(scalar.Text, names))
                errors.Add(scalar.Place, message);
        }
    }

    /// <summary>It is for people and programs, which know no marks around what a stranger says.</summary>
    private static void CheckDescription(SourceNode? node, IReadOnlyList<TaskInput> inputs, SourceErrors errors)
    {
        if (node is not SourceScalar scalar)
            return;
        foreach (var input in inputs.Where(input => input.Type == InputType.UntrustedText))
        {
            if (Template.Names(scalar.Text).Contains(InputValue.Key(input.Name)))
                errors.Add(
                    scalar.Place,
                    $"{SourceNode.Quote(input.Name)} is `untrusted-text`, which has its place in a prompt only"
                );
        }
    }

    private static void CheckPermissions(SourceMapping? permissions, SourceErrors errors)
    {
        foreach (var key in new[] { "allow", "deny" })
        foreach (var item in Scalars(permissions?[key]?.Value))
        {
            if (RuleSpelling.Parse(item.Text, out var problem) is null)
                errors.Add(item.Place, problem!);
        }
        foreach (var item in Scalars(permissions?["required-tools"]?.Value))
        {
            if (ToolNames.Resolve(item.Text) is not { } tool || !(ToolNames.All.Contains(tool) || IsMcpTool(tool)))
                errors.Add(
                    item.Place,
                    $"there is no tool {SourceNode.Quote(item.Text)}{DidYouMean.Suffix(item.Text, ToolNames.All)}"
                );
        }
    }

    private static bool IsMcpTool(string tool) =>
        tool.StartsWith(McpName.Prefix, StringComparison.Ordinal) && tool.Length > McpName.Prefix.Length;

    private static void CheckSandbox(SourceMapping? sandbox, SourceErrors errors)
    {
        CheckWorkspace(sandbox?["workspace"]?.Value, errors);
        NetworkReader.Check(sandbox?["network"]?.Value, mayBePrivate: false, errors);
        foreach (var step in (sandbox?["setup"]?.Value as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
            NetworkReader.Check(step["network"]?.Value, mayBePrivate: false, errors);
    }

    private static void CheckWorkspace(SourceNode? node, SourceErrors errors)
    {
        if (
            node is SourceScalar { Text: var path }
            && Taken.Any(taken => path == taken || path.StartsWith(taken + "/", StringComparison.Ordinal))
        )
            errors.Add(node.Place, $"`workspace` cannot be {SourceNode.Quote(path)}: the container needs that itself");
    }

    private static void CheckVerify(SourceMapping? verify, SourceErrors errors)
    {
        HashSet<string> seen = [];
        var hasBaseline = verify?["baseline"]?.Value is not SourceScalar { Text: "false" };
        foreach (var check in (verify?["checks"]?.Value as SourceSequence)?.Items.OfType<SourceMapping>() ?? [])
        {
            if (!hasBaseline && check["must"]?.Value is SourceScalar { Text: not "pass" } must)
                errors.Add(
                    must.Place,
                    $"`must: {SourceNode.Shorten(must.Text)}` needs the baseline that `baseline: false` forbids"
                );
            if (check["id"]?.Value is SourceScalar id && !seen.Add(id.Text))
                errors.Add(id.Place, $"duplicate check id {SourceNode.Quote(id.Text)}");
        }
    }

    private static IEnumerable<SourceScalar> Scalars(SourceNode? node) =>
        node is SourceSequence list
            ? list
                .Items.OfType<SourceScalar>()
                .Where(item => item is { Kind: ScalarKind.Text } && item.Text.Trim().Length > 0)
            : [];
}
