using System.Net;
using System.Text;
using ClawCi.Auth;
using ClawCi.Models;
using ClawCi.Models.Wire;
using ClawCi.TestSupport;

namespace ClawCi.Benchmarks;

/// <summary>A client of each API below which the network is missing: what is left is the runner's own work.</summary>
internal sealed class CannedReplies(byte[] events) : HttpMessageHandler
{
    public static string[] Models { get; } = ["anthropic/claude-sonnet-4-5", "openai/gpt-5", "openai-chat/qwen3"];

    public static ModelClient Client(string model, byte[] events)
    {
        var choice = ModelCatalog.BuiltIn.Find(ModelName.Parse(model)!);
        var endpoint = new ModelEndpoint(new Uri("http://bench/v1"), new ApiKey("k"), null, ModelTimeouts.Default);
        var api = Model.ApiOf(choice.Name.Api!.Value, choice.Id, choice.Facts, endpoint);
        return new(api, endpoint, TimeProvider.System, new CannedReplies(events));
    }

    /// <summary>A reply of one text, a few tokens an event.</summary>
    public static byte[] Reply(string model, int bytes)
    {
        const string piece = "four or five tokens ";
        var (start, delta, end) = model.Split('/')[0] switch
        {
            "anthropic" => (
                ProviderEvents.Start()
                    + ProviderEvents.Event(
                        "content_block_start",
                        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""
                    ),
                ProviderEvents.Event(
                    "content_block_delta",
                    $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{piece}}}"}}"""
                ),
                ProviderEvents.End()
            ),
            "openai" => (
                ResponsesEvents.Start,
                ResponsesEvents.Event("response.output_text.delta", $"\"output_index\":0,\"delta\":\"{piece}\""),
                ResponsesEvents.Message(0, "whole") + ResponsesEvents.End()
            ),
            _ => (ChatEvents.Start, ChatEvents.Delta($$"""{"content":"{{piece}}"}"""), ChatEvents.End()),
        };
        var text = new StringBuilder(start, bytes + 4096);
        while (text.Length < bytes)
            text.Append(delta);
        return Encoding.UTF8.GetBytes(text.Append(end).ToString());
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
        var content = new StreamContent(new MemoryStream(events));
        content.Headers.ContentType = new("text/event-stream");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }
}
