using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Models.Replay;

/// <summary>
/// A directory that holds what was asked of a model and what it answered: <c>model.json</c>, then for the n-th request
/// <c>NNNN.request.json</c> and <c>NNNN.reply.txt</c>. docs/formats/recording.md is the published form.
/// </summary>
internal sealed class Recording(string directory)
{
    public const string Schema = "claw-ci.recording/v1";
    private const string Head = "model.json";

    public string Directory { get; } = directory;

    public bool Exists => File.Exists(Path.Combine(Directory, Head));

    /// <summary>The model that answered, and its id as the provider spells it: a replay speaks its API, at its price.</summary>
    /// <exception cref="UserErrorException">There is no recording here.</exception>
    public (ModelName Model, string Id) ReadModel()
    {
        try
        {
            var head = JsonNode.Parse(File.ReadAllText(Path.Combine(Directory, Head)));
            if (
                head?["schema"]?.GetValue<string>() == Schema
                && ModelName.Parse(head["model"]?.GetValue<string>() ?? "") is { } model
                && head["id"]?.GetValue<string>() is { Length: > 0 } id
            )
                return (model, id);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // Said below.
        }
        throw new UserErrorException(
            Directory,
            $"there is no recording here: {Head} is missing or is not a recording's"
        );
    }

    public string RequestFile(int number) => Path.Combine(Directory, $"{number:0000}.request.json");

    public string ReplyFile(int number) => Path.Combine(Directory, $"{number:0000}.reply.txt");

    /// <summary>Begins a recording; one that is there is replaced.</summary>
    public void Begin(ModelName model, string id)
    {
        if (System.IO.Directory.Exists(Directory))
            System.IO.Directory.Delete(Directory, recursive: true);
        System.IO.Directory.CreateDirectory(Directory);
        var head = new JsonObject
        {
            ["schema"] = Schema,
            ["model"] = model.ToString(),
            ["id"] = id,
        };
        File.WriteAllText(Path.Combine(Directory, Head), head.ToJsonString(RequestJson.Indented) + "\n");
    }

    /// <summary>The last request that was written down whole, and how many there are; what a kill tore is removed.</summary>
    public (int Requests, JsonObject? Last) Tail()
    {
        JsonObject? last = null;
        var number = 1;
        for (; File.Exists(RequestFile(number)); number++)
        {
            try
            {
                last = RequestDelta.Expand(RequestJson.Object(File.ReadAllText(RequestFile(number))), last);
            }
            catch (Exception e) when (e is FormatException or JsonException)
            {
                File.Delete(RequestFile(number));
                break;
            }
        }
        return (number - 1, last);
    }

    /// <summary>All exchanges, in the order of their requests.</summary>
    /// <exception cref="UserErrorException">A file makes no sense.</exception>
    public IReadOnlyList<RecordedExchange> Read()
    {
        List<RecordedExchange> exchanges = [];
        JsonObject? previous = null;
        for (var number = 1; File.Exists(RequestFile(number)); number++)
        {
            var file = RequestFile(number);
            try
            {
                previous = RequestDelta.Expand(RequestJson.Object(File.ReadAllText(file)), previous);
                var reply = ReplyFile(number);
                if (File.Exists(reply))
                    exchanges.Add(new(number, previous, RecordedReply.Parse(File.ReadAllText(reply))));
            }
            catch (Exception e) when (e is IOException or FormatException or JsonException)
            {
                throw new UserErrorException(file, e.Message);
            }
        }
        return exchanges;
    }
}
