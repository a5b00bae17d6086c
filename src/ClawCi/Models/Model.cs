using ClawCi.Auth;
using ClawCi.Models.Anthropic;
using ClawCi.Models.Scripted;

namespace ClawCi.Models;

/// <summary>A model: the client that speaks to it, how often that is tried, and what it costs.</summary>
internal sealed class Model : IDisposable
{
    private readonly AnthropicClient _client;
    private readonly RetryPolicy _retry;
    private readonly ModelFacts _facts;

    private Model(ModelName name, ModelFacts facts, AnthropicClient client, RetryPolicy retry)
    {
        Name = name.ToString();
        _facts = facts;
        _client = client;
        _retry = retry;
    }

    /// <param name="endpoint">Where the provider answers. Of a scripted model's, only the timeouts count.</param>
    /// <param name="random">Uniform in [0, 1); spreads the waits of models that fail at the same time.</param>
    /// <exception cref="UserErrorException">No such provider, or a script that cannot be read.</exception>
    public static Model Create(ModelName name, ModelEndpoint endpoint, TimeProvider time, Func<double> random)
    {
        var retry = new RetryPolicy(time, random);
        if (name.Provider is "anthropic")
            return new Model(name, FactsOf(name), new AnthropicClient(name.Name, endpoint, time), retry);
        if (name.Provider is not "scripted")
            throw UnknownProvider(name);
        var script = ScriptReader.Read(name.Name);
        var below = new ScriptedHandler(script, name.Name, time);
        var scripted = new ModelEndpoint(new Uri("http://scripted"), new ApiKey("none"), null, endpoint.Timeouts);
        return new Model(
            name,
            Script.FactsOf(script.Model),
            new AnthropicClient("scripted", scripted, time, below),
            retry
        );
    }

    /// <summary>Price and limits without a client, for those who plan. Reads the script of a scripted model.</summary>
    /// <exception cref="UserErrorException">No such provider, or a script that cannot be read.</exception>
    public static ModelFacts FactsOf(ModelName name) =>
        name.Provider switch
        {
            "anthropic" => ModelCatalog.Find(name.Name),
            "scripted" => Script.FactsOf(ScriptReader.Read(name.Name).Model),
            _ => throw UnknownProvider(name),
        };

    private static UserErrorException UnknownProvider(ModelName name) =>
        new(
            name.ToString(),
            $"unknown provider '{name.Provider}'; known: {string.Join(", ", ModelCatalog.KnownProviders)}"
        );

    /// <summary><c>provider/name</c>.</summary>
    public string Name { get; }

    /// <summary>Null when it is not known; a reply's cost is then unknown too, never 0.</summary>
    public ModelPrice? Price => _facts.Price;

    /// <summary>Tokens of prompt and reply together.</summary>
    public int ContextWindow => _facts.ContextWindow;

    /// <summary>Most tokens a reply may have.</summary>
    public int MaxOutputTokens => _facts.MaxOutputTokens;

    /// <summary>One whole reply, tried again as often as makes sense before <paramref name="deadline"/>.</summary>
    /// <param name="onRetry">Told of each failure that is followed by another attempt, before the wait.</param>
    /// <param name="deadline">No wait for another attempt goes beyond it. An attempt under way is not cut: that is <paramref name="ct"/>'s.</param>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public Task<ModelReply> CompleteAsync(
        ModelRequest request,
        Action<ModelRetry> onRetry,
        DateTimeOffset deadline,
        CancellationToken ct
    ) => _retry.RunAsync(token => _client.SendAsync(request, token), onRetry, deadline, ct);

    public void Dispose() => _client.Dispose();
}
