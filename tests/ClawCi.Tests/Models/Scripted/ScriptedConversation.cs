using ClawCi.Models;
using ClawCi.Models.Scripted;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Models.Scripted;

/// <summary>A model that plays the given script, from a file and through the real client.</summary>
internal sealed class ScriptedConversation : IDisposable
{
    public static ModelTimeouts Impatient { get; } =
        new(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(150));

    private readonly TempDirectory _directory = new();
    private readonly Model _model;

    public ScriptedConversation(string script, ModelTimeouts? timeouts = null)
    {
        var name = new ModelName("scripted", _directory.Write("script.yaml", script));
        var choice = new ModelChoice(name, name.Name, ScriptReader.Read(name.Name).Facts);
        _model = Model.Create(
            choice,
            Samples.Endpoints(ModelEndpoint.Anthropic, timeouts),
            new CoolDowns(TimeProvider.System),
            TimeProvider.System,
            () => 0
        );
    }

    public Task<ModelReply> SendAsync(Action<ModelRetry>? onRetry = null, ModelRequest? request = null) =>
        SendAsync(DateTimeOffset.MaxValue, onRetry, request);

    /// <summary>The failure of the only attempt that there is time for.</summary>
    public Task<ModelException> FailAsync(ModelRequest? request = null) =>
        Assert.ThrowsAsync<ModelException>(() => SendAsync(DateTimeOffset.MinValue, null, request));

    private Task<ModelReply> SendAsync(DateTimeOffset deadline, Action<ModelRetry>? onRetry, ModelRequest? request) =>
        _model.CompleteAsync(
            () => new(request ?? Samples.Request()),
            onRetry ?? (retry => Assert.Fail(retry.Message)),
            deadline,
            TestContext.Current.CancellationToken
        );

    public void Dispose()
    {
        _model.Dispose();
        _directory.Dispose();
    }
}
