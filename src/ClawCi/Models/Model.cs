using ClawCi.Auth;
using ClawCi.Models.Anthropic;
using ClawCi.Models.OpenAi;
using ClawCi.Models.Replay;
using ClawCi.Models.Scripted;
using ClawCi.Models.Wire;

namespace ClawCi.Models;

/// <summary>A model: the client that speaks to it, how often that is tried, and what it costs.</summary>
internal sealed class Model : IDisposable
{
    private readonly ModelClient _client;
    private readonly RetryPolicy _retry;
    private readonly ModelFacts _facts;
    private readonly ReplayHandler? _recorded;
    private readonly bool _isFile;

    /// <param name="below">What answers in the provider's place; null is the provider.</param>
    private Model(ModelChoice choice, ModelClient client, RetryPolicy retry, HttpMessageHandler? below)
    {
        _recorded = below as ReplayHandler;
        _isFile = below is not null;
        Name = choice.ToString();
        _facts = choice.Facts;
        _client = client;
        _retry = retry;
    }

    /// <param name="endpoints">Where the providers answer. Of a scripted or recorded model's, only the timeouts count.</param>
    /// <param name="coolDowns">Shared by all models of a run.</param>
    /// <param name="random">Uniform in [0, 1); spreads the waits of models that fail at the same time.</param>
    /// <param name="mask">Takes secrets out of what is recorded, and out of what is compared with a recording.</param>
    /// <param name="record">Where what is asked and answered is written down.</param>
    /// <param name="asked">How many answers were used up before: a script goes on after them, a recording is added to.</param>
    /// <param name="askedBelow">How many of these subagents had.</param>
    /// <exception cref="UserErrorException">A script or recording that cannot be read.</exception>
    public static Model Create(
        ModelChoice choice,
        ModelEndpoints endpoints,
        CoolDowns coolDowns,
        TimeProvider time,
        Func<double> random,
        Func<string, string>? mask = null,
        Recording? record = null,
        int asked = 0,
        int askedBelow = 0
    )
    {
        mask ??= text => text;
        var (model, id, below) = SourceOf(choice, mask, time, asked, askedBelow);
        var api = model.Api!.Value;
        var source = below;
        var endpoint = endpoints.Of(api);
        var coolDown = below is null ? endpoint.BaseUrl.Authority : choice.Id;
        if (below is not null)
            endpoint = new ModelEndpoint(
                new Uri($"http://{choice.Name.Provider}"),
                new ApiKey("none"),
                null,
                endpoint.Timeouts
            );
        if (record is not null)
        {
            if (asked == 0)
                record.Begin(model, id);
            below = new RecordingHandler(below ?? ModelClient.Network(endpoint), record, mask, time);
        }
        var client = new ModelClient(ApiOf(api, id, choice.Facts, endpoint), endpoint, time, below);
        return new Model(choice, client, new RetryPolicy(time, random, coolDowns.Of(coolDown)), source);
    }

    /// <summary>Whose API is spoken under which id, and what answers; null is the provider itself.</summary>
    private static (ModelName Model, string Id, HttpMessageHandler? Below) SourceOf(
        ModelChoice choice,
        Func<string, string> mask,
        TimeProvider time,
        int asked,
        int askedBelow
    )
    {
        switch (choice.Name.Provider)
        {
            case ModelName.Scripted:
                var script = ScriptReader.Read(choice.Id);
                return (script.Played, "scripted", new ScriptedHandler(script, choice.Id, time, asked, askedBelow));
            case ModelName.Replay:
                var recording = new Recording(choice.Id);
                var (model, id) = recording.ReadModel();
                return (model, id, new ReplayHandler(recording, mask, time, asked));
            default:
                return (choice.Name, choice.Id, null);
        }
    }

    internal static IModelApi ApiOf(ModelApi api, string id, ModelFacts facts, ModelEndpoint endpoint) =>
        api switch
        {
            ModelApi.Messages => new AnthropicApi(id, facts.Thinking, facts.Media),
            ModelApi.Responses => new ResponsesApi(id, facts.Thinking, facts.Media),
            _ => new ChatApi(id, facts.Thinking, facts.Media, endpoint),
        };

    /// <summary><c>provider/name</c>.</summary>
    public string Name { get; }

    /// <summary>Null when it is not known; a reply's cost is then unknown too, never 0.</summary>
    public ModelPrice? Price => _facts.Price;

    /// <summary>Tokens of prompt and reply together.</summary>
    public int ContextWindow => _facts.ContextWindow;

    /// <summary>Most tokens a reply may have.</summary>
    public int MaxOutputTokens => _facts.MaxOutputTokens;

    /// <summary>One whole reply, tried again as often as makes sense before <paramref name="deadline"/>.</summary>
    /// <param name="request">Asked before each attempt for what is sent.</param>
    /// <param name="onRetry">Told of each failure that is followed by another attempt, before the wait.</param>
    /// <param name="deadline">No wait for another attempt goes beyond it. An attempt under way is not cut: that is <paramref name="ct"/>'s.</param>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public Task<ModelReply> CompleteAsync(
        Func<ValueTask<ModelRequest>> request,
        Action<ModelRetry> onRetry,
        DateTimeOffset deadline,
        CancellationToken ct
    ) => _retry.RunAsync(async token => await _client.SendAsync(await request(), token), onRetry, deadline, ct);

    /// <summary>Whether it could be asked now; asks nothing that costs.</summary>
    /// <returns>That it can, in words.</returns>
    /// <exception cref="ModelException">It cannot: the message says what to do.</exception>
    /// <exception cref="AuthException">Its credential cannot be had.</exception>
    public Task<string> TryAsync(CancellationToken ct) =>
        _isFile ? Task.FromResult("answers from a file, without key or network") : _client.TryAsync(ct);

    /// <summary>To be called when nothing more will be asked: a recording that has more to say was of another run.</summary>
    /// <exception cref="ModelException">It has.</exception>
    public void RequireUsed() => _recorded?.RequireUsed();

    public void Dispose() => _client.Dispose();
}
