using ClawCi.Configuration;

namespace ClawCi.Models;

/// <summary>What is known of models: the built-in table, and what a models file says over it.</summary>
/// <param name="own">The file's entries.</param>
/// <param name="file">Its name, or that there is none.</param>
internal sealed class ModelCatalog(IReadOnlyList<ModelEntry> own, string file)
{
    private const string NoFile = "built-in";

    public static ModelCatalog BuiltIn { get; } = new([], NoFile);

    /// <exception cref="UserErrorException">All mistakes of the file.</exception>
    public static ModelCatalog Read(SourceFile file) => new(ModelsFile.Read(file).Models, Path.GetFileName(file.Name));

    /// <summary>Who says what a model costs.</summary>
    public string PriceSource(ModelName name) =>
        own.Any(entry => entry.Name == name.ToString() && entry.Price is not null) ? file : NoFile;

    /// <summary>Who says how long a prompt may be.</summary>
    public string WindowSource(ModelName name) =>
        own.Any(entry => entry.Name == name.ToString() && entry.ContextWindow is not null) ? file : NoFile;

    /// <param name="name">Of a provider that speaks an API.</param>
    public ModelChoice Find(ModelName name)
    {
        var entry = own.FirstOrDefault(entry => entry.Name == name.ToString());
        var id = entry?.Model ?? name.Name;
        var known = BuiltInModels.Find(name.Api!.Value, id);
        return new ModelChoice(name, id, entry?.Over(known) ?? known);
    }
}
