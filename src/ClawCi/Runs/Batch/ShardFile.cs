using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Batch;

/// <summary>
/// <c>shard.json</c> in the output directory of a shard: which tasks the whole run has, so that <c>merge</c> can tell what is missing
/// even when a shard left nothing.
/// </summary>
/// <param name="Shard">From 1.</param>
/// <param name="Tasks">The whole run's, by id: SHA-256 of what each is made of.</param>
internal sealed record ShardFile(
    string Schema,
    int Shard,
    int Shards,
    string? BaseCommit,
    IReadOnlyDictionary<string, string> Tasks
)
{
    public const string Name = "shard.json";
    private const string CurrentSchema = "claw-ci.shard/v1";
    private const long MostBytes = 64 << 20;

    public static ShardFile Of(Shard shard, string? baseCommit, IReadOnlyDictionary<string, string> tasks) =>
        new(CurrentSchema, shard.Index, shard.Count, baseCommit, tasks);

    public void Write(string outDirectory) =>
        WholeFile.Write(
            Path.Combine(outDirectory, Name),
            JsonSerializer.Serialize(this, ShardFileJson.Default.ShardFile) + "\n"
        );

    /// <exception cref="UserErrorException">The directory is no shard's.</exception>
    public static ShardFile Read(string outDirectory)
    {
        var file = Path.Combine(outDirectory, Name);
        try
        {
            if (!File.Exists(file))
                throw new UserErrorException(
                    outDirectory,
                    $"holds no {Name}: name directories that `run --shard` wrote"
                );
            if (new FileInfo(file).Length > MostBytes)
                throw new UserErrorException(file, "is too large to be one of ours");
            var shard = JsonSerializer.Deserialize(File.ReadAllText(file), ShardFileJson.Default.ShardFile);
            return
                shard is { Schema: CurrentSchema, Tasks: not null } && shard.Shard >= 1 && shard.Shard <= shard.Shards
                ? shard
                : throw new UserErrorException(file, "is no description of a shard");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserErrorException(file, $"cannot be read: {e.Message}");
        }
    }
}

/// <summary>How it is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    NewLine = "\n"
)]
[JsonSerializable(typeof(ShardFile))]
internal sealed partial class ShardFileJson : JsonSerializerContext;
