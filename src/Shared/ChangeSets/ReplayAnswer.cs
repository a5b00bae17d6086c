using System.Text.Json;

namespace ClawCi.ChangeSets;

/// <summary>
/// The line by which a replay answers: <c>{"applied":N}</c>, <c>{"conflicts":[{"path":…,"problem":…}]}</c> or
/// <c>{"failed":…,"leftover":…}</c>.
/// </summary>
internal static class ReplayAnswer
{
    private const int MaxConflicts = 100;

    /// <returns>UTF-8 with the newline.</returns>
    public static byte[] ToLine(ApplyResult result)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            switch (result)
            {
                case ApplyResult.Applied applied:
                    json.WriteNumber("applied", applied.Files);
                    break;
                case ApplyResult.Mismatch mismatch:
                    json.WriteStartArray("conflicts");
                    foreach (var conflict in mismatch.Conflicts.Take(MaxConflicts))
                    {
                        json.WriteStartObject();
                        json.WriteString("path", conflict.Path);
                        json.WriteString("problem", conflict.Problem);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                    break;
                case ApplyResult.Failed failed:
                    json.WriteString("failed", failed.Reason);
                    json.WriteString("leftover", failed.Leftover);
                    break;
            }
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    /// <exception cref="ChangeSetException">Not such a line.</exception>
    public static ApplyResult Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var answer = json.RootElement;
            if (answer.TryGetProperty("applied", out var applied))
                return new ApplyResult.Applied(applied.GetInt32());
            if (answer.TryGetProperty("conflicts", out var conflicts))
                return new ApplyResult.Mismatch([.. conflicts.EnumerateArray().Select(Conflict)]);
            return new ApplyResult.Failed(Text(answer, "failed")!, Text(answer, "leftover"));
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ChangeSetException("the replay gave no answer that can be read");
        }
    }

    private static ApplyConflict Conflict(JsonElement conflict) =>
        new(Text(conflict, "path")!, Text(conflict, "problem")!);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
