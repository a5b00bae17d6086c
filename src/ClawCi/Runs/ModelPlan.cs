using ClawCi.Configuration;
using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.Runs.Settings;

namespace ClawCi.Runs;

/// <summary>Resolves <c>model</c>: the settings', over it the task's, over both the command line's.</summary>
internal sealed class ModelPlan(TaskSource task, SettingsSource? settings, Origins origins)
{
    private const string Scripted = "scripted";
    private const string Flag = "--model";

    /// <summary>A file of the current directory, which a flag's path is relative to.</summary>
    private const string CurrentDirectory = "here";

    /// <summary>Providers that the contract names and that are still to be built.</summary>
    private static readonly string[] Later = ["openai", "replay"];

    /// <exception cref="UserErrorException">No model, no such provider, or no such script.</exception>
    public ModelName Resolve(string? commandLine)
    {
        if (commandLine is null && task.File.Model is null && settings?.Document.Value.Model is { } preset)
            return Resolve(
                preset,
                settings.Document.SourceOf("model"),
                settings.Document.File.Name,
                message => Mistake(settings.Document, message)
            );
        return commandLine is not null
            ? Resolve(commandLine, Flag, CurrentDirectory, message => new UserErrorException(Flag, message))
            : Resolve(
                task.File.Model ?? throw Mistake(task.Document, "there is no model: set `model` here or pass --model"),
                task.Document.SourceOf("model"),
                task.Document.File.Name,
                message => Mistake(task.Document, message)
            );
    }

    /// <param name="file">What a script's path is relative to the directory of.</param>
    private ModelName Resolve(string text, string source, string file, Func<string, UserErrorException> mistake)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (provider, name) = slash > 0 ? (text[..slash], text[(slash + 1)..].Trim()) : (text, "");
        if (Later.Contains(provider))
            throw mistake($"the provider `{provider}` is not supported yet; known: {Known()}");
        if (!ModelCatalog.IsKnownProvider(provider) || name.Length == 0)
            throw mistake(
                slash > 0 && name.Length > 0
                    ? $"there is no provider {SourceNode.Quote(provider)}; known: {Known()}{DidYouMean.Suffix(provider, ModelCatalog.KnownProviders)}"
                    : $"a model is provider/name, such as `anthropic/claude-sonnet-4-5`, not {SourceNode.Quote(text)}"
            );
        if (provider == Scripted)
            name = Script(name, file, mistake);
        origins.Add("model", text, source);
        return new ModelName(provider, name);
    }

    /// <summary>The script's full path. Its own mistakes are found now, not after the sandbox was started.</summary>
    private static string Script(string path, string file, Func<string, UserErrorException> mistake)
    {
        var full = TaskSource.Resolve(file, path);
        if (!File.Exists(full))
            throw mistake($"there is no script {SourceNode.Quote(full)}");
        ScriptReader.Read(full);
        return full;
    }

    private static string Known() => string.Join(", ", ModelCatalog.KnownProviders);

    private static UserErrorException Mistake<T>(SourceDocument<T> document, string message)
    {
        var place = document.PlaceOf("model");
        return new UserErrorException([new(document.File.Name, place.Line, place.Column, message)]);
    }
}
