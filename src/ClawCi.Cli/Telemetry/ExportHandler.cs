namespace ClawCi.Cli.Telemetry;

/// <summary>Notices telemetry that does not arrive: the exporter itself keeps silent about it.</summary>
internal sealed class ExportHandler(ExportFailures failures) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(request, base.Send(request, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Fail(request, e);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return Judge(request, await base.SendAsync(request, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Fail(request, e);
            throw;
        }
    }

    private HttpResponseMessage Judge(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            Fail(request, $"it answers {(int)response.StatusCode}.");
        return response;
    }

    private void Fail(HttpRequestMessage request, Exception e) =>
        Fail(request, e is HttpRequestException ? $"{e.Message.TrimEnd('.')}." : "no answer in time.");

    /// <summary>Without the address's query, which may hold a key.</summary>
    private void Fail(HttpRequestMessage request, string reason) =>
        failures.Add(
            $"Telemetry does not reach {request.RequestUri?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}: {reason} The run goes on without."
        );
}
