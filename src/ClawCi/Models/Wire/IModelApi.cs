using System.Net.Http.Headers;
using ClawCi.Auth;

namespace ClawCi.Models.Wire;

/// <summary>How one API is spoken: what a request is made of, and what the events of its answer mean.</summary>
internal interface IModelApi
{
    /// <summary>Below the endpoint's base URL.</summary>
    string Path { get; }

    /// <summary>Where the endpoint lists its models, below its base URL: to ask for that costs nothing.</summary>
    string ModelsPath { get; }

    /// <summary>The variables that a person sets to reach this API, for remedies.</summary>
    ProviderVariables Variables { get; }

    /// <summary>Whether a request without a credential is hopeless.</summary>
    bool NeedsCredential(ModelEndpoint endpoint);

    /// <summary>Adds what identifies the caller and the API's version.</summary>
    /// <param name="credential">Fit for a header; null when there is none and none is needed.</param>
    void AddHeaders(HttpRequestHeaders headers, ModelEndpoint endpoint, Credential? credential);

    /// <summary>A request's body. To be disposed when the reply was read.</summary>
    HttpContent Write(ModelRequest request);

    /// <param name="where">Names the endpoint in failures.</param>
    IReplyReader ReadReply(string where);
}
