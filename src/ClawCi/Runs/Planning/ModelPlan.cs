using ClawCi.Configuration;
using ClawCi.Models;
using ClawCi.Models.Replay;
using ClawCi.Models.Scripted;
using ClawCi.Runs.Settings;

namespace ClawCi.Runs.Planning;

/// <summary>Resolves <c>model</c>: the settings', over it the task's, over both the command line's; and what belongs to it.</summary>
internal sealed class ModelPlan(
    TaskSource task,
    string id,
    SettingsSource? settings,
    ModelCatalog catalog,
    Origins origins
)
{
    private const string Flag = "--model";

    /// <summary>A file of the current directory, which a flag's path is relative to.</summary>
    private const string CurrentDirectory = "here";

    /// <exception cref="UserErrorException">No model, no such provider, or no such script.</exception>
    public ModelChoice Resolve(string? commandLine)
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

    /// <summary>The task's fallbacks belong to the task's model: a model of the command line stands alone.</summary>
    /// <exception cref="UserErrorException">No such provider, or no such script.</exception>
    public IReadOnlyList<ModelChoice> Fallbacks(string? commandLine)
    {
        var given = commandLine is null ? task.File.FallbackModels : null;
        origins.Add(
            "fallback-models",
            given is { Count: > 0 } ? string.Join(", ", given) : "none",
            given is null ? Origins.BuiltIn : task.Document.SourceOf("fallback-models")
        );
        return
        [
            .. (given ?? []).Select(text =>
                Choose(text, task.Document.File.Name, message => Mistake(task.Document, message, "fallback-models"))
            ),
        ];
    }

    /// <exception cref="UserErrorException">One of the models cannot be told.</exception>
    public Effort? Effort(IEnumerable<ModelChoice> models)
    {
        var effort = task.File.Effort;
        origins.Add(
            "effort",
            effort is { } word ? EffortWord.Of(word) : "the provider's",
            effort is null ? Origins.BuiltIn : task.Document.SourceOf("effort")
        );
        return effort is null || models.FirstOrDefault(model => model.Facts.Thinking is Thinking.None) is not { } deaf
            ? effort
            : throw Mistake(
                task.Document,
                $"{deaf} cannot be told how hard to think: leave `effort` out, or say in a models file how it is told (`thinking`)",
                "effort"
            );
    }

    private ModelChoice Resolve(string text, string source, string file, Func<string, UserErrorException> mistake)
    {
        var choice = Choose(text, file, mistake);
        origins.Add("model", text, source);
        var price = choice.Facts.Price;
        origins.Add(
            "model.price",
            price is null
                ? "unknown"
                : $"{price.Rates.Input} in, {price.Rates.Output} out, as of {price.AsOf:yyyy-MM-dd}",
            catalog.PriceSource(choice.Name)
        );
        return choice;
    }

    /// <param name="file">What a script's path is relative to the directory of.</param>
    private ModelChoice Choose(string text, string file, Func<string, UserErrorException> mistake)
    {
        if (ModelName.Parse(text) is { } known)
            return catalog.Find(known);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (provider, name) = slash > 0 ? (text[..slash], text[(slash + 1)..].Trim()) : (text, "");
        if (name.Length == 0)
            throw mistake(
                $"a model is provider/name, such as `anthropic/claude-sonnet-4-5`, not {SourceNode.Quote(text)}"
            );
        if (provider == ModelName.Replay)
            return Replay(name, file, mistake);
        if (provider != ModelName.Scripted)
            throw mistake(
                $"there is no provider {SourceNode.Quote(provider)}; known: {Known()}{DidYouMean.Suffix(provider, ModelName.Providers)}"
            );
        var script = Script(name, file, mistake);
        return new ModelChoice(new ModelName(provider, script), script, ScriptReader.Read(script).Facts);
    }

    /// <summary>The script's full path.</summary>
    private static string Script(string path, string file, Func<string, UserErrorException> mistake)
    {
        var full = TaskSource.Resolve(file, path);
        return File.Exists(full) ? full : throw mistake($"there is no script {SourceNode.Quote(full)}");
    }

    /// <summary>A recording, or a run's output directory: then the recording of the same task.</summary>
    private ModelChoice Replay(string path, string file, Func<string, UserErrorException> mistake)
    {
        var full = TaskSource.Resolve(file, path);
        string[] places = [full, Path.Combine(full, "tasks", id, TaskDirectory.RecordingName)];
        if (places.Select(place => new Recording(place)).FirstOrDefault(place => place.Exists) is not { } recording)
            throw mistake($"there is no recording of task {id} in {SourceNode.Quote(full)}");
        var (model, _) = recording.ReadModel();
        return new ModelChoice(
            new ModelName(ModelName.Replay, recording.Directory),
            recording.Directory,
            catalog.Find(model).Facts
        );
    }

    private static string Known() => string.Join(", ", ModelName.Providers);

    private static UserErrorException Mistake<T>(SourceDocument<T> document, string message, string key = "model")
    {
        var place = document.PlaceOf(key);
        return new UserErrorException([new(document.File.Name, place.Line, place.Column, message)]);
    }
}
