using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ClawCi.Models.Replay;

/// <summary>
/// A request as what is new in it over the one before: conversations repeat themselves in each request, and a
/// recording is to be read and compared.
/// </summary>
internal static class RequestDelta
{
    private const string Same = "same_as_before";
    private const string More = "then";

    /// <summary>A shorter text says more than that it is the same.</summary>
    private const int ShortText = 80;
    private const string Hash = "sha256";
    private const string Body = "body";

    public static JsonObject Shrink(JsonObject request, JsonObject? previous)
    {
        var body = new JsonObject();
        foreach (var (key, value) in request)
            body[key] = Shrink(value, previous?[key]);
        return new JsonObject { [Hash] = HashOf(request), [Body] = body };
    }

    /// <exception cref="FormatException">The hash is not the request's: it, or one before it, was changed.</exception>
    public static JsonObject Expand(JsonObject stored, JsonObject? previous)
    {
        if (stored[Body] is not JsonObject body)
            throw new FormatException($"`{Body}` is missing");
        var request = new JsonObject();
        foreach (var (key, value) in body)
            request[key] = Expand(value, previous?[key]);
        return stored[Hash]?.ToString() == HashOf(request)
            ? request
            : throw new FormatException($"`{Hash}` does not fit: this file or one before it was changed");
    }

    private static JsonNode? Shrink(JsonNode? now, JsonNode? before)
    {
        var isLong = now is JsonArray { Count: > 0 } || now?.ToString().Length > ShortText;
        if (isLong && JsonNode.DeepEquals(now, before))
            return new JsonObject { [Same] = true };
        if (now is JsonArray items && before is JsonArray old && Common(items, old) is > 0 and var count)
            return new JsonObject
            {
                [Same] = count,
                [More] = new JsonArray([.. items.Skip(count).Select(item => item?.DeepClone())]),
            };
        return now?.DeepClone();
    }

    private static JsonNode? Expand(JsonNode? stored, JsonNode? before)
    {
        if (stored is JsonObject { Count: 1 } whole && whole.ContainsKey(Same))
            return before?.DeepClone();
        if (
            stored is not JsonObject { Count: 2 } delta
            || delta[Same] is not JsonValue same
            || delta[More] is not JsonArray more
        )
            return stored?.DeepClone();
        var count = same.GetValue<int>();
        if (before is not JsonArray old || old.Count < count)
            throw new FormatException($"`{Same}` is more than the request before has");
        return new JsonArray([.. old.Take(count).Concat(more).Select(item => item?.DeepClone())]);
    }

    private static int Common(JsonArray left, JsonArray right)
    {
        var count = 0;
        while (count < left.Count && count < right.Count && JsonNode.DeepEquals(left[count], right[count]))
            count++;
        return count;
    }

    private static string HashOf(JsonObject request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.ToJsonString())));
}
