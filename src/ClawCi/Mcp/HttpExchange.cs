using System.Net;
using System.Net.Http.Headers;
using ClawCi.Auth;

namespace ClawCi.Mcp;

/// <summary>Requests to a server go out with the credential of now, and what comes back is counted.</summary>
internal sealed class HttpExchange(
    HttpMessageHandler inner,
    McpServerSpec spec,
    ICredentialSource? credential,
    McpMeter meter
) : DelegatingHandler(inner)
{
    /// <summary>That the server did not let the last request in, with what to do; null when it did.</summary>
    public string? Refusal { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (meter.Violation is { } broken)
        {
            // Whoever listens to what comes unasked would only try again.
            if (request.Method == HttpMethod.Get)
                await Task.Delay(Timeout.Infinite, ct);
            throw new HttpRequestException(broken);
        }
        var sent = credential is null ? null : await credential.GetAsync(ct);
        if (request.Content is not null)
            await request.Content.LoadIntoBufferAsync(ct);
        var response = await SendAsync(request, sent, ct);
        if (
            response.StatusCode == HttpStatusCode.Unauthorized
            && sent is not null
            && await credential!.ReplaceAsync(sent, ct) is { } other
        )
        {
            response.Dispose();
            response = await SendAsync(request, other, ct);
        }
        Refusal = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? $"it answers {(int)response.StatusCode} {response.StatusCode}; {WhatToDo()}"
            : null;
        meter.Count(bytes: 0, line: 0, ends: 1);
        var content = new StreamContent(new McpStream(await response.Content.ReadAsStreamAsync(ct), meter));
        foreach (var (name, values) in response.Content.Headers)
            content.Headers.TryAddWithoutValidation(name, values);
        response.Content = content;
        return response;
    }

    private Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        Credential? credential,
        CancellationToken ct
    )
    {
        if (credential is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Value);
        return base.SendAsync(request, ct);
    }

    private string WhatToDo() =>
        spec.OAuth ? $"get another token with `claw-ci auth login --mcp {spec.Url}`"
        : spec.Bearer is { } name ? $"the secret {name} is no token that it takes"
        : $"name a secret that holds a token for it as `bearer`, or say `oauth: true` and get one with `claw-ci auth login --mcp {spec.Url}`";
}
