using System.Net;
using System.Text;
using ClawCi.Shared;

namespace ClawCi.TestSupport;

/// <summary>Git's own server for HTTP, <c>git http-backend</c>, behind a password.</summary>
internal static class GitOverHttp
{
    /// <param name="root">Holds the repositories.</param>
    /// <returns>What went wrong; null when nothing did.</returns>
    public static async Task<string?> AnswerAsync(HttpListenerContext context, string root, string user, string token)
    {
        var (request, response) = (context.Request, context.Response);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}"));
        if (request.Headers["Authorization"] != $"Basic {basic}")
        {
            response.StatusCode = 401;
            response.AddHeader("WWW-Authenticate", "Basic realm=\"git\"");
            return null;
        }
        var parts = request.RawUrl!.Split('?');
        using var output = new MemoryStream();
        var end = await ProcessRunner.RunAsync(
            new ProcessRequest("git", ["http-backend"])
            {
                Environment = new Dictionary<string, string>
                {
                    ["GIT_PROJECT_ROOT"] = root,
                    ["GIT_HTTP_EXPORT_ALL"] = "1",
                    ["GIT_CONFIG_NOSYSTEM"] = "1",
                    ["HOME"] = root,
                    ["PATH_INFO"] = parts[0],
                    ["QUERY_STRING"] = parts.ElementAtOrDefault(1) ?? "",
                    ["REQUEST_METHOD"] = request.HttpMethod,
                    ["CONTENT_TYPE"] = request.ContentType ?? "",
                    ["HTTP_CONTENT_ENCODING"] = request.Headers["Content-Encoding"] ?? "",
                    ["GIT_PROTOCOL"] = request.Headers["Git-Protocol"] ?? "",
                    ["REMOTE_USER"] = user,
                },
                WriteInput = (stdin, ct) => request.InputStream.CopyToAsync(stdin, ct),
                Output = output,
            },
            CancellationToken.None
        );
        var bytes = output.ToArray();
        var head = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, head).Split("\r\n"))
        {
            var (name, value) = (line.Split(": ")[0], line.Split(": ")[1]);
            if (name == "Status")
                response.StatusCode = int.Parse(value.Split(' ')[0]);
            else
                response.AddHeader(name, value);
        }
        await response.OutputStream.WriteAsync(bytes.AsMemory(head + 4));
        // What git says of a wrong request stands in the answer, too.
        return end.Succeeded ? null : end.ErrorText;
    }
}
