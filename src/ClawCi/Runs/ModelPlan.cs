using ClawCi.Configuration;
using ClawCi.Models;
using ClawCi.Models.Scripted;

namespace ClawCi.Runs;

/// <summary>Resolves <c>model</c>: the task's, or the command line's over it.</summary>
internal sealed class ModelPlan(TaskSource task, Origins origins)
{
    private const string Scripted = "scripted";
    private const string Flag = "--model";

    /// <summary>Providers that the contract names and that are still to be built.</summary>
    private static readonly string[] Later = ["openai", "replay"];

    /// <exception cref="UserErrorException">No model, no such provider, or no such script.</exception>
    public ModelName Resolve(string? commandLine)
    {
        if ((commandLine ?? task.File.Model) is not { } text)
            throw Mistake("there is no model: set `model` here or pass --model", onFlag: false);
        var fromFlag = commandLine is not null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (provider, name) = slash > 0 ? (text[..slash], text[(slash + 1)..].Trim()) : (text, "");
        if (Later.Contains(provider))
            throw Mistake($"the provider `{provider}` is not supported yet; known: {Known()}", fromFlag);
        if (!ModelCatalog.IsKnownProvider(provider) || name.Length == 0)
            throw Mistake(
                slash > 0 && name.Length > 0
                    ? $"there is no provider {SourceNode.Quote(provider)}; known: {Known()}{DidYouMean.Suffix(provider, ModelCatalog.KnownProviders)}"
                    : $"a model is provider/name, such as `anthropic/claude-sonnet-4-5`, not {SourceNode.Quote(text)}",
                fromFlag
            );
        if (provider == Scripted)
            name = Script(name, fromFlag);
        origins.Add("model", text, fromFlag ? Flag : task.Document.SourceOf("model"));
        return new ModelName(provider, name);
    }

    /// <summary>The script's full path. Its own mistakes are found now, not after the sandbox was started.</summary>
    private string Script(string path, bool fromFlag)
    {
        var full = fromFlag ? Path.GetFullPath(path) : TaskSource.Resolve(task.Document.File.Name, path);
        if (!File.Exists(full))
            throw Mistake($"there is no script {SourceNode.Quote(full)}", fromFlag);
        ScriptReader.Read(full);
        return full;
    }

    private static string Known() => string.Join(", ", ModelCatalog.KnownProviders);

    private UserErrorException Mistake(string message, bool onFlag)
    {
        var place = task.Document.PlaceOf("model");
        return onFlag
            ? new UserErrorException(Flag, message)
            : new UserErrorException([new(task.Document.File.Name, place.Line, place.Column, message)]);
    }
}
